"""What a person does with an import on its walk: mends cells, chooses what a text means, goes on or back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizuo.ground import actions as ground_actions
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data import mends
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.pages.imports import at
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.shapes import Patch
from jizuo.hubs.data.tables.reading import WHOLE_ROW


@require_POST
def mend(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """Take what was typed, chosen, accepted or left out, remember choices, check again."""
    batch = queries.batch(batch_id=batch_id)
    patches, chosen = posted_patches(request)
    for code, text, meant in chosen:
        choose = mends.choice_for(code)
        if choose is None:
            continue
        choice = choose(batch.unit_no, scopes.current().today)
        if meant not in choice.options:
            raise BadInput(_("选的不在列表里"), problems=[Problem(text, meant[:40], _("请重新选一项"))])
        walk.remember(
            kind="value", importer=batch.importer, key=choice.key_of(text), value=meant, unit_no=batch.unit_no
        )
    switches = {
        key: bool(request.POST.get(f"switch.{key}"))
        for key, _title in mends.switches_of(batch.importer)
        if request.POST.get("has_switches")
    }
    is_turned = any(bool(batch.options.get(key)) != value for key, value in switches.items())
    if not patches and not chosen and not is_turned:
        messages.info(request, _("没有改动。请在标红的格里填写，或点“采用”。"))
        return redirect(at(str(batch_id)))
    walk.mend_batch(batch_id=batch_id, patches=patches, options=switches or None)
    return redirect(at(str(batch_id)))


def posted_patches(request: ActingRequest) -> tuple[list[Patch], list[tuple[str, str, str]]]:
    """(patches, choices): the cells that differ from what stood there, and (fault code, text, meant) of what was
    chosen. A button 采用 or 不要这一行 names its line by number. Raises BadInput for a form that is not ours."""
    told = request.POST
    names = ("sheet", "row", "column", "was", "value", "suggestion", "code", "choice")
    lines = list(zip(*(told.getlist(name) for name in names), strict=False))
    if any(len(told.getlist(name)) != len(lines) for name in names):
        raise BadInput(_("表单不完整"), fix=_("请刷新页面后再改"))
    take, drop = told.get("take", ""), told.get("drop", "")
    patches: list[Patch] = []
    chosen: list[tuple[str, str, str]] = []
    for number, (sheet, row, column, was, value, suggestion, code, choice) in enumerate(lines):
        if not row.isdecimal():
            continue
        if drop == str(number):
            patches.append(Patch(sheet, int(row), WHOLE_ROW, ""))
        elif choice or (take == str(number) and suggestion and mends.choice_for(code)):
            chosen.append((code, was, choice or suggestion))
        elif take == str(number) and suggestion:
            patches.append(Patch(sheet, int(row), column, suggestion))
        elif value != was and not (value == "" and "*" in was):
            patches.append(Patch(sheet, int(row), column, value.strip()))
    return patches, list(dict.fromkeys(chosen))


@require_POST
def do(request: ActingRequest, batch_id: UUID, verb: str) -> HttpResponse:
    """Apply, approve, discard, recheck, undo, stop or retry."""
    if verb == "apply":
        walk.apply_batch(batch_id=batch_id)
    elif verb == "approve":
        walk.approve_batch(batch_id=batch_id)
        messages.success(request, _("已批准，现在可以应用。"))
    elif verb == "discard":
        walk.discard_batch(batch_id=batch_id)
        messages.success(request, _("已放弃，没有写入任何内容；原表仍留作记录。"))
        return redirect(at())
    elif verb == "recheck":
        walk.recheck_batch(batch_id=batch_id)
    elif verb == "undo":
        walk.undo_batch(batch_id=batch_id)
    elif verb in ("stop", "retry"):
        job_id = queries.batch(batch_id=batch_id).job_id
        if job_id is None:
            raise NotFound(_("没有正在进行的任务"))
        (ground_actions.cancel_job if verb == "stop" else ground_actions.retry_job)(job_id=job_id)
    else:
        raise NotFound(_("没有这个操作"))
    return redirect(at(str(batch_id)))
