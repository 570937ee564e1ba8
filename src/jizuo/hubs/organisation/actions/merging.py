"""Two people who may be one: merge, keep apart, take a merge back. The district decides; the schools learn nothing.

A merge moves everything that names the dropped person to the kept one inside one door: affiliations with what
hangs on them, document numbers, guardianships and acting roles. What it moved is kept beside the decision, so that
`undo` puts exactly that back. Where both are at one unit in one role the dropped one's affiliation ends instead.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import people

STEWARDS = frozenset({scopes.DISTRICT_STEWARD})
MERGED, PARTED = "PeopleMerged", "PeopleParted"
OPEN, IS_MERGED, APART = "open", "merged", "apart"
REASON = "merged"

PERSON = """
select p.id, p.base_no, p.name, p.former_name, p.sex, p.birth_on, p.ethnic, p.id_kind, right(p.phone, 4),
       (select coalesce(jsonb_agg(jsonb_build_array(u.name, a.role, a.begin_on, a.end_on, a.local_no) order by a.begin_on),
               '[]')::text from affiliation a join unit u using (unit_no) where a.person_id = p.id),
       (select coalesce(jsonb_agg(jsonb_build_array(i.kind, i.tail) order by i.kind), '[]')::text
        from person_identifier i where i.person_id = p.id),
       (select coalesce(jsonb_agg(distinct g.name), '[]')::text from guardian_of k join person g on g.id = k.guardian_id
        where k.child_id = p.id)
from person p where p.id = any(%s)
"""


class Side(msgspec.Struct, frozen=True):
    """One of two people side by side. phone_tail: last four digits; places: (unit, role, begin, end, local number);
    numbers: (kind, tail); guardians: their names."""

    person_id: UUID
    base_no: str
    name: str
    former_name: str
    sex: str
    birth_on: Any
    ethnic: str
    id_kind: str
    phone_tail: str
    places: list[tuple[str, str, str, str | None, str]]
    numbers: list[tuple[str, str]]
    guardians: list[str]


class Pair(msgspec.Struct, frozen=True):
    """A question of the queue. left and right are the same person where one number came under two names; None where
    the person is out of reach. probability, levels: of a pair that was found by comparing (see `hubs.data.matching`)."""

    pair_id: UUID
    reason: str
    state: str
    left_id: UUID
    right_id: UUID
    seen_at: Any
    may_undo: bool
    probability: float | None = None
    levels: dict[str, str] = {}
    left: Side | None = None
    right: Side | None = None


PAIR = (
    "id, reason, state, left_id, right_id, changed_at, state = 'merged' and undo is not null,"
    " (evidence->>'probability')::float8, coalesce(evidence->'levels', '{}')::text"
)


@source(title="疑似同一人", roles=STEWARDS, reach=PAGE)
def pair_list(
    *, state: str = OPEN, after: UUID | None = None, limit: int = 20
) -> tuple[list[Pair], bool, int]:
    """(questions oldest first, whether there are more, how many in all) of one state, each with both people."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {PAIR}, (select count(*) from same_person where state = %(state)s) from same_person"
            " where state = %(state)s and (%(after)s::uuid is null or id > %(after)s) order by id limit %(limit)s",
            {"state": state, "after": after, "limit": limit + 1},
        )
        rows = cursor.fetchall()
        wanted = list({person for row in rows[:limit] for person in row[3:5]})
        cursor.execute(PERSON, [wanted])
        sides = {row[0]: side(row) for row in cursor.fetchall()}
    pairs = [
        Pair(*[*row[:8], msgspec.json.decode(row[8]), sides.get(row[3]), sides.get(row[4])])
        for row in rows[:limit]
    ]
    if sides:
        audit.disclose(["name", "birth_on", "ethnic"], sides)
    return pairs, len(rows) > limit, rows[0][-1] if rows else 0


def side(row: tuple[Any, ...]) -> Side:
    """A row of `PERSON`."""
    *plain, places, numbers, guardians = row
    decode = msgspec.json.decode
    return Side(*[*plain, decode(places), decode(numbers), decode(guardians)])


