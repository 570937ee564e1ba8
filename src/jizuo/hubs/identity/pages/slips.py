"""The page of those who give slips: who can sign in already, and slips for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.asks import Ask, cut
from jizuo.ground.pages.shell import Page, guest_actions, to
from jizuo.ground.pages.tables import Bulk, Column, Filter, Table
from jizuo.hubs.identity import queries
from jizuo.hubs.identity import slips as sheets
from jizuo.hubs.identity.actions import accounts, bindings, follow
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Slip

MOST_AT_ONCE = 500
FORMATS = {
    "pdf": ("application/pdf", "pdf"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "txt": ("text/plain; charset=utf-8", "txt"),
}


STATES = {
    "new": (gettext_lazy("未开通"), ""),
    "waiting": (gettext_lazy("纸条未用"), "huang"),
    "active": (gettext_lazy("已启用"), "lv"),
    "off": (gettext_lazy("已停用"), "zhu"),
}


def columns(named: Mapping[UUID, str]) -> list[Column]:
    """The columns of the list. named: class -> its name."""
    return [
        Column("name", _("姓名"), sort=True),
        Column("classes", _("班级"), kind="short", shown=bool(named),
               value=lambda line: _("、").join(named[one] for one in line.org_ids if one in named)),
        Column("roles", _("身份"), kind="short", value=lambda line: _("、").join(map(role_title, line.roles))),
        Column("login_code", _("登录码"), kind="short", value=lambda line: codes.show(line.login_code)),
        Column("state", _("状态"), kind="tag", value=lambda line: STATES[line.state][0],
               tone=lambda line: STATES[line.state][1]),
        Column("slip_until", _("纸条有效至"), kind="day"),
        Column("last_seen_at", _("最近登录"), kind="moment"),
    ]  # fmt: skip


def filters(classes: Sequence[tuple[UUID, str]]) -> list[Filter]:
    """What the list can be narrowed by."""
    giveable = sorted(queries.may_reset(scopes.current().role))
    found = [
        Filter("role", _("身份"), [(one, role_title(one)) for one in giveable]),
        Filter("state", _("状态"), [(key, word) for key, (word, _tone) in STATES.items()]),
    ]
    if len(classes) > 1:
        found.insert(0, Filter("class", _("班级"), [(str(one), name) for one, name in classes]))
    return found if len(giveable) > 1 else found[:-2] + found[-1:]


def asked(request: HttpRequest) -> tuple[Ask, list[Column], list[Filter]]:
    """What the address asks of the list, with the columns and filters it was read by."""
    classes = queries.classes() if scopes.current().role in FAMILY_DESK else []
    shown, narrow = columns(dict(classes)), filters(classes)
    return Ask.read(request.GET, shown, narrow, sort="name"), shown, narrow


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by class, role and state."""
    ask, shown, narrow = asked(request)
    lines = queries.accounts(ask=ask)
    total = lines[0].total if lines else 0
    give_to = to("slips/give")
    everyone = Bulk(_("给这 %(count)s 人都做纸条") % {"count": total}, give_to)
    table = Table(
        "accounts", _("账号"), shown, cut(lines, ask, sort_key="name", id_key="account_id"), ask,
        address=request.path, filters=narrow, total=total, total_unit=_("人"),
        empty=_("还没有账号。先在名册里登记，再为他们开通。"),
        pick=lambda line: line.account_id, bulk=[Bulk(_("做成纸条"), give_to)],
        whole=[everyone] if 0 < total <= MOST_AT_ONCE else [],
        has_search=True, search_hint=_("姓名或登录码"),
    )  # fmt: skip
    context = {
        "table": table,
        "others": guest_actions("slips"),
        "layouts": sheets.LAYOUTS,
        "may_open": scopes.current().role in OPENERS,
        "openings": [(key, word) for key, (word, _roles) in OPENINGS.items()],
        "too_many": total > MOST_AT_ONCE,
        "most": MOST_AT_ONCE,
    }
    return render(request, "identity/slips.html", context)


def open_missing(request: HttpRequest) -> HttpResponse:
    """Open accounts for those of the unit who have none; their slips are made from the list afterwards."""
    back = redirect(to("slips?f.state=new"))
    chosen = OPENINGS.get(request.POST.get("who", ""))
    if request.method != "POST":
        return back
    if chosen is None:
        messages.error(request, _("请选为谁开通。"))
        return back
    unit_no = scopes.current().unit_no
    count = follow.open_accounts(unit_no=unit_no, roles=sorted(chosen[1]))
    word = str(chosen[0])
    messages.success(
        request, _("%(who)s %(count)s 人都有账号了。选好人，做成纸条。") % {"who": word, "count": count}
    )
    return back


@never_cache
def give(request: HttpRequest) -> HttpResponse:
    """Make the slips of the ticked accounts, or of all that answer to the filters in the address, and hand them over
    as one file; codes stand there and nowhere else."""
    back = redirect(to("slips"))
    if request.method != "POST":
        return back
    chosen = chosen_ids(request, "pick")
    if request.POST.get("whole"):
        ask, _shown, _narrow = asked(request)
        chosen = [line.account_id for line in queries.accounts(ask=ask, whole=MOST_AT_ONCE + 1)]
    if not chosen or len(chosen) > MOST_AT_ONCE:
        messages.error(request, _("请选 1 到 %(most)s 人。") % {"most": MOST_AT_ONCE})
        return back
    wanted = request.POST.get("purpose", Purpose.RESET)
    purpose = Purpose.PAPER if wanted == Purpose.PAPER else Purpose.RESET
    made = accounts.reset_accounts(account_ids=chosen, purpose=purpose)
    return as_file(request, made)


