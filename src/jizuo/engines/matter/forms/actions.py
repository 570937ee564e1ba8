"""Drafts of forms kept and dropped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.engines.matter.actions.matters import resubmit, start_matter, take_step
from jizuo.engines.matter.forms import again, checking, drafts, opening
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict, NotFound


@action(title="保存表单草稿", roles=scopes.ROLES, reach=API)
def save_form_draft(
    *,
    scene: str,
    form: str,
    data: dict[str, Any],
    page: int = 0,
    subject_id: UUID | None = None,
    matter_id: UUID | None = None,
    submit_key: str = "",
    taken: list[str] | None = None,
) -> UUID:
    """Keep what is filled so far, unchecked; one draft for each form and subject, or running matter. submit_key: under which
    it will be handed in; the first one stays. taken: names of what an earlier answer filled in (``key``, ``sheet[0].c1``).
    Raises NotFound, BadInput for one that is too large."""
    held = opening.stands(scene, form, subject_id, matter_id)
    known = {one.key for page_ in held.pages for one in page_.fields}
    kept = {key: value for key, value in data.items() if key in known}
    checking.refuse_long(held.pages, kept)
    return drafts.save(
        scene, form, held.version_id, kept, max(0, page), matter_id or subject_id, submit_key,
        again.known_of(taken or (), known),
    )  # fmt: skip


@action(title="丢弃表单草稿", roles=scopes.ROLES, reach=API)
def drop_form_draft(*, draft_id: UUID) -> None:
    """Throw an own draft away. Raises NotFound."""
    if not drafts.drop(draft_id=draft_id):
        raise NotFound(_("没有这份草稿"))


@action(title="交表", roles=scopes.ROLES)
def hand_in(
    *,
    scene: str,
    form: str,
    data: dict[str, Any],
    submit_key: str,
    subject_id: UUID | None = None,
    matter_id: UUID | None = None,
    way: str = "phone",
    paper_no: int | None = None,
) -> UUID:
    """Hand a form in, whatever it is: one that begins a matter, the mended one of a matter that waits for the applicant, or
    that of a step; its draft is gone. Returns the matter. Raises as `start_matter`, `resubmit` and `take_step` do, and
    Conflict for a step that somebody else took meanwhile."""
    if matter_id is None:
        return start_matter(
            scene=scene,
            form=form,
            data=data,
            submit_key=submit_key,
            subject_id=subject_id,
            way=way,
            paper_no=paper_no,
        )
    held = opening.stands(scene, form, subject_id, matter_id)
    if not held.step or held.task_id is None:
        resubmit(matter_id=matter_id, data=data, submit_key=submit_key)
    else:
        told = take_step(task_ids=[held.task_id], verb=held.verb, data=data)
        if told.skipped:
            raise Conflict(told.skipped[0].why, fix=_("请刷新看看办到哪一步了"))
    drafts.drop(submit_key=submit_key)
    return matter_id
