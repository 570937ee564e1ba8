"""The pages on which forms are filled: one to begin a matter, one for the form of a running matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.engines.matter.forms import actions, again, keeping, opening, paper, printing, reading, sheets
from jizuo.engines.matter.forms.checking import MOST_PROBLEMS
from jizuo.engines.matter.forms.kinds import Known
from jizuo.engines.matter.forms.views import FieldView, FormView
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError, Problem
from jizuo.ground.files.pages import disposition
from jizuo.ground.ids import new_id
from jizuo.ground.pages.parts import Action, Number, Step
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column
from jizuo.hubs.organisation.queries import contacts

#: The mark that it was taken over already.
PRESSED = "*"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {
    sheets.DONE: "lv",
    sheets.WAITING: "huang",
    sheets.FILLING: "",
    sheets.SIGNING: "qing",
    sheets.OUT: "",
}
#: Kinds whose choices are read.
CHOSEN = frozenset({"person", "people", "org", "orgs", "unit", "units"})


@never_cache
def begin(request: ActingRequest, scene: str, form: str) -> HttpResponse:
    """A form that begins a matter."""
    return _form(request, scene, form, None)


@never_cache
def go_on(request: ActingRequest, scene: str, matter_id: UUID, form: str) -> HttpResponse:
    """The form of a running matter: to be mended, or of the step that waits."""
    return _form(request, scene, form, matter_id)


def _form(request: ActingRequest, scene: str, form: str, matter_id: UUID | None) -> HttpResponse:
    told = request.POST if request.method == "POST" else request.GET
    where: dict[str, Any] = {
        "scene": scene, "form": form, "matter_id": matter_id, "subject_id": id_in(told.get("subject", "")),
    }  # fmt: skip
    number = _number(told.get("paper", ""))
    if request.method != "POST":
        if "done" in request.GET:
            return _done(request, where)
        if number:
            return _shown(request, paper.paper_form(no=number))
        view = opening.open_form(**where, is_fresh="fresh" in request.GET)
        return _shown(request, view)
    return _posted(request, where, number)


def _posted(request: ActingRequest, where: Mapping[str, Any], paper_no: int = 0) -> HttpResponse:
    do, at = request.POST.get("do", "submit"), _number(request.POST.get("at", ""))
    key = request.POST.get("submit_key", "")[:64]
    if do in ("live", "save"):
        data = reading.posted(request)
        if do == "save":
            taken = again.still_marked(request.POST.getlist("again.mark")[: again.MOST_TAKEN], data)
            actions.save_form_draft(**where, data=data, page=at, submit_key=key, taken=taken)
            return HttpResponse(_("草稿已存 %(time)s") % {"time": timezone.localtime().strftime("%H:%M")})
        view = opening.look_over(**where, data=data, page=at, with_choices=False)
        before = set(request.POST.getlist("shown"))
        if any(one.kind in CHOSEN and one.is_shown and one.key not in before for one in changing(view)):
            view = opening.look_over(**where, data=data, page=at)
        return _live(request, view, before)
    faults: list[Problem] = []

    def keep(stream: BinaryIO, name: str, kind: str) -> str:
        try:
            return keeping.keep(stream, name, kind)
        except BadInput as error:
            faults.append(Problem("form", f"{name}：{error.detail}", str(error.fix)))
            return ""

    data = reading.posted(request, keep)
    for name, value in data.items():
        if isinstance(value, list):
            data[name] = [one for one in value if one != ""]
    if do == "submit" and not faults:
        try:
            matter_id = actions.hand_in(
                **where,
                data=data,
                submit_key=key,
                way="paper" if paper_no else "phone",
                paper_no=paper_no or None,
            )
        except BadInput as error:
            faults = list(error.problems)[:MOST_PROBLEMS] or [
                Problem("form", str(error.detail), str(error.fix))
            ]
        else:
            return redirect(f"{request.path}?done={matter_id}")
    is_row = reading.row_change(data, do)
    found_by = {
        name.removeprefix("find."): str(request.POST.get(name, ""))[:60]
        for name in request.POST
        if name.startswith("find.")
    }
    marks = request.POST.getlist("again.mark")[: again.MOST_TAKEN]
    view = opening.look_over(
        **where, data=data, page=at, submit_key=key, is_checked=do == "next", found_by=found_by, faults=faults,
        paper_no=paper_no, pasted=request.POST.get("paste.text", ""),
        pasted_at=do.removeprefix("paste:") if do.startswith("paste:") else "",
        takes_again=do == "again", taken=again.still_marked(marks, data),
    )  # fmt: skip
    if do.startswith("find:") and request.headers.get("HX-Request"):
        field = next(
            (one for page in view.pages for one in page.fields if one.key == do.removeprefix("find:")), None
        )
        return render(request, "matter/forms/_found.html", {"field": field})
    page = view.page
    if not view.problems and do in ("next", "back"):
        page = _beside(view, 1 if do == "next" else -1)
        actions.save_form_draft(**where, data=data, page=page, submit_key=key, taken=view.taken)
    elif view.problems and do == "submit":
        page = _first_wrong(view)
    elif is_row or do.startswith("paste:"):
        page = at
    return _shown(
        request, view, page=page, status=422 if view.problems else 200,
        note=again_words(view) if do == "again" else "", is_pressed=do == "again" or PRESSED in marks,
        focus=focus_of(view, do),
    )  # fmt: skip


def focus_of(view: FormView, do: str) -> str:
    """The name of the field where one goes on after a change of rows: the first of an added row, the one pasted into."""
    verb, _colon, rest = do.partition(":")
    if verb == "paste":
        return rest
    rows = next(
        (one.rows for page in view.pages for one in page.fields if verb == "add" and one.key == rest), []
    )
    return next((cell.post_name for cell in rows[-1] if not cell.is_computed), "") if rows else ""


def again_words(view: FormView) -> str:
    """What became of taking over an earlier answer."""
    count = len(view.taken)
    if not count:
        return _("上次的都已经在这里了，或者不能照填；请自己填。")
    return _("照上次的填了 %(count)s 处，请看一遍再交。") % {"count": count}


def _beside(view: FormView, step: int) -> int:
    place = view.page + step
    while 0 <= place < len(view.pages):
        if view.pages[place].is_shown:
            return place
        place += step
    return view.page


def _first_wrong(view: FormView) -> int:
    wrong = {problem.where.partition("[")[0] for problem in view.problems}
    for place, page in enumerate(view.pages):
        if any(one.key in wrong for one in page.fields):
            return place
    return view.page


def _shown(
    request: HttpRequest,
    view: FormView,
    *,
    page: int | None = None,
    status: int = 200,
    note: str = "",
    is_pressed: bool = False,
    focus: str = "",
) -> HttpResponse:
    at = view.page if page is None else page
    shown = [place for place, one in enumerate(view.pages) if one.is_shown]
    steps = [
        Step(
            view.pages[place].title or _("第 %(n)s 页") % {"n": number},
            "now" if place == at else "done" if place < at else "ahead",
        )
        for number, place in enumerate(shown, 1)
    ]
    named = {one.name for page_ in view.pages for one in every(page_.fields)}
    context = {
        "view": view,
        "at": at,
        "steps": steps if len(steps) > 1 else [],
        "is_first": not shown or at == shown[0],
        "is_last": not shown or at == shown[-1],
        "submit_key": view.submit_key or new_id().hex,
        "loose": [problem for problem in view.problems if problem.where not in named],
        "count": len(view.problems),
        "trail": [(view.scene_title, to(f"s/{view.scene}"))],
        "is_live": view.is_live,
        "note": note,
        "focus": focus,
        "can_again": view.again_on is not None and not is_pressed,
        "marks": [
            *([PRESSED] if is_pressed else ()),
            *(
                again.mark_of(one.name, one.told)
                for page_ in view.pages
                for one in every(page_.fields)
                if one.name in view.taken
            ),
        ],
    }
    return render(request, "matter/forms/form.html", context, status=status)


def every(fields: list[FieldView]) -> list[FieldView]:
    """Fields with the cells of their tables."""
    return [each for one in fields for each in (one, *(cell for row in one.rows for cell in row))]


def changing(view: FormView) -> list[FieldView]:
    """The fields that come and go with answers."""
    return [one for page in view.pages for one in page.fields if one.is_conditional]


def _live(request: HttpRequest, view: FormView, before: set[str]) -> HttpResponse:
    """The fields that changed by an answer: computed ones, and conditional ones that come or go. before: those shown."""
    parts = []
    for page in view.pages:
        for one in every(page.fields):
            if one.is_computed:
                parts.append(render_to_string("matter/forms/_worth.html", {"field": one, "is_swap": True}))
    for one in changing(view):
        if one.is_shown != (one.key in before):
            parts.append(
                render_to_string("matter/forms/_field.html", {"field": one, "is_swap": True}, request)
            )
    return HttpResponse("".join(parts))


def _done(request: HttpRequest, where: Mapping[str, Any]) -> HttpResponse:
    matter_id = id_in(request.GET.get("done", ""))
    scene, form, done = opening.said_at_end(
        scene=where["scene"], form=where["form"], matter_id=where["matter_id"] or matter_id
    )
    context = {
        "scene": scene, "form": form, "done": done, "matter": to(f"matters/{matter_id}"), "home": to(f"s/{where['scene']}"),
        "again": "" if where["matter_id"] else request.path,
    }  # fmt: skip
    return render(request, "matter/forms/done.html", context)


@never_cache
def printed(request: ActingRequest, scene: str, matter_id: UUID) -> HttpResponse:
    """A matter's form as PDF."""
    return pdf(printing.form_pdf(matter_id=matter_id), _("办事表"))


