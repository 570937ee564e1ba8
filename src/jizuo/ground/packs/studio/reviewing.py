"""A draft on its way out: somebody is asked to look, looks, and it is published and switched on."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed
from jizuo.ground.packs import actions
from jizuo.ground.packs.actions import DRAFT, PUBLISHED, REVIEW
from jizuo.ground.packs.studio import drafts
from jizuo.ground.packs.studio.drafts import DRAFTERS, PUBLISHERS, Draft

MOST_NOTE = 1000


@action(title="请人审核场景", roles=DRAFTERS, reach=API)
def ask_review(*, version_id: UUID) -> None:
    """Hand a draft to those who publish; it cannot be changed meanwhile. Raises NotFound, Conflict, BadInput with everything
    that the checker finds."""
    draft = drafts.find(version_id, lock=True)
    if not draft.is_open:
        raise Conflict(_("已经交出去了"))
    _is_good(draft)
    _turn(draft, REVIEW, "")


@action(title="撤回场景草稿", roles=DRAFTERS, reach=API)
def take_back_draft(*, version_id: UUID) -> None:
    """Take a draft back to go on with it; what was said of it stays to be read. Raises NotFound, Conflict."""
    draft = drafts.find(version_id, lock=True)
    if draft.is_open:
        raise Conflict(_("它没有交出去"))
    _turn(draft, DRAFT, draft.review_note)


@action(title="审核场景", roles=PUBLISHERS, reach=API)
def review_scene(*, version_id: UUID, is_good: bool, note: str = "") -> None:
    """Say of a draft that it may be published, or hand it back with a note. Raises NotFound, Conflict for one that nobody
    asked about, NotAllowed for one's own, BadInput for handing back without a word."""
    scope = scopes.current()
    draft = drafts.find(version_id, lock=True)
    if draft.is_open:
        raise Conflict(_("还没有请人审核"), fix=_("写的人点“请人审核”后再看"))
    if draft.drafted_by == scope.account_id:
        raise NotAllowed(_("自己写的不能自己审核"), fix=_("请另一个人来看"))
    words = note.strip()[:MOST_NOTE]
    if not is_good and not words:
        raise BadInput(_("退回要写明改什么"), fix=_("写一句给做场景的人"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update scene_version set state = %s, reviewed_by = %s, reviewed_at = now(), review_note = %s where id = %s",
            [REVIEW if is_good else DRAFT, scope.account_id if is_good else None, words, version_id],
        )
    audit.note(f"{draft.scene} {draft.number} {'good' if is_good else 'back'}")


@action(title="发布场景", roles=PUBLISHERS, reach=API)
def publish_scene(*, version_id: UUID, is_for_below: bool = False, is_switched_on: bool = True) -> None:
    """Publish a draft of the acting unit: from then on it cannot be changed, others can use it and copy it, and the unit
    itself uses it when said. Its sample rows go. Raises NotFound, NotAllowed when somebody else has to look first,
    BadInput with everything that the checker finds."""
    scope = scopes.current()
    draft = drafts.find(version_id, lock=True)
    if drafts.needs_other(draft, scope.account_id):
        raise NotAllowed(
            _("这个场景正在用，新版本要另一个人看过才能发布"), fix=_("点“请人审核”，请另一位来看和发布")
        )
    _is_good(draft)
    with connection.cursor() as cursor:
        cursor.execute("delete from scene_trial where version_id = %s", [version_id])
        cursor.execute(
            "update scene_version set state = %s, published_by = %s, published_at = now() where id = %s",
            [PUBLISHED, scope.account_id, version_id],
        )
    audit.note(f"{draft.scene} {draft.number}")
    if is_switched_on:
        actions.install_scene(version_id=version_id, is_for_below=is_for_below)


def _is_good(draft: Draft) -> None:
    pack, problems = draft.checked()
    if pack is None or problems:
        raise BadInput(_("还有要改的"), problems=problems)


def _turn(draft: Draft, state: str, note: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update scene_version set state = %s, reviewed_by = null, reviewed_at = null, review_note = %s where id = %s",
            [state, note, draft.version_id],
        )
    audit.note(f"{draft.scene} {draft.number} {state}")
