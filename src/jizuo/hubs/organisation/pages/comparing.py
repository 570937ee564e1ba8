"""Comparing with the registers: which exports there are, what differs and who must act, both sides counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import queries as ground_queries
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action, Number, Progress, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.organisation import comparing
from jizuo.hubs.organisation.actions import comparing as actions
from jizuo.hubs.organisation.actions import moving
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.comparing import ACTS, KINDS, PUPIL, STAFF
from jizuo.hubs.organisation.pages.same_people import asked_id, words_of
from jizuo.hubs.organisation.queries import comparing as queries
from jizuo.hubs.organisation.queries.comparing import ComparisonView, LineView
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

SIZE = 100
TITLES = {PUPIL: gettext_lazy("学籍系统"), STAFF: gettext_lazy("教师系统")}
IMPORTS = {PUPIL: "pupil_register", STAFF: "staff_register"}
STATES = {
    actions.WAITING: (gettext_lazy("比对中"), "lan"), actions.DONE: (gettext_lazy("已比对"), "lv"),
    actions.REFUSED: (gettext_lazy("没有比对"), "zhu"), actions.FAILED: (gettext_lazy("读不出"), "zhu"),
}  # fmt: skip
KIND_TONES = {
    comparing.ONLY_REGISTER: "lan", comparing.ONLY_BASE: "zhu", comparing.DIFFERING: "huang", comparing.ABSENT: "zhu",
    comparing.UNREGISTERED: "huang",
}  # fmt: skip
NOTES = {
    queries.LEFT: gettext_lazy("曾在本校，已离开"), queries.ALIKE: gettext_lazy("本校有相像的人，号码或生日对不上"),
}  # fmt: skip


def doubt_words(told: dict[str, Any]) -> str:
    """Why an export is not believed, by name."""
    code = told.get("code", "")
    if code == "failed":
        return str(told.get("words", ""))
    if not code:
        return ""
    numbers = {"count": f"{told['count']:,}", "of": f"{told['of']:,}", "n": abs(told["shift"])}
    words = {
        comparing.OTHER_SCHOOL: _("这是别校的导出：%(of)s 行里有 %(count)s 行写着别的学校标识码。"),
        comparing.STRANGERS: _("像是别校的导出：%(of)s 人里有 %(count)s 人不在本校名册里。"),
        comparing.HALF: _("像是只导出了一部分：导出里 %(count)s 人，本校在籍 %(of)s 人。"),
        comparing.OTHER_YEAR: _("像是以前学年的导出：%(of)s 人里有 %(count)s 人的班级低 %(n)s 届。")
        if told["shift"] > 0
        else _("像是以后学年的导出：%(of)s 人里有 %(count)s 人的班级高 %(n)s 届。"),
    }
    return words[code] % numbers


def doubt_fix(told: dict[str, Any]) -> str:
    """What to do about it."""
    fixes = {
        comparing.OTHER_SCHOOL: _("请在登记系统里选本校重新导出。"),
        comparing.STRANGERS: _("请核对是不是本校的导出；本校名册还没导全的，先导入名册。"),
        comparing.HALF: _("请在登记系统里选全部年级重新导出。"),
        comparing.OTHER_YEAR: _("请在登记系统升级后重新导出。"),
    }
    return fixes.get(told.get("code", ""), "")


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The registers of the acting school, or every unit of a district with what was compared last."""
    found = queries.comparisons()
    if scopes.current().role in queries.DISTRICT:
        return district(request, found)
    exports = {(one.unit_no, one.kind): one for one in queries.register_exports()}
    newest = {(one.unit_no, one.kind): one for one in found}
    unit_no = scopes.current().unit_no
    context = {
        "registers": [
            {"kind": kind, "title": title, "export": exports.get((unit_no, kind)), "found": shown(newest.get((unit_no, kind))),
             "may": (told := exports.get((unit_no, kind))) is not None and told.state in actions.COMPARABLE,
             "import": to(f"imports/new?importer={IMPORTS[kind]}")} for kind, title in TITLES.items()
        ],
        "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/registers.html", context)


