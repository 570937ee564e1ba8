"""A draft of a standard in the browser: its elements one by one or pasted, their order, its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound, Problem
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import to
from jizuo.ground.plans import Type
from jizuo.hubs.data import codes, masking, sources
from jizuo.hubs.data.actions import standards as actions
from jizuo.hubs.data.pages.standards import GRADES, TYPES, element_line, page
from jizuo.hubs.data.queries import standards as queries
from jizuo.hubs.data.rules import standards as rules
from jizuo.hubs.data.rules.catalogue import CIRCLE_TITLES, CYCLES
from jizuo.hubs.data.standards import Element, VersionView
from jizuo.plain import dates, typed
from jizuo.plain.dates import BadDate
from jizuo.plain.text import clean
from jizuo.plain.workbook import read as books
from jizuo.plain.workbook.errors import WorkbookError

PASTE_COLUMNS = (
    gettext_lazy("字段名"), gettext_lazy("类型"), gettext_lazy("长度"), gettext_lazy("必填"), gettext_lazy("代码表"),
)  # fmt: skip


def at(version_id: UUID, path: str = "") -> str:
    """An address below a draft."""
    return to(f"standards/draft/{version_id}/{path}".rstrip("/"))


def trail_of(version: VersionView) -> list[tuple[str, str]]:
    """Where a page of a draft stands."""
    return [(_("数据标准"), to("standards")), (version.body.title, to(f"standards/of/{version.name}"))]


def show(request: ActingRequest, version_id: UUID, fault: DoorError | None = None) -> HttpResponse:
    """The editor. A published version leads to its standard."""
    draft = queries.standard_draft(version_id=version_id)
    version = draft.version
    if version.state != rules.DRAFT:
        return redirect(to(f"standards/of/{version.name}"))
    by_place: dict[str, list[Problem]] = {}
    for problem in draft.faults:
        by_place.setdefault(problem.where, []).append(problem)
    lines = []
    for place, one in enumerate(version.body.elements):
        faults = [*by_place.pop(f"columns[{place}]", []), *by_place.pop(one.key, [])]
        lines.append(
            {**element_line(one), "faults": faults, "href": at(version_id, f"element?key={one.key}")}
        )
    told = request.POST if fault else {}
    context = {
        "version": version,
        "lines": lines,
        "faults": [problem for found in by_place.values() for problem in found],
        "fault_count": len(draft.faults),
        "fault": fault,
        "pasted": told.get("pasted", ""),
        "columns": PASTE_COLUMNS,
        "circles": CIRCLE_TITLES.items(),
        "cycles": CYCLES.items(),
        "keys": [(one.key, one.title, one.key in version.body.key) for one in version.body.elements],
        "do": at(version_id, "do"),
        "main": Action(_("看影响，发布"), href=at(version_id, "publish")),
        "others": [
            Action(_("加一个字段"), href=at(version_id, "element")),
            Action(_("拿样例试一试"), href=at(version_id, "try")),
            Action(_("下载 YAML"), href=to(f"standards/text/{version_id}"), is_download=True),
            Action(_("放弃草稿"), opens="confirm-discard", tone="zhu"),
        ],
        "trail": trail_of(version),
        "where": [_("草稿"), version.number, version.name],
    }
    return render(request, "data/standard_draft.html", context, status=fault.status if fault else 200)


def element(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The form of one element: ``?key=`` names the one to change, without it a new one is added."""
    version = queries.standard_version(version_id=version_id)
    was = request.GET.get("key", "")
    held = version.body.element(was)
    if was and held is None:
        raise NotFound(_("没有这个字段"), fix=_("可能已被去掉，请回到草稿"))
    fault: DoorError | None = None
    told: Mapping[str, Any] = as_told(held) if held else {"type": "text", "length": "100"}
    if request.method == "POST":
        told = request.POST
        try:
            one = read_element(told, held, version)
            actions.save_element(version_id=version_id, element=one, was=was, seen=told.get("seen", ""))
        except (BadInput, Conflict) as error:
            fault = error
        else:
            if told.get("more"):
                messages.success(request, _("已加上“%(title)s”") % {"title": one.title})
                return redirect(at(version_id, "element"))
            return redirect(at(version_id))
    context = {
        "version": version,
        "held": held,
        "told": told,
        "fault": fault,
        "types": TYPES.items(),
        "grades": [(str(grade), word) for grade, word in GRADES.items()],
        "tables": sorted((one.id, one.name) for one in codes.tables().values()),
        "purposes": masking.purposes().items(),
        "sources": [
            (one.name, one.word) for one in sources.shipped().values() if one.name != sources.SETTLED
        ],
        "trail": [*trail_of(version), (_("草稿"), at(version_id))],
        "where": [version.number],
        "back": at(version_id),
    }
    return render(request, "data/standard_element.html", context, status=fault.status if fault else 200)


def as_told(one: Element) -> dict[str, Any]:
    """An element as its form holds it."""
    told = {name: getattr(one, name) for name in Element.__struct_fields__}
    told = {name: "" if value is None else value for name, value in told.items()}
    return told | {"aliases": "、".join(one.aliases), "grade": str(one.grade)}


