"""A draft on its desk: its parts, what is wrong, and its way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError, NotFound
from jizuo.ground.packs import files as pack_files
from jizuo.ground.packs.actions import ABOVE
from jizuo.ground.packs.blocks.switching import CHANGE_TONES, CHANGES
from jizuo.ground.packs.files import BadPack
from jizuo.ground.packs.studio import drafting, drafts, plain, reviewing, words
from jizuo.ground.packs.studio.drafts import PUBLISHERS, Draft
from jizuo.ground.packs.studio.pages.frame import context as framed
from jizuo.ground.packs.studio.pages.frame import home, problem_lines, state_of
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import to


@never_cache
def desk(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """One draft."""
    return shown(request, drafting.scene_draft(version_id=version_id))


def shown(request: ActingRequest, draft: Draft, fault: DoorError | None = None) -> HttpResponse:
    """The desk of a draft, with what was refused just now."""
    scope = scopes.current()
    _pack, problems = draft.checked()
    must_ask = drafts.needs_other(draft, scope.account_id)
    may_publish = scope.role in PUBLISHERS
    is_mine = draft.drafted_by == scope.account_id
    context = framed(draft, "desk", request.unit_name) | {
        "fault": fault,
        "parts": [
            {
                "folder": folder, "word": word, "add": home(draft.version_id, f"add/{folder}"),
                "lines": [
                    (title, home(draft.version_id, f"edit/{folder}/{name}"))
                    for name, title in plain.choices(draft.files, folder)
                ],
                "hint": _HINTS[folder](),
            }
            for folder, word in words.FOLDERS.items()
        ],
        "problems": problem_lines(draft, problems),
        "may_review": may_publish and draft.state == "review" and not is_mine,
        "may_publish": may_publish and not problems and not must_ask,
        "may_drop": may_publish or is_mine,
        "must_ask": must_ask,
        "may_ask": draft.is_open and not problems,
        "may_below": scope.role in ABOVE,
        "others": [
            Action(_("名称和说明"), href=home(draft.version_id, "edit/head/head")),
            Action(_("下载"), href=home(draft.version_id, "zip"), is_download=True),
            *([Action(_("放回文件"), opens="bring")] if draft.is_open else []),
        ],
    }  # fmt: skip
    return render(request, "ground/studio/desk.html", context, status=fault.status if fault else 200)


_HINTS = {
    "standards": lambda: _("记下什么：画出表单，表就有了"), "flows": lambda: _("谁先办、谁后办"),
    "pages": lambda: _("各人打开看到什么"), "indicators": lambda: _("要数的数"),
    "alerts": lambda: _("什么情况要告诉谁"),
}  # fmt: skip


def do(request: ActingRequest, version_id: UUID, deed: str) -> HttpResponse:
    """A button of the desk."""
    if request.method != "POST":
        return redirect(home(version_id))
    draft = drafting.scene_draft(version_id=version_id)
    try:
        words_said, address = _done(request, draft, deed)
    except NotFound:
        raise
    except DoorError as error:
        return shown(request, draft, error)
    messages.success(request, words_said)
    return redirect(address)


def _done(request: ActingRequest, draft: Draft, deed: str) -> tuple[str, str]:
    told, version_id = request.POST, draft.version_id
    match deed:
        case "ask":
            reviewing.ask_review(version_id=version_id)
            return _("已交给校长、教务员审核"), home(version_id)
        case "back":
            reviewing.take_back_draft(version_id=version_id)
            return _("已撤回，可以接着改"), home(version_id)
        case "good" | "return":
            reviewing.review_scene(version_id=version_id, is_good=deed == "good", note=told.get("note", ""))
            return _("已通过") if deed == "good" else _("已退回"), home(version_id)
        case "publish":
            reviewing.publish_scene(
                version_id=version_id,
                is_for_below=bool(told.get("below")),
                is_switched_on=bool(told.get("on")),
            )
            return _("已发布"), to(f"scenes/of/{draft.scene}")
        case "drop":
            drafting.drop_scene_draft(version_id=version_id)
            return _("已放弃"), to("studio")
        case "bring":
            drafting.put_scene_files(
                version_id=version_id, files=_brought(request), seen=told.get("seen", "")
            )
            return _("已放回"), home(version_id)
    raise NotFound(_("没有这一步"))


def _brought(request: ActingRequest) -> dict[str, str]:
    """The files of the zip, or of the folder's files, that were chosen."""
    chosen = request.FILES.getlist("file")
    if not chosen or sum(one.size or 0 for one in chosen) > pack_files.MOST_ALL:
        raise BadInput(_("没有收到文件，或文件太大"), fix=_("选刚才下载的 zip，最大 2 MB"))
    try:
        found, _signature = pack_files.of_zip(chosen[0].read())
    except BadPack as error:
        raise BadInput(_("这个文件不能放回"), problems=error.problems) from None
    return found


@never_cache
def download(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """The draft as a zip."""
    draft = drafting.scene_draft(version_id=version_id)
    response = HttpResponse(drafting.draft_zip(version_id=version_id), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{draft.scene}-{draft.number}.zip"'
    return response


@never_cache
def history(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """What each version changed."""
    draft = drafting.scene_draft(version_id=version_id)
    found = drafting.scene_history(version_id=version_id)
    lines: list[dict[str, Any]] = [
        {
            "one": one, "state": state_of(one.state, False),
            "changes": [(each, CHANGES[each.what], CHANGE_TONES[each.what]) for each in one.changes],
        }
        for one in found
    ]  # fmt: skip
    return render(
        request, "ground/studio/history.html", framed(draft, "history", request.unit_name) | {"lines": lines}
    )