def shown(found: ComparisonView | None) -> dict[str, Any] | None:
    """A comparison as a line of a list."""
    if found is None:
        return None
    there, here = found.counts.get("total", (None, None))
    return {
        "one": found, "state": STATES[found.state], "href": to(f"registers/{found.comparison_id}"),
        "why": doubt_words(found.doubt), "fix": doubt_fix(found.doubt), "there": there, "here": here,
        "lines": sum(found.counts["kinds"].values()) if found.counts else None, "title": TITLES[found.kind],
        "may_go_on": found.state == actions.REFUSED and found.doubt.get("code") != comparing.OTHER_SCHOOL,
    }  # fmt: skip


def district(request: ActingRequest, found: list[ComparisonView]) -> HttpResponse:
    """Every unit's newest comparison, and who is registered twice."""
    kind = STAFF if request.GET.get("kind") == STAFF else PUPIL
    context = {
        "tabs": [Tab(title, to(f"registers?kind={key}"), key == kind) for key, title in TITLES.items()],
        "kind": kind,
        "rows": [shown(one) for one in found if one.kind == kind],
        "doubled": [
            {"one": one, "tag": _("登记系统导出里") if one.by_register else _("基座里")}
            for one in (queries.doubled_registrations() if kind == PUPIL else [])
        ],
        "where": [request.unit_name],
        "main": Action(
            _("比对各校最新的导出"), post=to("registers/do"), fields=(("act", "all"), ("kind", kind))
        ),
    }
    return render(request, "organisation/registers_district.html", context)


def act(request: ActingRequest) -> HttpResponse:
    """Compare one export, or the newest of every unit."""
    if request.method != "POST":
        return redirect(to("registers"))
    try:
        if request.POST.get("act") == "all":
            kind = request.POST.get("kind", PUPIL)
            actions.start_district_comparison(kind=kind)
            messages.success(request, _("正在一所一所比对，刷新页面看进展。"))
            return redirect(to(f"registers?kind={STAFF if kind == STAFF else PUPIL}"))
        comparison_id = actions.start_comparison(
            batch_id=asked_id(request.POST.get("batch", "")) or UUID(int=0), anyway="anyway" in request.POST
        )
    except (BadInput, Conflict, NotFound) as error:
        messages.error(request, words_of(error))
        return redirect(to("registers"))
    return redirect(to(f"registers/{comparison_id}"))


@never_cache
def one(request: ActingRequest, comparison_id: UUID) -> HttpResponse:
    """One comparison: counts, differences by kind, who acts."""
    found = queries.comparison(comparison_id=comparison_id)
    told = request.GET
    kind, who = told.get("show", ""), told.get("act", "")
    kind, who = (kind if kind in KINDS else ""), (who if who in ACTS else "")
    class_id = asked_id(told.get("class", ""))
    after = told.get("after", "")
    lines = []
    if found.state == actions.DONE:
        lines = queries.comparison_lines(
            comparison_id=comparison_id, kind=kind, act=who, class_id=class_id,
            after=int(after) if after.isdecimal() and len(after) < 8 else -1, limit=SIZE + 1,
        )  # fmt: skip
    kinds, acts = found.counts.get("kinds", {}), found.counts.get("acts", {})
    own = f"registers/{comparison_id}"
    query = f"show={kind}&act={who}&class={class_id or ''}"
    total = sum(kinds.values())
    there, here = found.counts.get("total", (None, None))
    context = {
        "found": found, "line": shown(found), "why": doubt_words(found.doubt), "fix": doubt_fix(found.doubt),
        "progress": progress_of(found), "numbers": numbers_of(found, there, here, total),
        "tabs": [Tab(_("全部"), to(f"{own}?act={who}"), not kind, total)] + [
            Tab(word, to(f"{own}?show={key}&act={who}"), key == kind, kinds.get(key, 0)) for key, word in KINDS.items()
        ],
        "acts": [
            {"word": f"{person}：{deed}", "count": acts.get(key, 0), "is_on": key == who,
             "href": to(f"{own}?show={kind}&act={'' if key == who else key}")}
            for key, (person, deed) in ACTS.items() if acts.get(key)
        ],
        "rows": [row_of(line, found) for line in lines[:SIZE]],
        "classes": classes_of(found, own), "sexes": sexes_of(found), "missing": missing_of(found),
        "empty": empty_of(found), "import": to(f"imports/{found.register_batch}"),
        "class_id": class_id, "clear": to(f"{own}?show={kind}&act={who}"),
        "next": to(f"{own}?{query}&after={lines[SIZE - 1].ordinal}") if len(lines) > SIZE else "",
        "title": TITLES[found.kind], "where": [found.unit_name, found.title],
        "trail": [(_("与登记系统比对"), to("registers"))],
        "others": [Action(_("导出 Excel"), href=to(f"{own}.xlsx"), is_download=True)] if total else [],
        "main": Action(_("再比对一次"), post=to("registers/do"), fields=(("batch", str(found.register_batch)),))
        if found.state != actions.WAITING else None,
    }  # fmt: skip
    return render(request, "organisation/comparison.html", context)


