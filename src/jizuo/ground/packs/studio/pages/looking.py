"""A draft seen as somebody else, and tried with sample rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError
from jizuo.ground.packs.parts import all_parts
from jizuo.ground.packs.studio import drafting, plain, samples, trying, words
from jizuo.ground.packs.studio.pages.frame import context as framed
from jizuo.ground.packs.studio.pages.frame import home, problem_lines


@never_cache
def look(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The forms, pages and items of a draft as one role sees them, with invented content."""
    draft = drafting.scene_draft(version_id=version_id)
    pack, problems = draft.checked()
    roles = [(role, words.ROLES.get(role, role)) for role in (pack.roles.roles if pack else ())]
    role = request.GET.get("role") or (roles[0][0] if roles else "")
    shown: list[dict[str, Any]] = []
    use = pack.roles.roles.get(role) if pack else None
    if pack is not None and use is not None and not problems:
        for folder, names in (
            ("items", tuple(pack.part("items"))),
            ("forms", use.start),
            ("pages", use.pages),
        ):
            preview = all_parts()[folder].preview if folder in all_parts() else None
            for name in names:
                html = preview(pack, name, role) if preview is not None else ""
                if html:
                    shown.append(
                        {
                            "title": plain.title_of(draft.files, folder, name),
                            "word": {"items": _("办事事项"), "forms": _("表单"), "pages": _("页面")}[folder],
                            "html": mark_safe(html),  # noqa: S308  a room's own template
                        }
                    )
    reads = [
        (plain.title_of(draft.files, "standards", name), words.REACHES.get(how, how))
        for name, how in (use.read if use else {}).items()
    ]
    context = framed(draft, "look", request.unit_name) | {
        "roles": roles, "role": role, "shown": shown, "reads": reads,
        "problems": problem_lines(draft, problems), "look": home(version_id, "look"),
    }  # fmt: skip
    return render(request, "ground/studio/look.html", context)


@never_cache
def trial(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """Sample rows, and a walk through a flow with one of them."""
    draft = drafting.scene_draft(version_id=version_id)
    told = request.POST
    fault: DoorError | None = None
    walked: list[trying.TriedLine] = []
    if request.method == "POST":
        try:
            dataset = told.get("dataset", "")
            if told.get("do") == "fill":
                trying.put_trial_rows(version_id=version_id, dataset=dataset)
            elif told.get("do") == "clear":
                trying.put_trial_rows(version_id=version_id, dataset=dataset, rows=[])
            elif told.get("do") == "rows":
                trying.put_trial_rows(
                    version_id=version_id, dataset=dataset, rows=_typed(draft.files, dataset, told)
                )
            else:
                walked = _walked(request, draft.files, version_id)
            if not walked:
                messages.success(request, _("样例已放好"))
                return redirect(request.path)
        except BadInput as error:
            fault = error
    held = trying.trial_rows(version_id=version_id)
    tables = [
        {
            "name": name, "title": title,
            "heads": [str(one.get("title") or key) for key, one in plain.elements(draft.files, name).items()],
            "rows": [
                [
                    (key, samples.shown(row.get(key), one, draft.files))
                    for key, one in plain.elements(draft.files, name).items()
                ]
                for row in held.get(name, [])
            ],
        }
        for name, title in plain.choices(draft.files, "standards")
    ]  # fmt: skip
    flows = [
        {
            "name": name, "title": title, "steps": _steps(draft.files, name),
            "verbs": (("", _("同意、办好")), ("refuse", _("不同意")), ("return", _("退回补正"))),
        }
        for name, title in plain.choices(draft.files, "flows")
    ]  # fmt: skip
    context = framed(draft, "try", request.unit_name) | {
        "fault": fault, "tables": tables, "flows": flows, "walked": walked, "told": told,
        "roles": words.ROLES.items(), "home": home(version_id),
    }  # fmt: skip
    return render(request, "ground/studio/try.html", context, status=fault.status if fault else 200)


def _steps(files: plain.Files, flow: str) -> list[tuple[str, str]]:
    """(key, title) of the steps at which somebody says something."""
    told = plain.told(files, f"flows/{flow}.yaml")
    return [
        (str(one.get("key")), str(one.get("title") or one.get("key")))
        for one in map(plain.mapped, plain.listed(told.get("steps")))
        if not one.get("auto")
    ]


def _typed(files: plain.Files, dataset: str, told: Any) -> list[dict[str, Any]]:
    """The sample rows as they were typed over; an empty row goes."""
    known = plain.elements(files, dataset)
    found = []
    for place in range(samples.MOST_ROWS):
        cells = {key: told.get(f"c{place}-{key}") for key in known}
        if all(value is None for value in cells.values()):
            break
        if any((value or "").strip() for value in cells.values()):
            found.append({key: samples.read_cell(cells[key] or "", one, files) for key, one in known.items()})
    return found


def _walked(request: ActingRequest, files: plain.Files, version_id: UUID) -> list[trying.TriedLine]:
    """The walk that was asked for: with the first sample row of the form's table as its answers."""
    told = request.POST
    flow = told.get("flow", "")
    form = plain.told(files, f"forms/{plain.told(files, f'flows/{flow}.yaml').get('form')}.yaml")
    rows = trying.trial_rows(version_id=version_id).get(str(form.get("over", "")), [])
    verbs = {key: told[f"v-{key}"] for key, _title in _steps(files, flow) if told.get(f"v-{key}")}
    return trying.try_flow(
        version_id=version_id,
        flow=flow,
        answers=rows[0] if rows else {},
        role=told.get("role", ""),
        verbs=verbs,
    )