def pdf(body: bytes, name: str) -> HttpResponse:
    """A PDF to be looked at and printed."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = disposition(f"{name}.pdf", is_shown=True)
    return response


@never_cache
def papers(request: ActingRequest, scene: str) -> HttpResponse:
    """Blank forms for a class, and the number of one that came back."""
    fault = ""
    if "no" in request.GET:
        try:
            view = paper.paper_form(no=_number(request.GET["no"]))
            return redirect(f"{to(f's/{view.scene}/new/{view.form}')}?paper={view.paper_no}")
        except DoorError as error:
            fault = f"{error.detail}{'，' if error.fix else ''}{error.fix}"
    found = opening.paper_choices(scene=scene)
    form, klass = request.GET.get("form", ""), id_in(request.GET.get("class", ""))
    if form and klass:
        people = contacts.people_of(role="pupil", class_ids=[klass])
        return pdf(paper.paper_pdf(scene=scene, form=form, subject_ids=people), _("空白表"))
    context = {"found": found, "fault": fault, "trail": [(found.scene_title, to(f"s/{scene}"))]}
    return render(request, "matter/forms/papers.html", context, status=422 if fault else 200)


@never_cache
def sheet(request: ActingRequest, scene: str, matter_id: UUID) -> HttpResponse:
    """The merged sheet of a matter, or its workbook."""
    if "file" in request.GET:
        response = HttpResponse(sheets.sheet_workbook(matter_id=matter_id), content_type=XLSX)
        response["Content-Disposition"] = disposition(f"{_('汇总表')}.xlsx", is_shown=False)
        return response
    view = sheets.sheet_of(matter_id=matter_id)
    known = Known(scopes.current().today)
    columns = [
        Column("unit", _("学校")),
        Column("state", _("状态"), kind="tag", tone=lambda row: row["tone"]),
    ]
    columns += [
        Column(
            one.key,
            one.title,
            kind="figure" if one.kind in ("number", "money") else "text",
            decimals=2 if one.kind == "money" else 0,
        )
        for one in view.columns
    ]
    rows = [
        {"unit": one.unit_name if not place else "", "state": sheets.word_of(one) if not place else "",
         "tone": "zhu" if one.is_late else TONES[one.state],
         **{each.key: sheets.cell_of(each, row.get(each.key), known) for each in view.columns}}
        for one in view.units
        for place, row in enumerate(one.rows or [{}])
    ]  # fmt: skip
    context = {
        "view": view,
        "numbers": [
            Number(_("已收"), view.done, _("所")), Number(_("还差"), view.count - view.done, _("所")),
            Number(_("逾期"), view.late, _("所"), tone="zhu" if view.late else ""),
        ],
        "columns": columns,
        "lines": [[cell(column, row) for column in columns] for row in rows],
        "totals": [
            (one.title, sheets.cell_of(one, view.totals[one.key], known)) for one in view.columns if one.key in view.totals
        ],
        "main": Action(_("下载汇总表"), href="?file=1", is_download=True),
        "trail": [(_("这件事"), to(f"matters/{matter_id}"))],
        "fresh": view.at,
    }  # fmt: skip
    return render(request, "matter/forms/sheet.html", context)


def cell(column: Column, row: Mapping[str, Any]) -> dict[str, Any]:
    """A cell of the merged table."""
    return {"value": row.get(column.key), "kind": column.kind, "tone": row["tone"], "label": column.label}


def id_in(text: str) -> UUID | None:
    """The id in an address or form, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


PAGES = (
    Page(
        "s/<slug:scene>/paper",
        papers,
        gettext_lazy("纸表"),
        scopes.SCHOOL_ROLES | scopes.CLASS_ROLES,
        in_menu=False,
    ),
    Page("s/<slug:scene>/<uuid:matter_id>/print", printed, gettext_lazy("打印"), scopes.ROLES, in_menu=False),
    Page("s/<slug:scene>/new/<slug:form>", begin, gettext_lazy("填表"), scopes.ROLES, in_menu=False),
    Page(
        "s/<slug:scene>/<uuid:matter_id>/<slug:form>",
        go_on,
        gettext_lazy("填表"),
        scopes.ROLES,
        in_menu=False,
    ),
)
