"""New pupils at the desk: who has come in, who has not, what families wish for, who is known already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import Year
from jizuo.hubs.organisation import intakes, matching
from jizuo.hubs.organisation.actions import graduating
from jizuo.hubs.organisation.importers.intake import intake_code
from jizuo.hubs.organisation.intakes import ABSENT, ADMITTED, BY_CODE, DESK, MOVES, REPORTED
from jizuo.hubs.organisation.queries.intake import OFFICE, Arrival
from jizuo.plain import pinyin

LONGEST_REASON, LONGEST_NOTE = 100, 200
HELD = (
    "select id, unit_no, school_year, stage, state, name, code, siblings, affiliation_id, reported_at from intake where {by}"
    " order by id for update"
)
WAITING = """
select a.person_id, a.name, a.sex, a.base_no from affiliation a where a.unit_no = %s and a.role = 'pupil'
and a.end_on is null and a.class_id is null and a.is_present and a.begin_on <= %s order by a.sort_key, a.id
"""


def held(**by: Any) -> list[dict[str, Any]]:
    """The children of the acting unit that `by` names, locked, in the order of their ids. Raises NotFound for none."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            HELD.format(by=" and ".join(["unit_no = %s", *(f"{name} = any(%s)" for name in by)])),
            [scope.unit_no, *by.values()],
        )
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not found:
        raise NotFound(_("没有这名新生"), fix=_("可能不是本校的录取名单，或已从名单里撤下"))
    return found


def write(ids: Sequence[UUID], **values: Any) -> None:
    """Write columns of some children; what a person wrote is no longer the import's."""
    write_columns("intake", ids, **values, batch_id=None)


def refuse_frozen(school_year: Year, stage: str) -> None:
    """Raise Conflict while the list of a draw is frozen: what it was drawn from does not change under it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from class_division where unit_no = %s and school_year = %s and stage = %s"
            " and state in ('frozen', 'drawn')",
            [scopes.current().unit_no, school_year, stage],
        )
        if cursor.fetchone():
            raise Conflict(_("分班名单已经锁定"), fix=_("要改先请校长作废这次分班"))


@action(title="新生报到", roles=OFFICE, reach=API)
def report_in(*, intake_id: UUID | None = None, code: str = "") -> Arrival:
    """A child of the acting school's list has come, found at the desk (`intake_id`) or by the family's `code`; returns who
    it is and whether she was in already (then nothing changes). Raises NotFound, BadInput without either."""
    scope = scopes.current()
    bare = "".join(code.split()).upper()
    if intake_id is None and not bare:
        raise BadInput(
            _("没有报到码"),
            problems=[Problem("code", _("是空的"), _("请扫通知书上的码，或输入码下面的八位字符"))],
        )
    (one,) = held(id=[intake_id]) if intake_id is not None else held(code=[bare[:8]])
    was_in = one["state"] == REPORTED
    if not was_in:
        write(
            [one["id"]], state=REPORTED, reported_at=timezone.now(), reported_by=scope.grant_no,
            reported_way=DESK if intake_id is not None else BY_CODE,
        )  # fmt: skip
        audit.note(f"intake {one['id']} reported")
    return Arrival(one["id"], one["name"], one["school_year"], one["stage"], was_in, one["reported_at"])


@action(title="改报到情况", roles=OFFICE, reach=API)
def move_intake(*, intake_id: UUID, to: str, note: str = "") -> None:
    """Bring a child without a class to state `to`: undo a coming in, note who stays away or withdraws. Raises NotFound,
    Conflict for a state from which that does not go."""
    (one,) = held(id=[intake_id])
    if one["affiliation_id"] is not None:
        raise Conflict(
            _("%(name)s 已经编班") % {"name": one["name"]}, fix=_("已是在校学生，请在“异动”里办理")
        )
    if to not in MOVES[one["state"]]:
        title = intakes.STATE_TITLES[one["state"]]
        raise Conflict(
            _("现在是“%(state)s”，不能这样改") % {"state": title}, fix=_("别人可能刚改过，请刷新页面")
        )
    if to == REPORTED:
        report_in(intake_id=intake_id)
        return
    values: dict[str, Any] = {"state": to, "reported_at": None, "reported_by": None, "reported_way": ""}
    if note.strip():
        values["note"] = note.strip()[:LONGEST_NOTE]
    write([one["id"]], **values)
    audit.note(f"intake {one['id']} {one['state']} -> {to}")


@action(title="结束报到", roles=OFFICE, reach=API)
def close_reporting(*, school_year: Year, stage: str) -> int:
    """Everybody who is still awaited stands as not reported; returns how many. Who comes later still comes in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake set state = %s, batch_id = null, changed_at = now() where unit_no = %s and school_year = %s"
            " and stage = %s and state = %s",
            [ABSENT, scopes.current().unit_no, school_year, stage, ADMITTED],
        )
        count = cursor.rowcount
    audit.note(f"intake {school_year} {stage} closed: {count} absent")
    return count


