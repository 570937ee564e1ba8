"""A matter that has left its mark, taken back by the words of its flow: what it wrote is changed, its place comes free."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import rules, stepping
from jizuo.engines.matter.actions import matters
from jizuo.engines.matter.deciding import Mover, Stopped
from jizuo.engines.matter.shapes import Undo
from jizuo.engines.matter.writing import Case, Work
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict

#: Another matter has written the same row since.
WRITTEN_SINCE = """
select 1 from matter where unit_no = %s and scene = %s and record_id = %s and id > %s limit 1
"""


@action(title="取消已办成的事", roles=scopes.ROLES, reach=API)
def undo_matter(*, matter_id: UUID, note: str = "") -> None:
    """Take back what one's own matter has written, as its flow says; who runs the scene may do it for the applicant. The
    matter is withdrawn, its place is free and the next in line moves up. Raises NotFound, NotAllowed, and Conflict when the
    flow does not let one (any more) or somebody has written over it since."""
    case, _sight, _told = matters.in_hand(matter_id, "undo")
    undo: Undo | None = case.plan.undo
    if undo is None or is_written_since(case):
        raise Conflict(_("这一条后来又改过，不能再取消"), fix=_("请找本场景的管理人员办理"))
    work = Work()
    mover = Mover(work.take(case), work)
    try:
        for step in undo.steps:
            if rules.is_due(step, mover.told):
                mover.run(step)
    except Stopped as error:
        raise matters.stopped(error) from None
    matters.close(case, rules.WITHDRAWN, "undo", stepping.checked_note(note), work)


def is_written_since(case: Case) -> bool:
    """Whether a later matter has written the row that this one wrote. One read."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_SINCE, [case.unit_no, case.scene, case.record_id, case.id])
        return cursor.fetchone() is not None
