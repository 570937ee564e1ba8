"""Movements: the list, a new one, one on its road; and the children whom schooling may have lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, Conflict, NotAllowed
from jizuo.ground.pages.inputs import DayInput
from jizuo.ground.pages.parts import Action, Entry, Step
from jizuo.ground.pages.parts import Tab as PageTab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation import movements
from jizuo.hubs.organisation.actions import moving, moving_effects
from jizuo.hubs.organisation.movements import KINDS, PAPERS, STATE_TITLES
from jizuo.hubs.organisation.pages.same_people import asked_id, words_of
from jizuo.hubs.organisation.pages.turning import tabs
from jizuo.hubs.organisation.queries import graduating as graduating_queries
from jizuo.hubs.organisation.queries import moving as queries
from jizuo.hubs.organisation.queries import search
from jizuo.hubs.organisation.queries.moving import MovementLine, MovementView, Mover

TONES = {
    movements.DRAFT: "huang", movements.AGREED: "lan", movements.SENT: "lan", movements.REGISTERED: "lan",
    movements.CLOSED: "lv", movements.REFUSED: "zhu",
}  # fmt: skip
#: What a step is called on its button.
VERBS = {
    movements.AGREED: gettext_lazy("同意"), movements.REFUSED: gettext_lazy("不同意"),
    movements.WITHDRAWN: gettext_lazy("撤回"), movements.SENT: gettext_lazy("已报学籍系统"),
    movements.REGISTERED: gettext_lazy("登记业务号"), movements.CLOSED: gettext_lazy("办结"),
}  # fmt: skip
CLOSERS = {
    moving_effects.BY_NUMBER: gettext_lazy("凭业务号"), moving_effects.BY_REGISTER: gettext_lazy("学籍系统导入"),
    moving_effects.BY_SCHOOL: gettext_lazy("学校生效"),
}  # fmt: skip
WHYS = {
    "left": gettext_lazy("离校后没有下一所学校"), "leave": gettext_lazy("休学到期没有复学"),
    "absent": gettext_lazy("有学籍，哪里都不在读"),
}  # fmt: skip
WHY_TONES = {"left": "zhu", "leave": "huang", "absent": "zhu"}
MOST_CHOICES = 20


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Open movements, or those that have ended."""
    is_open = request.GET.get("state") != "ended"
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = queries.movement_list(is_open=is_open, kind=kind, after=asked_id(request.GET.get("after", "")))
    lines, has_more, count = found.rows, found.has_more, found.count
    scope = scopes.current()
    query = f"state={'open' if is_open else 'ended'}&kind={kind}"
    context = {
        "tabs": tabs("moving"),
        "states": [
            PageTab(_("正在办"), to("moving"), is_open), PageTab(_("办完的"), to("moving?state=ended"), not is_open),
        ],
        "rows": [
            {"line": line, "kind": KINDS[line.kind].title, "state": STATE_TITLES[line.state],
             "tone": "zhu" if line.is_late else TONES.get(line.state, ""), "href": to(f"moving/{line.movement_id}"),
             "detail": detail_of(line)} for line in lines
        ],
        "kinds": [(key, one.title) for key, one in KINDS.items()], "kind": kind, "is_open": is_open,
        "count": count, "has_units": len(scope.units) > 1,
        "main": Action(_("登记异动"), href=to("moving/new")) if scope.role in moving.ASKERS else None,
        "next": to(f"moving?{query}&after={lines[-1].movement_id}") if has_more else "",
        "where": [request.unit_name, _("%(n)s 项") % {"n": count}],
    }  # fmt: skip
    return render(request, "organisation/moving.html", context)


def detail_of(line: MovementLine) -> str:
    """From where to where, in one line."""
    if line.to_class:
        return f"{line.from_class or '—'} → {line.to_class}"
    if line.other:
        is_coming = line.kind in movements.COMING
        return (
            _("从 %(school)s 来") % {"school": line.other}
            if is_coming
            else _("到 %(school)s") % {"school": line.other}
        )
    return line.from_class