@action(title="登记多胞胎意愿", roles=OFFICE, reach=API)
def set_siblings(*, intake_ids: list[UUID], wish: str = "") -> None:
    """Children of one birth and what their family wishes: together, apart, or '' for no wish. Replaces what was noted of
    any of them. Raises NotFound, BadInput, Conflict once the list is frozen."""
    found = held(id=list(dict.fromkeys(intake_ids)))
    if len(found) < 2 or len(found) != len(set(intake_ids)):
        raise BadInput(
            _("多胞胎至少两人"), problems=[Problem("intake_ids", _("选了 %(n)s 人") % {"n": len(found)})]
        )
    if wish not in intakes.WISHES:
        raise BadInput(_("没有这种意愿"), problems=[Problem("wish", wish[:20])])
    if len({(one["school_year"], one["stage"]) for one in found}) > 1:
        raise BadInput(_("不在同一份名单"), problems=[Problem("intake_ids", _("请选同一年同一学段的孩子"))])
    refuse_frozen(found[0]["school_year"], found[0]["stage"])
    drop_marks([one["siblings"] for one in found], found[0]["school_year"], found[0]["stage"])
    write([one["id"] for one in found], siblings=found[0]["code"], wish=wish)


@action(title="取消多胞胎登记", roles=OFFICE, reach=API)
def clear_siblings(*, intake_id: UUID) -> None:
    """The child and those noted with her are ordinary candidates again. Raises NotFound, Conflict."""
    (one,) = held(id=[intake_id])
    refuse_frozen(one["school_year"], one["stage"])
    drop_marks([one["siblings"]], one["school_year"], one["stage"])


def drop_marks(marks: Sequence[str], school_year: Year, stage: str) -> None:
    """Take the marks of births off everybody who bears them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake set siblings = '', wish = '', batch_id = null, changed_at = now() where unit_no = %s"
            " and school_year = %s and stage = %s and siblings = any(%s)",
            [scopes.current().unit_no, school_year, stage, [mark for mark in marks if mark]],
        )


@action(title="指定新生班级", roles=OFFICE, reach=API)
def place_intake(
    *, intake_id: UUID, fixed_class: int | None = None, reason: str = "", is_spread: bool = False
) -> None:
    """Give a child a class before the draw, with the reason that witnesses will see (None takes it back), or have her
    shared evenly among the classes. Raises NotFound, BadInput without a reason, Conflict once the list is frozen."""
    (one,) = held(id=[intake_id])
    refuse_frozen(one["school_year"], one["stage"])
    if fixed_class is not None and len(reason.strip()) < 2:
        raise BadInput(
            _("没有写理由"), problems=[Problem("reason", _("是空的"), _("指定班级要写明理由，见证人会看到"))]
        )
    if fixed_class is not None and not 1 <= fixed_class <= 60:
        raise BadInput(_("没有这个班"), problems=[Problem("fixed_class", _("班号是 1 到 60"))])
    write(
        [one["id"]], fixed_class=fixed_class, is_spread=is_spread,
        fixed_reason=reason.strip()[:LONGEST_REASON] if fixed_class is not None else "",
    )  # fmt: skip
    audit.note(f"intake {one['id']} fixed {fixed_class} spread {is_spread}")


Known = tuple[UUID, str, str, str]


@action(title="带入本校升学的学生", roles=OFFICE, reach=API)
def bring_own(*, school_year: Year, stage: str) -> int:
    """The school's own pupils who wait for a class of the next stage join the list as come in; returns how many are new on
    it."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [scope.unit_no, scope.today])
        people = cursor.fetchall()
    return join(people, school_year, stage, REPORTED)