def progress_of(found: ComparisonView) -> Progress | None:
    """How far the job is; None once the comparison has ended."""
    if found.state != actions.WAITING:
        return None
    poll = to(f"registers/{found.comparison_id}/progress")
    try:
        job = ground_queries.job(job_id=found.job_id or UUID(int=0))
    except NotFound:
        return Progress(_("正在比对"), state="waiting", poll=poll)
    if job.state in ("failed", "cancelled"):
        return Progress(_("正在比对"), job.percent, None, job.state, detail=f"{job.error} {job.fix}".strip())
    return Progress(_("正在比对"), job.percent, job.left_seconds, "running", poll)


@never_cache
def progress(request: ActingRequest, comparison_id: UUID) -> HttpResponse:
    """The progress part again; the whole page once there is something to show."""
    found = queries.comparison(comparison_id=comparison_id)
    part = progress_of(found)
    if part is None:
        answer = HttpResponse()
        answer["HX-Redirect"] = to(f"registers/{comparison_id}")
        return answer
    return render(request, "parts/_progress.html", {"progress": part})


def numbers_of(found: ComparisonView, there: int | None, here: int | None, total: int) -> list[Number]:
    """Both sides and the differences, in three numbers."""
    if found.state != actions.DONE:
        return []
    belongs = _("在籍") if found.kind == PUPIL else _("人事关系在本单位")
    return [
        Number(TITLES[found.kind], there, _("人"), definition=_("导出文件里的行数，一行一人。"), at=found.asked_at),
        Number(_("基座%(what)s") % {"what": belongs}, here, _("人"), at=found.done_at,
               definition=_("基座里%(what)s、没有离开的人。") % {"what": belongs}),
        Number(_("差异"), total, _("条"), definition=_("一人可以有几条：每个不同的内容一条。"),
               tone="zhu" if total else "lv"),
    ]  # fmt: skip


def row_of(line: LineView, found: ComparisonView) -> dict[str, Any]:
    """A difference with its act and the way to it."""
    person, deed = ACTS[line.act]
    own = to(f"people/{line.affiliation_id}") if line.affiliation_id else ""
    href = own
    if line.act == comparing.BRING_IN:
        href = to(f"imports/{found.register_batch}")
    elif line.act == comparing.END and scopes.current().role in moving.ASKERS and found.kind == PUPIL:
        href = to(f"moving/new?who={line.affiliation_id}")
    return {
        "line": line, "own": own, "kind": KINDS[line.kind], "tone": KIND_TONES[line.kind], "person": person,
        "deed": deed, "href": href, "note": NOTES.get(line.note, ""),
    }  # fmt: skip


def classes_of(found: ComparisonView, own: str) -> list[dict[str, Any]]:
    """Both sides class by class under their grade; who has no class comes last."""
    told = dict(found.counts.get("classes", {}))
    rows = [
        {"grade": view.grade, "name": view.name, "there": there, "here": here, "gap": there - here,
         "href": to(f"{own}?class={view.org_id}")}
        for view in named_classes(found) if (sides := told.pop(str(view.org_id), None)) for there, here in [sides]
    ]  # fmt: skip
    return rows + [
        {"grade": "", "name": _("没有班级"), "there": there, "here": here, "gap": there - here, "href": ""}
        for there, here in told.values()
    ]