class MovementForm(forms.Form):
    """What a movement of one kind asks for; fields it does not need are left out."""

    name = forms.CharField(label=gettext_lazy("学生姓名"), max_length=50)
    to_class_id = forms.TypedChoiceField(
        label=gettext_lazy("到哪个班"), coerce=UUID, required=False, empty_value=None
    )
    other_unit_no = forms.TypedChoiceField(
        label=gettext_lazy("对方学校（本区）"), coerce=int, required=False, empty_value=None
    )
    other_text = forms.CharField(
        label=gettext_lazy("对方学校（外区，写校名和所在区）"), max_length=120, required=False
    )
    effect_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=DayInput())
    until_on = forms.DateField(label=gettext_lazy("到哪天（不含）"), required=False, widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)

    def __init__(
        self,
        *args: Any,
        kind: movements.Kind,
        classes: Sequence[tuple[UUID, str]],
        schools: Sequence[tuple[int, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["to_class_id"].choices = [("", "—"), *classes]  # type: ignore[attr-defined]
        self.fields["other_unit_no"].choices = [("", "—"), *schools]  # type: ignore[attr-defined]
        if kind.key not in movements.COMING:
            del self.fields["name"]
        if "class" not in kind.needs and kind.key != movements.RESUME:
            del self.fields["to_class_id"]
        if "other" not in kind.needs:
            del self.fields["other_unit_no"], self.fields["other_text"]
        if "until" not in kind.needs:
            del self.fields["until_on"]


@never_cache
def new(request: ActingRequest) -> HttpResponse:
    """First whom, then what, then the form of that kind."""
    scope = scopes.current()
    who_id = asked_id(request.GET.get("who", ""))
    told = request.GET.get("kind", "")
    kind = KINDS.get(told)
    if kind is not None and not movements.may_ask(scope.role, told):
        raise NotAllowed(_("您不能办理这一种"), fix=_("班主任可以申请调班；其他请找教务员"))
    who = queries.mover(affiliation_id=who_id) if who_id else None
    context: dict[str, Any] = {"trail": [(_("异动"), to("moving"))], "who": who}
    if kind is not None and (who is not None or told in movements.COMING):
        return fill(request, kind, who, context)
    if who is not None:
        context["kinds"] = [
            (one.title, to(f"moving/new?who={who.affiliation_id}&kind={one.key}"), paper_words(one))
            for one in movements.offered(who.stage, scope.role)
            if one.key not in movements.COMING and (one.does != movements.BACK or not who.is_present)
        ]
        return render(request, "organisation/moving_new.html", context)
    text = request.GET.get("q", "").strip()
    found = [one for one in search.find(text=text).people if one.role == "pupil"] if text else []
    context |= {
        "text": text,
        "found": [(one, to(f"moving/new?who={one.affiliation_id}")) for one in found[:MOST_CHOICES]],
        "coming": [
            (KINDS[key].title, to(f"moving/new?kind={key}"))
            for key in (movements.TRANSFER_IN, movements.BORROW)
            if movements.may_ask(scope.role, key)
        ],
    }
    return render(request, "organisation/moving_new.html", context)


def paper_words(kind: movements.Kind) -> str:
    """The papers a kind wants, in words."""
    return "、".join(str(PAPERS[key]) for key in kind.papers)


def fill(
    request: ActingRequest, kind: movements.Kind, who: Mover | None, context: dict[str, Any]
) -> HttpResponse:
    """The form of one kind."""
    today = scopes.current().today
    asks_class = "class" in kind.needs or kind.key == movements.RESUME
    initial = {"effect_on": today, "until_on": today + timedelta(days=365)}
    form = MovementForm(
        request.POST or None,
        initial=initial,
        kind=kind,
        classes=class_choices(kind, who) if asks_class else (),
        schools=list(graduating_queries.receivers().items()) if "other" in kind.needs else (),
    )
    if request.method == "POST" and form.is_valid():
        try:
            movement_id = moving.ask_movement(
                kind=kind.key, affiliation_id=who.affiliation_id if who else None, **form.cleaned_data
            )
        except (BadInput, Conflict) as error:
            if isinstance(error, Conflict):
                form.add_error(None, words_of(error))
            for one in error.problems:
                form.add_error(one.where if one.where in form.fields else None, f"{one.what}。{one.fix}")
        else:
            messages.success(request, _("已登记，等校长决定。"))
            return redirect(to(f"moving/{movement_id}"))
    context |= {"kind": kind, "form": form, "papers": paper_words(kind)}
    return render(request, "organisation/moving_new.html", context, status=422 if form.errors else 200)


def class_choices(kind: movements.Kind, who: Mover | None) -> list[tuple[UUID, str]]:
    """The classes a pupil may go to, with their size: one's own grade for 调班, higher and lower ones for the others."""
    lines = queries.classes_to_choose()
    own = next((view for view, _size in lines if who and view.org_id == who.class_id), None)
    found = []
    for view, size in lines:
        later = (view.entry_year or 0) - (own.entry_year or 0) if own and own.entry_year else None
        fits = later is None or {
            movements.CLASS: later == 0 and own is not None and view.scheme == own.scheme,
            movements.SKIP: later < 0,
            movements.REPEAT: later > 0,
        }.get(kind.key, True)
        if fits and (own is None or view.org_id != own.org_id or kind.key == movements.RESUME):
            found.append((view.org_id, _("%(name)s（%(n)s 人）") % {"name": view.name, "n": size}))
    return found


@never_cache
def one(request: ActingRequest, movement_id: UUID) -> HttpResponse:
    """A movement with its papers, its history and what the acting role may do next."""
    found = queries.movement_view(movement_id=movement_id)
    line, kind, role = found.line, KINDS[found.line.kind], scopes.current().role
    ways = movements.steps(line.kind, line.state, role)
    missing = movements.missing_papers(line.kind, found.papers)
    context = {
        "found": found, "line": line, "kind": kind.title, "trail": [(_("异动"), to("moving"))],
        "where": [line.unit_name, line.name, *([line.from_class] if line.from_class else [])],
        "steps": road_of(found),
        "state": STATE_TITLES[line.state], "tone": TONES.get(line.state, ""),
        "entries": entries_of(found),
        "papers": [(key, PAPERS[key], key in found.papers) for key in kind.papers],
        "may_note": role in queries.OFFICE and line.state in (movements.DRAFT, movements.AGREED) and kind.papers,
        "ways": [
            {"to": way, "word": VERBS[way], "tone": "btn-zhu" if way in (movements.REFUSED, movements.WITHDRAWN) else "btn-main",
             "asks_note": way in (movements.REFUSED, movements.WITHDRAWN), "asks_number": way == movements.REGISTERED,
             "because": _("材料还差 %(n)s 份") % {"n": len(missing)} if way == movements.SENT and missing else ""}
            for way in ways
        ],
        "history": [
            {"step": step, "word": STATE_TITLES[step.state], "role": role_title(step.role) if step.role else _("系统")}
            for step in found.steps
        ],
        "may_link": role in queries.OFFICE,
        "person": to(f"people/{line.affiliation_id}") if line.affiliation_id else "",
        "may_print": role in queries.OFFICE and line.kind in (movements.TRANSFER_IN, movements.TRANSFER_OUT),
        "transfer_file": f"{movement_id}.pdf",
    }  # fmt: skip
    return render(request, "organisation/movement.html", context)


def road_of(found: MovementView) -> list[Step]:
    """The straight road with how far it is."""
    road = movements.road(found.line.kind)
    state = found.line.state
    if state in (movements.REFUSED, movements.WITHDRAWN):
        return [Step(STATE_TITLES[movements.DRAFT], "done"), Step(STATE_TITLES[state], "stuck")]
    here = road.index(state)
    is_over = state == movements.CLOSED
    return [
        Step(STATE_TITLES[one], "done" if place < here or is_over else "now" if place == here else "ahead")
        for place, one in enumerate(road)
    ]


def entries_of(found: MovementView) -> list[Entry]:
    """What was told."""
    line = found.line
    entries = [Entry(_("原因"), line.reason), Entry(_("从哪天起"), line.effect_on)]
    if line.until_on:
        entries.append(Entry(_("到哪天"), line.until_on - timedelta(days=1)))
    if line.to_class:
        entries.append(Entry(_("到哪个班"), line.to_class))
    if line.other:
        entries.append(Entry(_("对方学校"), line.other))
    if KINDS[line.kind].has_register:
        entries.append(Entry(_("学籍系统业务号"), line.register_no or _("还没有"), owner=_("学籍系统")))
    if line.due_on and line.state == movements.SENT:
        side = _("已超期") if line.is_late else _("两校与两区各十个工作日")
        entries.append(Entry(_("应在哪天前有结果"), line.due_on, side=side))
    if found.closed_by:
        entries.append(Entry(_("怎么办结的"), CLOSERS[found.closed_by], side=line.closed_on))
    return entries


def act(request: ActingRequest, movement_id: UUID) -> HttpResponse:
    """Papers, a step, or which pupil came in."""
    back = redirect(to(f"moving/{movement_id}"))
    if request.method != "POST":
        return back
    verb = request.POST.get("act", "")
    try:
        if verb == "papers":
            moving.note_papers(movement_id=movement_id, papers=request.POST.getlist("papers"))
            messages.success(request, _("材料已记下。"))
        elif verb == "link":
            link = asked_id(request.POST.get("who", ""))
            if link is None:
                raise BadInput(_("没有选学生"), fix=_("请选一名"))
            moving.link_pupil(movement_id=movement_id, affiliation_id=link)
            messages.success(request, _("已认出这名学生。"))
        else:
            state = moving.step_movement(
                movement_id=movement_id, to=verb, note=request.POST.get("note", ""),
                register_no=request.POST.get("register_no", ""),
            )  # fmt: skip
            messages.success(request, _("现在是“%(state)s”。") % {"state": STATE_TITLES[state]})
    except (BadInput, Conflict, NotAllowed) as error:
        messages.error(request, words_of(error))
    return back


@never_cache
def missing(request: ActingRequest) -> HttpResponse:
    """The children whom compulsory schooling may have lost."""
    found = queries.missing_children()
    context = {
        "tabs": tabs("missing"),
        "rows": [
            {"one": one, "why": WHYS[one.why], "tone": WHY_TONES[one.why], "href": to(f"people/{one.affiliation_id}"),
             "days": (scopes.current().today - one.since).days} for one in found
        ],
        "has_units": len(scopes.current().units) > 1,
        "where": [request.unit_name, _("%(n)s 人") % {"n": len(found)}],
    }  # fmt: skip
    return render(request, "organisation/missing.html", context)


PAGES = (
    Page(
        "moving", listed, gettext_lazy("升级与异动"), queries.READERS, "people", "升", order=40, on_phone=False,
        name="moving", holds=("turning", "graduates", "missing", "large-classes"),
    ),
    Page("moving/new", new, gettext_lazy("登记异动"), moving.ASKERS, in_menu=False),
    Page("moving/<uuid:movement_id>", one, gettext_lazy("异动"), queries.READERS, in_menu=False),
    Page("moving/<uuid:movement_id>/do", act, gettext_lazy("办理异动"), moving.ASKERS, in_menu=False),
    Page("missing", missing, gettext_lazy("控辍保学"), queries.OFFICE | queries.DISTRICT, in_menu=False),
)  # fmt: skip
