"""What a movement does to class, presence and affiliation: on its day, taken back, and when it closes.

学籍 itself is never changed here; the school's own word is put as the school's.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts, grants
from jizuo.ground import scope as scopes
from jizuo.ground.errors import Conflict
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.organisation import class_names, matching, movements, people
from jizuo.hubs.organisation.actions.movement_rows import PUPIL, Held, Pupil, pupil_of, write, write_step
from jizuo.hubs.organisation.movements import AGREED, BACK, CLOSED, KINDS, MOVE, OUT

BY_NUMBER, BY_REGISTER, BY_SCHOOL = "number", "register", "school"
SCHOOL = "school"


def take_effect(found: Held) -> str:
    """The school's own part on its day; returns the state afterwards. What the school settles by itself is closed."""
    does = KINDS[found.kind].does
    link = found.link
    if link is not None and does in (OUT, BACK):
        set_present(found, does == BACK)
    if link is not None and found.to_class_id is not None and does in (MOVE, BACK):
        move_class(found.unit_no, link, found.to_class_id, scopes.current().today)
    with connection.cursor() as cursor:
        cursor.execute("update movement set done_at = now(), changed_at = now() where id = %s", [found.id])
    tell_moved(found)
    if not KINDS[found.kind].has_register:
        write(found.id, state=CLOSED, closed_on=scopes.current().today, closed_by=BY_SCHOOL)
        write_step(found.id, found.unit_no, AGREED, CLOSED, "")
        return CLOSED
    return AGREED


def take_back(found: Held) -> None:
    """Undo the school's own part where it still stands."""
    does = KINDS[found.kind].does
    if found.link is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(PUPIL, [found.link])
        row = cursor.fetchone()
    if row is None:
        return
    now = Pupil(*row)
    if does in (OUT, BACK):
        set_present(found, does == OUT)
    if does in (MOVE, BACK) and found.from_class_id and now.class_id == found.to_class_id:
        view = class_names.of_ids([found.from_class_id]).get(found.from_class_id)
        if view is not None and view.is_open:
            move_class(found.unit_no, found.link, found.from_class_id, scopes.current().today)
    tell_moved(found)


def set_present(found: Held, is_present: bool) -> None:
    """Write whether the pupil attends, as the school's word."""
    put(
        dataset="affiliation",
        columns=("id", "unit_no", "is_present"),
        rows=[(found.link, found.unit_no, is_present)],
        source=SCHOOL,
    )


def move_class(unit_no: int, link: UUID, to_class_id: UUID, day: date) -> None:
    """Put a pupil into another class, without a seat, and into its lessons instead of those of the old one."""
    with connection.cursor() as cursor:
        cursor.execute("select class_id from affiliation where unit_no = %s and id = %s", [unit_no, link])
        (old,) = cursor.fetchone()
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "class_id", "seat_no"),
            rows=[(link, unit_no, to_class_id, None)],
            source=SCHOOL,
        )
        given = {"unit": unit_no, "link": link, "old": old, "new": to_class_id, "day": day}
        cursor.execute(
            "update enrolment e set end_on = greatest(%(day)s, e.begin_on), changed_at = now(), batch_id = null"
            " where e.unit_no = %(unit)s and e.affiliation_id = %(link)s and e.role = 'pupil'"
            " and (e.end_on is null or e.end_on > %(day)s) and e.org_id in"
            " (select o.id from org o where o.unit_no = %(unit)s and o.kind = 'section' and o.parent_id = %(old)s)",
            given,
        )
        cursor.execute(
            "insert into enrolment (id, unit_no, org_id, affiliation_id, role, is_primary, subject_code, begin_on, source_id)"
            " select gen_random_uuid(), o.unit_no, o.id, %(link)s, 'pupil', false, '', %(day)s, '' from org o"
            " where o.unit_no = %(unit)s and o.kind = 'section' and o.parent_id = %(new)s and o.closed_on is null"
            " and not exists (select 1 from enrolment e where e.unit_no = o.unit_no and e.org_id = o.id"
            " and e.affiliation_id = %(link)s and e.role = 'pupil' and (e.end_on is null or e.end_on > %(day)s))",
            given,
        )


def tell_moved(found: Held) -> None:
    """The news that counts and roles wait for."""
    facts.tell(
        "DatasetRefreshed", unit_no=found.unit_no, batch_id=str(found.id), importer="movement",
        datasets=["affiliation", "enrolment"],
    )  # fmt: skip


def close(found: Held, by: str) -> None:
    """Close a movement; the affiliation of who is gone ends with it, and who came in must stand registered here alone.
    Raises Conflict."""
    today = scopes.current().today
    if found.kind == movements.TRANSFER_IN:
        refuse_unregistered(found)
    if KINDS[found.kind].ends and found.link is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update affiliation set end_on = greatest(%s, begin_on), end_reason = %s, batch_id = null,"
                " changed_at = now() where unit_no = %s and id = %s and end_on is null",
                [min(found.effect_on, today), KINDS[found.kind].code, found.unit_no, found.link],
            )
            if not cursor.rowcount:
                # The register's import has ended it; it does not say why.
                cursor.execute(
                    "update affiliation set end_reason = %s, changed_at = now() where unit_no = %s and id = %s"
                    " and end_reason = ''",
                    [KINDS[found.kind].code, found.unit_no, found.link],
                )
            cursor.execute(
                "select k.id from affiliation a join guardian_of k on k.child_id = a.person_id where a.id = %s",
                [found.link],
            )
            ties = [tie for (tie,) in cursor.fetchall()]
        # In every open session at once; what else the family may do here comes back with the news.
        grants.end_of_affiliations([found.link, *ties])
        people.refresh_search(affiliation_ids=[found.link])
    write(found.id, state=CLOSED, closed_on=today, closed_by=by)
    tell_moved(found)


def refuse_unregistered(found: Held) -> None:
    """Raise Conflict for one who comes in and is not registered here, or still is elsewhere."""
    if found.link is None:
        raise Conflict(_("这名学生还不在本校名册里"), fix=_("先导入学籍系统导出或学生名册，再选上这名学生"))
    pupil = pupil_of(found.link)
    if not pupil.is_registered:
        raise Conflict(_("学籍还没有转到本校"), fix=_("等下一次导入学籍系统导出"))
    if is_elsewhere(found):
        raise Conflict(_("原学校的学籍还没有转出"), fix=_("请原学校先办结转出"))


def is_elsewhere(found: Held) -> bool:
    """True while the pupil is registered in another unit of the base; which one is not told."""
    if found.link is None:
        return False
    pupil = pupil_of(found.link)
    there = matching.pupils_elsewhere([pupil.person_id], [pupil.unit_no])
    return there.get(pupil.person_id, (False, False))[0]
