"""The editors as pages, and the files as text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound
from jizuo.ground.packs.parts import HEAD
from jizuo.ground.packs.reading import LONGEST_ID, LONGEST_NAME
from jizuo.ground.packs.studio import drafting, plain, words
from jizuo.ground.packs.studio.drafts import Draft
from jizuo.ground.packs.studio.drawing import alert, data, flow, number, page, sheets
from jizuo.ground.packs.studio.drawing.editors import EDITORS
from jizuo.ground.packs.studio.pages.frame import context as framed
from jizuo.ground.packs.studio.pages.frame import home, problem_lines
from jizuo.ground.packs.studio.plain import Changes

#: How a form of an editor names what it takes out.
GONE = "gone"


@never_cache
def edit(request: ActingRequest, version_id: UUID, folder: str, name: str) -> HttpResponse:
    """One editor: shown, or saved with one of its buttons."""
    draft = drafting.scene_draft(version_id=version_id)
    editor = EDITORS.get(folder)
    path = f"{folder}/{name}.yaml"
    if editor is None or (folder in words.FOLDERS and path not in draft.files):
        raise NotFound(_("草稿里没有这一样"))
    unread = [one for one in draft.files if one.endswith(".yaml") and not plain.is_readable(draft.files, one)]
    if unread:
        return redirect(home(version_id, f"text?path={unread[0]}"))
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == GONE:
                changes: Changes = {path: None, **_beside(draft, folder, name)}
                drafting.save_scene_draft(
                    version_id=version_id, changes=changes, seen=request.POST.get("seen", "")
                )
                messages.success(request, _("已去掉"))
                return redirect(home(version_id))
            sheet = editor.sheet(draft.files, name)
            changes = editor.write(draft.files, name, sheets.posted(sheet, request.POST))
            drafting.save_scene_draft(
                version_id=version_id, changes=changes, seen=request.POST.get("seen", "")
            )
            messages.success(request, _("已保存"))
            return redirect(request.path)
        except (BadInput, Conflict) as error:
            fault = error
    sheet = editor.sheet(draft.files, name)
    _pack, problems = draft.checked()
    whole, beside = sheets.beside(problems, sheet)
    rows = [
        {"row": row, "problems": beside[place], "place": place, "prefix": f"r{place}-"}
        for place, row in enumerate(sheet.rows)
    ]
    context = framed(draft, "roles" if folder == "roles" else "desk", request.unit_name) | {
        "fault": fault,
        "sheet": sheet,
        "rows": rows,
        "whole": whole,
        "elsewhere": problem_lines(
            draft, [one for one in problems if one not in whole and not any(one in told for told in beside)]
        ),
        "is_droppable": folder in words.FOLDERS,
        "text_href": home(version_id, f"text?path={sheet.paths[0]}"),
    }  # fmt: skip
    return render(request, "ground/studio/edit.html", context, status=fault.status if fault else 200)


def _beside(draft: Draft, folder: str, name: str) -> Changes:
    """What goes with a thing that is taken out: the form and the lists of a table."""
    if folder != "standards":
        return {}
    found: Changes = {}
    if form := data.form_of(draft.files, name):
        found[f"forms/{form}.yaml"] = None
    for one in plain.elements(draft.files, name).values():
        path = f"codes/{one.get('code')}.csv"
        if path in draft.files:
            found[path] = None
    return found


def add(request: ActingRequest, version_id: UUID, folder: str) -> HttpResponse:
    """Begin a table, a flow, a page, a number or an alert, and open its editor."""
    if request.method != "POST" or folder not in words.FOLDERS:
        return redirect(home(version_id))
    draft = drafting.scene_draft(version_id=version_id)
    title = request.POST.get("title", "").strip()[:80] or plain.unnamed()
    name = plain.key_from(title, plain.names(draft.files, folder), "part")[:LONGEST_NAME]
    first = next(iter(plain.names(draft.files, "standards")), "")
    match folder:
        case "standards":
            name = (
                draft.scene
                if not first
                else plain.key_from(f"{draft.scene}_{name}", plain.names(draft.files, folder))
            )[:LONGEST_ID].rstrip("_")
            changes = data.begin(draft.files, name, title)
        case "flows":
            changes = flow.begin(draft.files, name, title, next(iter(plain.names(draft.files, "forms")), ""))
        case "pages":
            changes = page.begin(draft.files, name, title)
        case "indicators":
            changes = number.begin(draft.files, name, title, first)
        case _:
            changes = alert.begin(draft.files, name, title, first)
    drafting.save_scene_draft(version_id=version_id, changes=changes, seen=draft.seen)
    return redirect(home(version_id, f"edit/{folder}/{name}"))


@never_cache
def texts(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The files as text; one of them open."""
    draft = drafting.scene_draft(version_id=version_id)
    path = request.POST.get("path") or request.GET.get("path") or HEAD
    text: str | None = None
    fault: DoorError | None = None
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        is_gone = request.POST.get("do") == GONE
        try:
            drafting.save_scene_draft(
                version_id=version_id,
                changes={path: None if is_gone else text},
                seen=request.POST.get("seen", ""),
            )
            messages.success(request, _("已去掉") if is_gone else _("已保存"))
            return redirect(home(version_id, "text" if is_gone else f"text?path={path}"))
        except (BadInput, Conflict) as error:
            fault = error
    _pack, problems = draft.checked()
    faulty = {one.where.partition(":")[0] for one in problems}
    found: list[dict[str, Any]] = [
        {"path": one, "is_faulty": one in faulty, "href": home(version_id, f"text?path={one}")}
        for one in draft.files
    ]
    context = framed(draft, "text", request.unit_name) | {
        "fault": fault,
        "files": found,
        "path": path,
        "is_there": path in draft.files,
        "text": draft.files.get(path, "") if text is None else text,
        "problems": [one for one in problems if one.where.partition(":")[0] == path],
    }
    return render(request, "ground/studio/text.html", context, status=fault.status if fault else 200)