def named_classes(found: ComparisonView) -> list[ClassView]:
    """The classes that a comparison which has ended speaks of."""
    return queries.comparison_classes(comparison_id=found.comparison_id) if found.counts else []


def sexes_of(found: ComparisonView) -> list[tuple[str, int, int]]:
    """Both sides by sex."""
    return [
        (name_of("sex", key) or _("没有写"), there, here)
        for key, (there, here) in found.counts.get("sexes", {}).items()
    ]


def missing_of(found: ComparisonView) -> list[str]:
    """Classes of the base of which the export lists nobody."""
    lacking = found.counts.get("missing", [])
    return [view.name for view in named_classes(found) if str(view.org_id) in lacking] if lacking else []


def empty_of(found: ComparisonView) -> list[tuple[str, int]]:
    """(field in words, people) of what only the export says and an import would fill."""
    fields = queries.fields_of(found.kind)
    return [(queries.field_title(fields, key), count) for key, count in found.counts.get("empty", {}).items()]


@never_cache
def workbook(request: ActingRequest, comparison_id: UUID) -> HttpResponse:
    """Every difference as a workbook, a sheet of counts first."""
    found = queries.comparison(comparison_id=comparison_id)
    lines = queries.export_lines(comparison_id=comparison_id)
    columns = [
        OutColumn("no", _("序号")), OutColumn("kind", _("差异")), OutColumn("class", _("班级")), OutColumn("name", _("姓名")),
        OutColumn("sex", _("性别")), OutColumn("field", _("内容")), OutColumn("here", _("基座")),
        OutColumn("there", str(TITLES[found.kind])), OutColumn("person", _("谁来办")), OutColumn("deed", _("怎么办")),
        OutColumn("note", _("说明")), OutColumn("place", _("在导出里的位置")),
    ]  # fmt: skip
    rows = [
        {"no": str(place), "kind": str(KINDS[line.kind]), "class": line.class_name, "name": line.name, "sex": line.sex,
         "field": line.field_title, "here": line.here, "there": line.there, "person": str(ACTS[line.act][0]),
         "deed": str(ACTS[line.act][1]), "note": str(NOTES.get(line.note, "")), "place": line.place}
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip
    sides = [
        OutColumn("what", _("范围")),
        OutColumn("there", str(TITLES[found.kind])),
        OutColumn("here", _("基座")),
    ]
    total = found.counts.get("total", (0, 0))
    counts = [(_("合计"), *total), *sexes_of(found)]
    counts += [(one["name"], one["there"], one["here"]) for one in classes_of(found, "")]
    told = [{"what": what, "there": str(there), "here": str(here)} for what, there, here in counts]
    now = timezone.localtime()
    who = request.user.display_name
    footer = _("%(who)s %(at)s 取自基座") % {"who": who, "at": now.strftime("%Y-%m-%d %H:%M")}
    title = _("%(unit)s与%(register)s的差异") % {"unit": found.unit_name, "register": TITLES[found.kind]}
    body = write_list(
        [ListSheet(title, columns, rows, name=_("差异")), ListSheet(title, sides, told, name=_("人数"))],
        landscape=True, footer=footer,
    )  # fmt: skip
    headers = {
        "Content-Disposition": disposition(f"{title} {now:%Y-%m-%d}.xlsx", is_shown=False),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type=XLSX, headers=headers)


PAGES = (
    Page(
        "registers", page, gettext_lazy("与登记系统比对"), IMPORTING_ROLES, "data", "核", order=15, on_phone=False,
        name="registers",
    ),
    Page("registers/do", act, gettext_lazy("比对登记系统"), IMPORTING_ROLES, in_menu=False),
    Page("registers/<uuid:comparison_id>", one, gettext_lazy("比对结果"), IMPORTING_ROLES, in_menu=False),
    Page("registers/<uuid:comparison_id>/progress", progress, gettext_lazy("比对进度"), IMPORTING_ROLES, in_menu=False),
    Page("registers/<uuid:comparison_id>.xlsx", workbook, gettext_lazy("导出差异"), IMPORTING_ROLES, in_menu=False),
)  # fmt: skip
