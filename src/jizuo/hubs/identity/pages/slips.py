"""The page of those who give slips: who can sign in already, and slips for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.pages.shell import Page, here
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


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The list, with filters by role and by state."""
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    everyone = queries.accounts(roles=[role] if role else None)
    shown = [line for line in everyone if not state or line.state == state]
    words = {"new": _("未开通"), "waiting": _("纸条未用"), "active": _("已启用"), "off": _("已停用")}
    lines = [
        {
            "line": line,
            "login_code": codes.show(line.login_code),
            "role": role_title(line.role),
            "state": words[line.state],
        }
        for line in shown
    ]
    giveable = sorted(queries.may_reset(scopes.current().role))
    context = {
        "lines": lines,
        "count": len(lines),
        "waiting": sum(line.state != "active" for line in everyone),
        "roles": [(one, role_title(one)) for one in giveable],
        "states": words.items(),
        "role": role,
        "state": state,
        "layouts": sheets.LAYOUTS,
        "may_open": scopes.current().role in OPENERS,
        "openings": [(key, word) for key, (word, _roles) in OPENINGS.items()],
    }
    return render(request, "identity/slips.html", context)


def open_missing(request: HttpRequest) -> HttpResponse:
    """Open accounts for those of the unit who have none; their slips are made from the list afterwards."""
    back = redirect(here(scopes.current().grant_no or 0, "slips?state=new"))
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
    """Make the slips of the chosen accounts and hand them over as one file; codes stand there and nowhere else."""
    back = redirect(here(scopes.current().grant_no or 0, "slips"))
    if request.method != "POST":
        return back
    chosen = chosen_ids(request, "account")
    if not chosen or len(chosen) > MOST_AT_ONCE:
        messages.error(request, _("请选 1 到 %(most)s 人。") % {"most": MOST_AT_ONCE})
        return back
    wanted = request.POST.get("purpose", Purpose.RESET)
    purpose = Purpose.PAPER if wanted == Purpose.PAPER else Purpose.RESET
    made = accounts.reset_accounts(
        account_ids=chosen, purpose=purpose, group=request.POST.get("group", "")[:80]
    )
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
    """Guardians who wait for a word, open invitations, class codes."""
    scope = scopes.current()
    lines = queries.bindings()
    pupils = queries.accounts(roles=[scopes.PUPIL]) if scope.role in queries.SLIP_GIVERS else []
    context = {
        "asked": [line for line in lines if line.state == "asked"],
        "invited": [line for line in lines if line.state == "invited"],
        "confirmed": queries.bindings(states=["confirmed"]),
        "pupils": pupils,
        "class_codes": queries.class_codes(),
        "orgs": queries.classes(),
        "may_decide": scope.role == scopes.HOMEROOM_TEACHER,
        "relations": bindings.rules.RELATIONS,
        "layouts": sheets.LAYOUTS,
    }
    return render(request, "identity/guardians.html", context)


def decide(request: HttpRequest) -> HttpResponse:
    """Confirm, refuse, withdraw or end one binding."""
    back = redirect(here(scopes.current().grant_no or 0, "guardians"))
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
    back = redirect(here(scopes.current().grant_no or 0, "guardians"))
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
FAMILY_DESK = frozenset({scopes.HOMEROOM_TEACHER, scopes.CLERK})
PAGES = (
    Page("slips", page, gettext_lazy("账号与纸条"), GIVERS, group="people", icon="码", order=70),
    Page("slips/open", open_missing, gettext_lazy("开通账号"), OPENERS, in_menu=False),
    Page("slips/give", give, gettext_lazy("发放纸条"), GIVERS, in_menu=False),
    Page("guardians", guardians, gettext_lazy("家长绑定"), FAMILY_DESK, group="people", icon="亲", order=60),
    Page("guardians/decide", decide, gettext_lazy("确认家长"), FAMILY_DESK, in_menu=False),
    Page("guardians/invite", invite, gettext_lazy("邀请家长"), FAMILY_DESK, in_menu=False),
)