@action(title="带入移交来的毕业生", roles=OFFICE, reach=API)
def bring_handover(*, batch_no: UUID, school_year: Year, stage: str) -> int:
    """The graduates whom another school handed over join the list as awaited, the same people as before; the batch counts
    as taken. Returns how many are new on the list. Raises NotFound, Conflict for a batch that was returned."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select state from handover where unit_no = %s and batch_no = %s and way = 'in'",
            [scope.unit_no, batch_no],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这一批毕业生"))
        if row[0] == graduating.RETURNED:
            raise Conflict(_("这一批已经退回"), fix=_("请移交的学校再发一次"))
        cursor.execute(
            "select l.person_id, l.name, l.sex, l.base_no from handover_line l join handover h on h.unit_no = l.unit_no"
            " and h.id = l.handover_id where l.unit_no = %s and h.batch_no = %s and h.way = 'in' order by l.ordinal",
            [scope.unit_no, batch_no],
        )
        people = cursor.fetchall()
    if row[0] == graduating.SENT:
        graduating.settle_handover(batch_no=batch_no, to=graduating.TAKEN)
    return join(people, school_year, stage, ADMITTED)


def join(people: Sequence[Known], school_year: Year, stage: str, state: str) -> int:
    """Put known people (person, name, sex, 基座号) on the list; who stands there by her document number is that person."""
    scope = scopes.current()
    refuse_frozen(school_year, stage)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, id_key, id_blind, person_id from intake where unit_no = %s and school_year = %s",
            [scope.unit_no, school_year],
        )
        listed = cursor.fetchall()
        holders = matching.holders([(key, bytes(blind)) for _id, key, blind, _person in listed if blind])
        row_of = {holders.get((key, bytes(blind))): row_id for row_id, key, blind, _p in listed if blind}
        there = {person_id for _id, _key, _blind, person_id in listed if person_id}
        count = 0
        for person_id, name, sex, base_no in people:
            if person_id in there:
                continue
            if person_id in row_of:
                write([row_of[person_id]], person_id=person_id, base_no=base_no)
                continue
            row_id = new_id()
            cursor.execute(
                "insert into intake (id, unit_no, school_year, stage, state, code, admission_no, name, sort_key, sex,"
                " id_kind, id_key, id_tail, ethnic, household_place, household_kind, address, from_school, person_id,"
                " base_no, siblings, wish, fixed_reason, is_spread, band, note, reported_way, reported_at, reported_by)"
                " values (%s, %s, %s, %s, %s, %s, '', %s, %s, %s, '', '', '', '', '', '', '', '', %s, %s, '', '', '', false,"
                " '', '', %s, case when %s = 'reported' then now() end, %s)",
                [
                    row_id, scope.unit_no, school_year, stage, state, intake_code(scope.unit_no, str(row_id)), name,
                    pinyin.sort_key(name)[:160], sex, person_id, base_no, DESK if state == REPORTED else "", state,
                    scope.grant_no if state == REPORTED else None,
                ],
            )  # fmt: skip
            count += 1
    audit.note(f"intake {school_year} {stage}: {count} joined")
    return count
