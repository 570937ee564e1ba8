"""A draft as doors and pages see it: only those of the acting unit, and only while it is none of the published ones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound, Problem
from jizuo.ground.packs import checking
from jizuo.ground.packs.actions import DRAFT, REVIEW
from jizuo.ground.packs.parts import Pack

#: Who draws scenes of the own unit, and who has them published.
DRAFTERS = frozenset(
    {
        scopes.TEACHER, scopes.HOMEROOM_TEACHER, scopes.HEAD, scopes.CLERK, scopes.DISTRICT_ADMIN,
        scopes.DISTRICT_STEWARD,
    }
)  # fmt: skip
PUBLISHERS = frozenset({scopes.HEAD, scopes.CLERK, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})

ONE = """
select v.id, v.scene, v.title, v.major, v.minor, v.state, v.files::text, v.digest, v.drafted_by, v.drafted_at,
       v.reviewed_by, v.reviewed_at, v.review_note, v.copy_of,
       exists (select 1 from scene_use u where u.scene = v.scene and u.state = 'on')
from scene_version v where v.id = %s and v.unit_no = %s and v.state in ('draft', 'review')
"""


class Draft(msgspec.Struct, frozen=True):
    """One draft. seen: a print of its files, which saving asks back; in_use: an earlier version of the scene is in use
    somewhere; is_passed: another person looked at it and said yes."""

    version_id: UUID
    scene: str
    title: str
    major: int
    minor: int
    state: str
    files: dict[str, str]
    seen: str
    drafted_by: UUID | None
    drafted_at: datetime
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    review_note: str
    copy_of: UUID | None
    in_use: bool

    @property
    def number(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def is_passed(self) -> bool:
        return self.state == REVIEW and self.reviewed_by is not None

    @property
    def is_open(self) -> bool:
        """Whether it can be changed just now."""
        return self.state == DRAFT

    def checked(self) -> tuple[Pack | None, list[Problem]]:
        """The pack as far as it can be read, and everything that is wrong."""
        return checking.check_files(self.files)


def find(version_id: UUID, *, lock: bool = False) -> Draft:
    """A draft of the acting unit. Inside a door. Raises NotFound, also for another unit's."""
    with connection.cursor() as cursor:
        cursor.execute(ONE + (" for update of v" if lock else ""), [version_id, scopes.current().unit_no])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这份草稿"), fix=_("可能已发布或放弃，请从“做场景”里再打开"))
    values = [*row[:6], msgspec.json.decode(row[6]), *row[7:]]
    return Draft(*values)


def needs_other(draft: Draft, account_id: UUID | None) -> bool:
    """Whether somebody else has to look first: a scene in use is never changed by one person alone."""
    reviewed_by_other = draft.is_passed and draft.reviewed_by != draft.drafted_by
    return draft.in_use and account_id == draft.drafted_by and not reviewed_by_other