def held_pair(pair_id: UUID) -> tuple[str, UUID, UUID, dict[str, Any] | None]:
    """(state, left, right, what to undo) of a question, kept from others. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, left_id, right_id, undo::text from same_person where id = %s for update", [pair_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这一组"), fix=_("请刷新页面"))
    return row[0], row[1], row[2], msgspec.json.decode(row[3]) if row[3] else None


def decide(pair_id: UUID, state: str, undo: dict[str, Any] | None) -> None:
    """Write the decision."""
    held = None if undo is None else Jsonb(undo)
    told: list[Any] = [state, scopes.current().grant_no, held, pair_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "update same_person set state = %s, decided_by = %s, decided_at = now(), undo = %s, changed_at = now()"
            " where id = %s",
            told,
        )


@action(title="不是同一人", roles=STEWARDS, reach=PAGE)
def keep_apart(*, pair_id: UUID) -> None:
    """Say that the two are two. Raises NotFound, Conflict when it was decided already."""
    state, _left, _right, _undo = held_pair(pair_id)
    if state != OPEN:
        raise Conflict(_("这一组已经处理过了"), fix=_("请刷新页面"))
    decide(pair_id, APART, None)
    audit.note(f"pair {pair_id} apart")


@action(title="合并为一人", roles=STEWARDS, reach=PAGE)
def merge(*, pair_id: UUID, keep_id: UUID) -> None:
    """Say that the two are one and keep `keep_id`. Raises NotFound, Conflict when decided already or when one of them
    is also at a unit out of reach, BadInput when each has another number of the same document."""
    state, left, right, _undo = held_pair(pair_id)
    if state != OPEN:
        raise Conflict(_("这一组已经处理过了"), fix=_("请刷新页面"))
    if keep_id not in (left, right):
        raise BadInput(_("没有选留下哪一个"), problems=[Problem("keep_id", _("请选左边或右边"))])
    drop_id = right if keep_id == left else left
    undo: dict[str, Any] = {}
    if drop_id != keep_id:
        refuse_unsure(keep_id, drop_id)
        undo = move_all(keep_id, drop_id)
        facts.tell(MERGED, kept=str(keep_id), dropped=str(drop_id))
    decide(pair_id, IS_MERGED, undo or None)
    audit.note(f"pair {pair_id} merged into {keep_id}")


def refuse_unsure(keep_id: UUID, drop_id: UUID) -> None:
    """Raise for two who cannot be one, or whom this district does not see whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from person where id = any(%s) and merged_into is null", [[keep_id, drop_id]]
        )
        if cursor.fetchone()[0] != 2:
            raise Conflict(_("其中一人已经不在，或已并入别人"), fix=_("请刷新页面"))
        cursor.execute(
            "select kind from person_identifier where person_id = any(%s) and kind like 'id:%%'"
            " group by kind having count(distinct blind) > 1",
            [[keep_id, drop_id]],
        )
        doubled = [kind for (kind,) in cursor.fetchall()]
        if doubled:
            what = _("两人各有一个不同的%(kind)s号码") % {
                "kind": name_of("id_document_type", doubled[0].removeprefix("id:"))
            }
            raise BadInput(
                what, problems=[Problem("keep_id", what, _("请先让学校核对并更正其中一个号码，再来合并"))]
            )
        cursor.execute(
            "select bool_or(person_is_elsewhere(p, %s)) from unnest(%s::uuid[]) p",
            [list(scopes.current().units), [keep_id, drop_id]],
        )
        if cursor.fetchone()[0]:
            raise Conflict(_("其中一人还在您管辖以外的单位"), fix=_("请由上级合并"))


#: (name, table, column) of everything that names a person and simply goes over, in an order in which the wall
#: still shows each row: a person is seen behind an affiliation, so affiliations go last.
MOVED = (
    ("identifiers", "person_identifier", "person_id"),
    ("pupils", "pupil", "person_id"),
    ("staff", "staff", "person_id"),
)