def read_element(told: Mapping[str, Any], held: Element | None, version: VersionView) -> Element:
    """The element that a form says; its key and pinyin name are proposed where they are left empty. Raises BadInput."""
    title = clean(told.get("title", ""))
    kind = told.get("type", "text")
    problems = []
    if not title:
        problems.append(Problem(_("中文名"), _("要有中文名"), _("如：来访日期")))
    if kind not in TYPES:
        problems.append(Problem(_("类型"), _("没有这种类型"), _("请从列表里选")))
    numbers: dict[str, int | None] = {}
    for name, word in (("length", _("长度")), ("precision", _("总位数")), ("scale", _("小数位"))):
        text = clean(told.get(name, ""))
        numbers[name] = int(text) if text.isdecimal() and len(text) < 6 else None
        if text and numbers[name] is None:
            problems.append(Problem(word, _("应为整数"), _("只填数字")))
    if problems:
        raise BadInput(_("字段还不完整"), problems=problems)
    others = [one for one in version.body.elements if held is None or one.key != held.key]
    proposed, english = rules.propose_key(title, queries.known_names(), {one.key for one in others})
    key, english = clean(told.get("key", "")).lower() or proposed, clean(told.get("english", "")) or english
    initials = clean(told.get("initials", "")).upper() or rules.propose_initials(
        title, kind == "code", {one.initials for one in others}
    )
    code = told.get("code", "") if kind == "code" else ""
    aliases = tuple(
        word
        for part in told.get("aliases", "").replace("，", "、").replace(",", "、").split("、")
        if (word := clean(part))
    )
    grade = told.get("grade", "")
    return Element(
        key=key,
        title=title,
        english=english,
        initials=initials,
        type=typed.convert(kind, Type),
        length=numbers["length"] if kind == "text" else None,
        precision=numbers["precision"] if kind == "decimal" else None,
        scale=numbers["scale"] if kind == "decimal" else None,
        code=code,
        required=bool(told.get("required")),
        grade=int(grade)
        if grade.isdecimal() and len(grade) == 1
        else rules.propose_grade(
            title, told.get("key", ""), english, told.get("initials", ""), code, aliases
        ),
        purpose=told.get("purpose", ""),
        owner=told.get("owner", ""),
        rule=clean(told.get("rule", ""))[:400],
        to_check=clean(told.get("to_check", ""))[:400],
        aliases=aliases,
        is_retired=bool(told.get("is_retired")),
    )


@require_POST
def do(request: ActingRequest, version_id: UUID, verb: str) -> HttpResponse:
    """One step on a draft or a version."""
    told = request.POST
    seen = told.get("seen", "")
    try:
        match verb:
            case "up" | "down":
                actions.move_element(
                    version_id=version_id, key=told.get("key", ""), by=-1 if verb == "up" else 1, seen=seen
                )
            case "drop":
                actions.drop_element(version_id=version_id, key=told.get("key", ""), seen=seen)
            case "paste":
                paste(version_id, told.get("pasted", ""), seen, request)
            case "settings":
                settings(version_id, request, seen)
            case "discard":
                actions.discard_draft(version_id=version_id)
                messages.success(request, _("草稿已放弃"))
                return redirect(to("standards"))
            case "reopen":
                actions.reopen_standard(version_id=version_id)
            case "retire":
                name = queries.standard_version(version_id=version_id).name
                actions.retire_standard(version_id=version_id)
                return redirect(to(f"standards/of/{name}"))
            case _:
                raise NotFound()
    except (BadInput, Conflict) as error:
        return show(request, version_id, error)
    return redirect(at(version_id))


def paste(version_id: UUID, text: str, seen: str, request: ActingRequest) -> None:
    """Add the elements of a pasted field list. Raises BadInput with every row that cannot be read; nothing is added."""
    version = queries.standard_version(version_id=version_id)
    try:
        sheet = books.read_pasted(text).sheets[0]
    except WorkbookError as error:
        raise BadInput(str(error), fix=_("连同表头一起从 Excel 或 WPS 复制")) from None
    rows = [[cell.text for cell in row] for row in sheet.rows]
    tables = {one.id: one.name for one in codes.tables().values()}
    found = rules.read_field_list(rows, tables, queries.known_names(), version.body.elements)
    if found.problems or not found.elements:
        raise BadInput(
            _("有 %(count)s 行读不懂，没有加入") % {"count": len(found.problems) or 1},
            fix=_("每行：字段名、类型、长度、必填、代码表"),
            problems=found.problems,
        )
    actions.add_elements(version_id=version_id, elements=list(found.elements), seen=seen)
    messages.success(request, _("已加上 %(count)s 个字段") % {"count": len(found.elements)})


def settings(version_id: UUID, request: ActingRequest, seen: str) -> None:
    """Save what stands above the elements. Raises BadInput for a date that cannot be read."""
    told = request.POST
    version = queries.standard_version(version_id=version_id)
    days: dict[str, Any] = {}
    for name in ("effective_on", "until_on"):
        text = told.get(name, "").strip()
        try:
            days[name] = dates.read(text).value if text else None
        except BadDate as error:
            raise BadInput(error.reason, fix=_("请写成 2026-09-01")) from None
    body = msgspec.structs.replace(
        version.body,
        title=clean(told.get("title", "")),
        english=clean(told.get("english", "")),
        key=tuple(key for key in told.getlist("key") if version.body.element(key)),
        label=told.get("label", "") if version.body.element(told.get("label", "")) else "",
        is_master=bool(told.get("is_master")),
        source=clean(told.get("source", ""))[:200],
        known_to=told.get("known_to") or version.body.known_to,
        cycle=told.get("cycle", ""),
        to_check=clean(told.get("to_check", ""))[:400],
    )
    actions.save_draft(
        version_id=version_id, body=body, seen=seen, notes=told.get("notes", "").strip(), **days
    )
    messages.success(request, _("已保存"))


PAGES = (
    page("draft/<uuid:version_id>", show),
    page("draft/<uuid:version_id>/element", element),
    page("draft/<uuid:version_id>/do/<slug:verb>", do),
)
