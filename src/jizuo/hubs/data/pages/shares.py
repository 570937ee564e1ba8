"""数据共享: the inbox of requests and contracts, asking, one request, how the unit's own data may be shared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotAllowed, NotFound, Problem
from jizuo.ground.pages.parts import Action, Entry, Tab
from jizuo.ground.pages.shell import Page, is_open_to, to
from jizuo.hubs.data import masking
from jizuo.hubs.data.actions import sharing as actions
from jizuo.hubs.data.queries import sharing as queries
from jizuo.hubs.data.queries.grading import LOOKING_ROLES
from jizuo.hubs.data.rules import sharing as rules
from jizuo.hubs.data.rules.grading import GRADES
from jizuo.hubs.data.sharing_shapes import ContractView, RequestView, Terms, Wish

HOW: dict[str, Any] = {
    masking.CLEAR: gettext_lazy("明文"),
    masking.PHONE: gettext_lazy("电话中间遮盖"),
    masking.YEAR: gettext_lazy("只给年份"),
    masking.NAME: gettext_lazy("只给姓"),
    masking.TAIL: gettext_lazy("只给末四位"),
    masking.STARS: gettext_lazy("遮盖"),
    masking.NOTHING: gettext_lazy("不给"),
}
TONES = {
    rules.ASKED: "huang", rules.SECOND: "huang", rules.MORE: "huang", rules.GRANTED: "lv", rules.REFUSED: "zhu",
    rules.DISPUTED: "zhu", rules.UPHELD: "zhu", rules.WITHDRAWN: "",
}  # fmt: skip
CONTRACT_STATES: dict[str, tuple[Any, str]] = {
    "live": (gettext_lazy("生效中"), "lv"),
    "coming": (gettext_lazy("还没开始"), "lan"),
    "over": (gettext_lazy("已到期"), ""),
    "ended": (gettext_lazy("已提前结束"), "zhu"),
}


def tabs(current: str) -> list[Tab]:
    """The views of the sharing page that the acting role may open."""
    role = scopes.current().role
    found = [
        ("shares", _("申请与合约")),
        ("shares/grades", _("分级")),
        ("shares/why", _("为什么能看")),
    ]
    return [Tab(word, to(path), path == current) for path, word in found if is_open_to(role, path)]


def left_words(days: int | None) -> tuple[str, str]:
    """Working days left in words, and their tone."""
    if days is None:
        return "", ""
    if days < 0:
        return _("超过 %(n)s 个工作日") % {"n": -days}, "zhu"
    if days == 0:
        return _("今天到期"), "zhu"
    return _("还有 %(n)s 个工作日") % {"n": days}, "huang" if days <= 3 else ""


def request_line(one: RequestView) -> dict[str, Any]:
    """A request as lists show it."""
    left, tone = left_words(one.days_left)
    return {
        "one": one,
        "state": rules.STATES[one.state],
        "tone": TONES[one.state],
        "left": left,
        "left_tone": tone,
        "href": to(f"shares/{one.request_id}"),
    }


def contract_line(one: ContractView) -> dict[str, Any]:
    """A contract as lists show it."""
    word, tone = CONTRACT_STATES[one.state]
    left, left_tone = left_words(one.days_left)
    return {
        "one": one,
        "state": word,
        "tone": tone,
        "left": left,
        "left_tone": left_tone,
        "reader": reader_words(one.terms),
        "href": to(f"shares/contracts/{one.contract_id}"),
    }


def reader_words(terms: Terms) -> str:
    """Who reads: the unit, and the role where it is one."""
    role = role_title(terms.reader_role) if terms.reader_role else _("管理人员")
    return f"{terms.reader_name} {role}"


@never_cache
def inbox(request: ActingRequest) -> HttpResponse:
    """What waits, then what there is. A role that only reads sees its contracts."""
    role = scopes.current().role
    is_office = role in rules.SHARING_ROLES
    context: dict[str, Any] = {"tabs": tabs("shares"), "where": [request.unit_name], "is_office": is_office}
    if is_office:
        found = queries.share_inbox()
        context |= {
            "to_examine": [request_line(one) for one in found.to_examine],
            "own": [request_line(one) for one in found.own],
            "disputes": [request_line(one) for one in found.disputes],
            "ending": [contract_line(one) for one in found.ending],
            "past": [request_line(one) for one in found.settled],
            "contracts": [contract_line(one) for one in found.contracts],
        }
    else:
        context["contracts"] = [contract_line(one) for one in queries.share_contracts()]
    if is_office and role != scopes.OPERATOR:
        context["main"] = Action(_("申请数据"), href=to("shares/new"))
    return render(request, "data/shares.html", context)


@never_cache
def new(request: ActingRequest) -> HttpResponse:
    """Ask: first whose and which data, then columns, purpose and term."""
    owner_no = _number(request.GET.get("owner", "")) or None
    units = queries.sharing_units()
    offered = queries.share_datasets(owner_no=owner_no)
    chosen = next((one for one in offered if one.name == request.GET.get("dataset")), None)
    context: dict[str, Any] = {
        "trail": [(_("数据共享"), to("shares"))],
        "where": [request.unit_name],
        "units": [(no, name) for no, name in units],
        "owner_no": owner_no,
        "owner": dict(units).get(owner_no or 0, ""),
        "offered": [(one, rules.TYPES[one.share_type]) for one in offered],
        "chosen": chosen if owner_no in dict(units) else None,
        "told": request.POST,
        "grades": {no: str(words[0]) for no, words in GRADES.items()},
        "purposes": list(masking.purposes().items()),
        "periods": list(rules.PERIODS.items()),
        "roles": [(role, role_title(role)) for role in sorted(rules.READING_ROLES - {scopes.OPERATOR})],
        "begin_on": scopes.current().today,
        "end_on": scopes.current().today + timedelta(days=365),
    }
    status = 200
    if request.method == "POST" and context["chosen"] is not None and owner_no is not None:
        try:
            request_id = actions.request_share(wish=wish_of(request, context["chosen"].name, owner_no))
        except (BadInput, Conflict) as error:
            context["fault"], status = error, error.status
        else:
            messages.success(request, _("已提交。答复会出现在这里。"))
            return redirect(to(f"shares/{request_id}"))
    if chosen is not None:
        kept = set(request.POST.getlist("fields"))
        masked, purposes = set(request.POST.getlist("masked")), set(request.POST.getlist("purposes"))
        context["columns"] = [
            {
                "one": column,
                "grade": context["grades"][column.grade],
                "purpose": masking.purposes().get(column.purpose, ""),
                "is_kept": column.key in kept,
                "is_masked": column.key in masked,
            }
            for column in chosen.columns
        ]
        context["purposes"] = [(key, word, key in purposes) for key, word in masking.purposes().items()]
        context["choices"] = [column for column in chosen.columns if column.may_filter]
    return render(request, "data/share_new.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("申请还不完整"), problems=[Problem(where, _("日期读不出来"), _("如 2027-08-31"))]
        ) from None


def wish_of(request: HttpRequest, dataset: str, owner_no: int) -> Wish:
    """The wish that was posted. Days are typed inclusive. Raises BadInput."""
    told = request.POST
    column, value = told.get("filter", ""), told.get("filter_value", "").strip()
    return Wish(
        dataset=dataset,
        owner_no=owner_no,
        fields=told.getlist("fields"),
        purpose=told.get("purpose", ""),
        legal_basis=told.get("legal_basis", ""),
        begin_on=_day(told.get("begin_on", ""), "begin_on"),
        end_on=_day(told.get("end_on", ""), "end_on") + timedelta(days=1),
        reader_role=told.get("reader_role", ""),
        filters=[{"column": column, "op": "in", "value": value.replace("，", ",").split(",")}]
        if column and value
        else [],
        purposes=told.getlist("purposes"),
        masked=told.getlist("masked"),
        period=told.get("period", "day"),
        most_pulls=_number(told.get("most_pulls", "")),
        quality_floor=_number(told.get("quality_floor", "") or "0"),
    )


def entries(terms: Terms, begin: str = "") -> list[Entry]:
    """The terms in words."""
    found = [
        Entry(_("提供方"), terms.owner_name),
        Entry(_("读取方"), reader_words(terms)),
        Entry(_("数据"), terms.title, side=_("最高 %(grade)s 级") % {"grade": terms.grade}),
        Entry(_("用途"), terms.purpose),
        Entry(_("依据"), terms.legal_basis),
        Entry(_("期限"), f"{terms.begin_on} — {terms.end_on - timedelta(days=1)}"),
        Entry(
            _("频次"),
            _("%(period)s %(n)s 次") % {"period": rules.PERIODS[terms.period], "n": terms.most_pulls},
        ),
        Entry(_("行"), "；".join(terms.filters) or _("全部")),
    ]
    if terms.unit_nos:
        names = dict(queries.sharing_units())
        found.append(Entry(_("单位"), "、".join(names.get(no, str(no)) for no in terms.unit_nos)))
    if terms.quality_floor:
        found.append(Entry(_("质量下限"), _("%(n)s 分") % {"n": terms.quality_floor}))
    return found


def column_lines(terms: Terms) -> list[dict[str, Any]]:
    """The columns with grade and how each is shown."""
    return [
        {"key": key, "title": title, "grade": GRADES[grade][0] if grade in GRADES else "", "how": HOW[how],
         "is_clear": how == masking.CLEAR, "is_harmful": grade >= 4}
        for key, title, grade, how in terms.columns
    ]  # fmt: skip


@never_cache
def one_request(request: ActingRequest, request_id: UUID) -> HttpResponse:
    """One request, what was said, and what the acting role may say."""
    found = queries.share_request(request_id=request_id)
    fault: DoorError | None = None
    if request.method == "POST":
        told = request.POST
        verb = told.get("verb", "")
        try:
            is_narrowed = verb in ("approve", "allow") and "fields" in told
            contract_id = actions.examine_share(
                request_id=request_id,
                verb=verb,
                words=told.get("words", ""),
                fields=told.getlist("fields") if is_narrowed else None,
                masked=told.getlist("masked") if is_narrowed else None,
                end_on=_day(told["end_on"], "end_on") + timedelta(days=1)
                if is_narrowed and told.get("end_on")
                else None,
            )
        except (BadInput, Conflict, NotAllowed) as error:
            fault = error
        else:
            messages.success(request, _("已记下。"))
            return redirect(to(f"shares/contracts/{contract_id}" if contract_id else f"shares/{request_id}"))
    masked = {key for key, _title, grade, how in found.terms.columns if how != masking.CLEAR and grade >= 3}
    context = {
        "line": request_line(found),
        "entries": entries(found.terms),
        "columns": [one | {"is_masked": one["key"] in masked} for one in column_lines(found.terms)],
        "steps": [(one, rules.VERB_WORDS[one.verb]) for one in found.steps],
        "verbs": [(verb, rules.VERB_WORDS[verb]) for verb in found.verbs],
        "examines": bool({"approve", "allow"} & set(found.verbs)),
        "is_two": rules.wants_second(found.terms.grade),
        "last_on": found.terms.end_on - timedelta(days=1),
        "trail": [(_("数据共享"), to("shares"))],
        "fault": fault,
        "most": rules.MOST_TEXT,
    }
    return render(request, "data/share.html", context, status=fault.status if fault else 200)


@never_cache
def types(request: ActingRequest) -> HttpResponse:
    """How the acting unit's data may be shared."""
    scope = scopes.current()
    if request.method == "POST":
        try:
            actions.set_share_type(
                dataset=request.POST.get("dataset", ""),
                share_type=request.POST.get("share_type", ""),
                reason=request.POST.get("reason", ""),
            )
        except (BadInput, NotFound) as error:
            messages.error(
                request, "；".join([str(error.detail), *(problem.what for problem in error.problems)])
            )
        else:
            messages.success(request, _("已改，从下一份申请起生效。"))
        return redirect(to("shares/types"))
    context = {
        "lines": queries.share_datasets(owner_no=scope.unit_no),
        "types": list(rules.TYPES.items()),
        "trail": [(_("数据共享"), to("shares"))],
        "where": [request.unit_name],
    }
    return render(request, "data/share_types.html", context)


def _below(path: str, view: Any, roles: frozenset[str]) -> Page:
    return Page(f"shares/{path}", view, gettext_lazy("数据共享"), roles, in_menu=False)


READERS = rules.READING_ROLES
MENU_ROLES = READERS | LOOKING_ROLES
PAGES = (
    Page(
        "shares",
        inbox,
        gettext_lazy("数据共享"),
        READERS,
        "data",
        "享",
        order=50,
        name="shares",
        on_phone=False,
    ),
    _below("new", new, rules.OFFICE_ROLES),
    _below("types", types, rules.SHARING_ROLES),
    _below("<uuid:request_id>", one_request, rules.SHARING_ROLES),
)