def move_all(keep_id: UUID, drop_id: UUID) -> dict[str, Any]:
    """Move everything from one person to another; returns what was moved, for `undo`."""
    undo: dict[str, Any] = {"keep": str(keep_id), "drop": str(drop_id)}
    with connection.cursor() as cursor:
        for name, table, column in MOVED:
            cursor.execute(
                f"update {table} set {column} = %s, changed_at = now() where {column} = %s returning id",
                [keep_id, drop_id],
            )
            undo[name] = ids(cursor)
        undo["claims"] = move_claims(cursor, keep_id, drop_id)
        undo["guardianships"] = move_guardianships(cursor, keep_id, drop_id)
        undo["grants"] = move_grants(cursor, keep_id, drop_id)
        cursor.execute(
            "update person set merged_into = %s, changed_at = now() where id = %s", [keep_id, drop_id]
        )
        # One person is at a unit in one role once: where the kept one is there already, the other's place ends.
        cursor.execute(
            "update affiliation a set end_on = greatest(%s, a.begin_on), end_reason = %s, changed_at = now()"
            " where a.person_id = %s and a.end_on is null and exists (select 1 from affiliation k where"
            " k.unit_no = a.unit_no and k.role = a.role and k.person_id = %s and k.end_on is null) returning id",
            [scopes.current().today, REASON, drop_id, keep_id],
        )
        undo["ended"] = ids(cursor)
        cursor.execute(
            "update affiliation a set person_id = %s, base_no = k.base_no, changed_at = now() from person k"
            " where k.id = %s and a.person_id = %s returning a.id",
            [keep_id, keep_id, drop_id],
        )
        undo["affiliations"] = ids(cursor)
    people.refresh_search(affiliation_ids=[UUID(one) for one in undo["affiliations"]])
    return undo


def ids(cursor: Any) -> list[str]:
    """The ids that a statement returned."""
    return [str(one) for (one,) in cursor.fetchall()]


def move_claims(cursor: Any, keep_id: UUID, drop_id: UUID) -> list[str]:
    """What sources said of the dropped person is said of the kept one, where the same source of the same unit has not
    spoken of that one itself."""
    cursor.execute(
        "update claim c set record_id = %(keep)s, changed_at = now() where c.dataset = 'person' and c.record_id = %(drop)s"
        " and not exists (select 1 from claim k where k.unit_no = c.unit_no and k.dataset = c.dataset"
        " and k.source = c.source and k.record_id = %(keep)s) returning c.id",
        {"keep": keep_id, "drop": drop_id},
    )
    return ids(cursor)


def move_guardianships(cursor: Any, keep_id: UUID, drop_id: UUID) -> dict[str, Any]:
    """Guardianships as child and as guardian. A pair of child and guardian that both had stays once: the dropped
    one's row is taken away whole and kept for `undo`."""
    cursor.execute(
        "delete from guardian_of d where (d.child_id = %(drop)s or d.guardian_id = %(drop)s) and exists (select 1"
        " from guardian_of k where k.id <> d.id"
        " and k.child_id = case d.child_id when %(drop)s then %(keep)s else d.child_id end"
        " and k.guardian_id = case d.guardian_id when %(drop)s then %(keep)s else d.guardian_id end)"
        " returning to_jsonb(d.*)::text",
        {"keep": keep_id, "drop": drop_id},
    )
    taken = [msgspec.json.decode(row) for (row,) in cursor.fetchall()]
    moved = {"taken": taken}
    for column in ("child_id", "guardian_id"):
        cursor.execute(
            f"update guardian_of set {column} = %s, changed_at = now() where {column} = %s returning id",
            [keep_id, drop_id],
        )
        moved[column] = ids(cursor)
    return moved


