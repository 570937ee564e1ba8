"""Drafts of forms kept and dropped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import drafts, standing
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import NotFound


@action(title="保存表单草稿", roles=scopes.ROLES, reach=API)
def save_form_draft(
    *,
    scene: str,
    form: str,
    data: dict[str, Any],
    page: int = 0,
    subject_id: UUID | None = None,
    submit_key: str = "",
) -> UUID:
    """Keep what is filled so far, unchecked; one draft for each form and subject. submit_key: under which it will be handed
    in; the first one stays. Raises NotFound, BadInput for one that is too large."""
    held = standing.to_begin(scene, form, subject_id)
    known = {one.key for page_ in held.pages for one in page_.fields}
    kept = {key: value for key, value in data.items() if key in known}
    return drafts.save(scene, form, held.version_id, kept, max(0, page), subject_id, submit_key)


@action(title="丢弃表单草稿", roles=scopes.ROLES, reach=API)
def drop_form_draft(*, draft_id: UUID) -> None:
    """Throw an own draft away. Raises NotFound."""
    if not drafts.drop(draft_id=draft_id):
        raise NotFound(_("没有这份草稿"))