def chosen_ids(request: HttpRequest, name: str) -> list[UUID]:
    """The ids posted under `name`; what is none is left out."""
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def as_file(request: HttpRequest, made: Sequence[Slip]) -> HttpResponse:
    """The slips in the format asked for (``format``: pdf, xlsx, txt; ``per_page``)."""
    kind = request.POST.get("format", "pdf")
    if kind not in FORMATS:
        kind = "pdf"
    base_address = f"{request.scheme}://{request.get_host()}"
    if kind == "pdf":
        try:
            per_page = int(request.POST.get("per_page", "8"))
        except ValueError:
            per_page = 8
        body: bytes | str = sheets.slips_pdf(
            made, base_address=base_address, per_page=per_page if per_page in sheets.LAYOUTS else 8
        )
    elif kind == "xlsx":
        body = sheets.slips_workbook(made, base_address=base_address)
    else:
        body = sheets.slips_text(made, base_address=base_address)
    content_type, ending = FORMATS[kind]
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="slips-{len(made)}.{ending}"'
    return response


@never_cache
def guardians(request: HttpRequest) -> HttpResponse:
    """Guardians who wait for a word; of the class chosen by ``class``: open invitations, the class code, the bound."""
    told = request.GET.get("class", "")
    try:
        org_id = UUID(told) if told else None
    except ValueError:
        raise NotFound(_("没有这个班"), fix=_("请从班级列表中选择")) from None
    desk = queries.family_desk(org_id=org_id)
    context = {
        "desk": desk,
        "org_name": next((name for org, name in desk.classes if org == desk.org_id), ""),
        "pupils": desk.pupils.get(desk.org_id, ()) if desk.org_id else (),
        "asked": [(one, desk.pupils.get(one.org_id, ())) for one in desk.asked],
        "may_decide": scopes.current().role == scopes.HOMEROOM_TEACHER,
        "relations": bindings.rules.RELATIONS,
    }
    return render(request, "identity/guardians.html", context)


def back_to_desk(request: HttpRequest) -> HttpResponse:
    """The desk again, at the class it showed."""
    org = chosen_ids(request, "org")
    path = f"guardians?class={org[0]}" if org else "guardians"
    return redirect(to(path))


def decide(request: HttpRequest) -> HttpResponse:
    """Confirm, refuse, withdraw or end one binding."""
    back = back_to_desk(request)
    found = chosen_ids(request, "binding")
    if request.method != "POST" or not found:
        return back
    act, why = request.POST.get("act", ""), request.POST.get("why", "")
    if act == "confirm":
        child = chosen_ids(request, "child")
        if not child:
            messages.error(request, _("请选这位家长的孩子。"))
            return back
        bindings.confirm_binding(binding_id=found[0], child_person_id=child[0])
        messages.success(request, _("已确认，家长现在可以看到孩子。"))
    elif act == "refuse":
        bindings.refuse_binding(binding_id=found[0], why=why)
        messages.success(request, _("已拒绝。"))
    elif act == "withdraw":
        bindings.withdraw_invitation(binding_id=found[0])
        messages.success(request, _("邀请已撤回，纸条作废。"))
    elif act == "end":
        bindings.end_binding(binding_id=found[0], why=why)
        messages.success(request, _("绑定已解除，那位家长立刻看不到孩子。"))
    return back


@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Invitation slips for chosen pupils, a class code, or one-time codes of a class."""
    back = back_to_desk(request)
    orgs = chosen_ids(request, "org")
    if request.method != "POST" or not orgs:
        return back
    names = dict(queries.classes())
    org_name = names.get(orgs[0], "")
    act = request.POST.get("act", "")
    if act == "code":
        code = bindings.make_class_code(org_id=orgs[0], org_name=org_name)
        messages.success(request, _("新的班级码是 %(code)s，旧的已停用。") % {"code": codes.show(code)})
        return back
    if act == "once":
        text = request.POST.get("count", "")
        count = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
        return as_file(
            request, bindings.make_class_once_codes(org_id=orgs[0], org_name=org_name, count=count)
        )
    children = chosen_ids(request, "child")
    if not children:
        messages.error(request, _("请选要邀请家长的学生。"))
        return back
    return as_file(
        request,
        bindings.invite_guardians(org_id=orgs[0], org_name=org_name, child_person_ids=children),
    )


#: For whom accounts are opened together -> (word, acting roles).
OPENINGS = {
    "pupils": (gettext_lazy("学生"), frozenset({scopes.PUPIL})),
    "guardians": (gettext_lazy("家长"), frozenset({scopes.GUARDIAN})),
    "teachers": (gettext_lazy("教师"), scopes.CLASS_ROLES),
}
GIVERS = frozenset(queries.SLIP_GIVERS)
OPENERS = frozenset({scopes.CLERK})
FAMILY_DESK = frozenset(queries.FAMILY_DESK)
PAGES = (
    Page("slips", page, gettext_lazy("账号与纸条"), GIVERS, group="people", icon="码", order=70),
    Page("slips/open", open_missing, gettext_lazy("开通账号"), OPENERS, in_menu=False),
    Page("slips/give", give, gettext_lazy("发放纸条"), GIVERS, in_menu=False),
    Page(
        "guardians",
        guardians,
        gettext_lazy("家长绑定"),
        FAMILY_DESK,
        group="people",
        icon="亲",
        order=60,
        beside="slips",
        beside_for=frozenset({scopes.CLERK}),
    ),
    Page("guardians/decide", decide, gettext_lazy("确认家长"), FAMILY_DESK, in_menu=False),
    Page("guardians/invite", invite, gettext_lazy("邀请家长"), FAMILY_DESK, in_menu=False),
)