def move_grants(cursor: Any, keep_id: UUID, drop_id: UUID) -> dict[str, Any]:
    """Acting roles of the person, and those of guardians of the child."""
    cursor.execute(
        "update acting_grant set person_id = %s where person_id = %s and unit_no = any(%s) returning no",
        [keep_id, drop_id, list(scopes.current().units)],
    )
    own = [no for (no,) in cursor.fetchall()]
    cursor.execute(
        "update acting_grant set child_ids = array_replace(child_ids, %(drop)s, %(keep)s)"
        " where %(drop)s = any(child_ids) and not %(keep)s = any(child_ids) and unit_no = any(%(units)s) returning no",
        {"keep": keep_id, "drop": drop_id, "units": list(scopes.current().units)},
    )
    return {"own": own, "of_child": [no for (no,) in cursor.fetchall()]}


@action(title="撤销合并", roles=STEWARDS, reach=PAGE)
def undo_merge(*, pair_id: UUID) -> None:
    """Take a merge back: exactly what it moved returns to the dropped person, and the question is open again. Raises
    NotFound, Conflict when it was not merged here or one of the two has been merged on since."""
    state, _left, _right, undo = held_pair(pair_id)
    if state != IS_MERGED or not undo:
        raise Conflict(_("这一组没有合并过"), fix=_("请刷新页面"))
    keep_id, drop_id = UUID(undo["keep"]), UUID(undo["drop"])
    with connection.cursor() as cursor:
        cursor.execute("select merged_into from person where id = %s", [keep_id])
        row = cursor.fetchone()
        if row is None or row[0] is not None:
            raise Conflict(_("留下的那一人后来又并入了别人"), fix=_("请先撤销后来的那次合并"))
        move_back(cursor, undo, keep_id, drop_id)
    people.refresh_search(affiliation_ids=[UUID(one) for one in undo["affiliations"]])
    decide(pair_id, OPEN, None)
    facts.tell(PARTED, kept=str(keep_id), dropped=str(drop_id))
    audit.note(f"pair {pair_id} parted again")


def move_back(cursor: Any, undo: dict[str, Any], keep_id: UUID, drop_id: UUID) -> None:
    """The reverse of `move_all`: affiliations first, so that the wall shows the dropped person again."""
    cursor.execute("select base_no from base_numbers_of(%s)", [[drop_id]])
    (base_no,) = cursor.fetchone()
    cursor.execute(
        "update affiliation set person_id = %s, base_no = %s, changed_at = now() where id = any(%s) and person_id = %s",
        [drop_id, base_no, undo["affiliations"], keep_id],
    )
    cursor.execute(
        "update affiliation set end_on = null, end_reason = '', changed_at = now()"
        " where id = any(%s) and end_reason = %s",
        [undo["ended"], REASON],
    )
    cursor.execute("update person set merged_into = null, changed_at = now() where id = %s", [drop_id])
    for name, table, column in MOVED:
        cursor.execute(
            f"update {table} set {column} = %s, changed_at = now() where id = any(%s) and {column} = %s",
            [drop_id, undo[name], keep_id],
        )
    cursor.execute(
        "update claim set record_id = %s, changed_at = now() where id = any(%s) and record_id = %s",
        [drop_id, undo.get("claims", []), keep_id],
    )
    moved = undo["guardianships"]
    for column in ("child_id", "guardian_id"):
        cursor.execute(
            f"update guardian_of set {column} = %s, changed_at = now() where id = any(%s) and {column} = %s",
            [drop_id, moved[column], keep_id],
        )
    if moved["taken"]:
        cursor.execute(
            "insert into guardian_of select r.* from jsonb_populate_recordset(null::guardian_of, %s) r"
            " on conflict do nothing",
            [Jsonb(moved["taken"])],
        )
    cursor.execute(
        "update acting_grant set person_id = %s where no = any(%s)", [drop_id, undo["grants"]["own"]]
    )
    cursor.execute(
        "update acting_grant set child_ids = array_replace(child_ids, %s, %s) where no = any(%s)",
        [keep_id, drop_id, undo["grants"]["of_child"]],
    )
