"""Corrections as their answerers and askers read them, and which fields are held already and by whom.

Nobody but who asked and who answers reads a ticket: at the school its clerk and head, once it has gone up or is disputed
the district too. An asker reads her own words and the answer, never another's, and only while she may still see the
field of that person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import behind, datasets, owners
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.data.rules import corrections as rules

READERS = rules.ANSWERING_ROLES | {scopes.OPERATOR}
MOST = 50
COLUMNS = (
    "c.id, c.unit_no, c.dataset, c.record_id, c.subject_id, c.field, c.owner, c.state, c.level, c.asked_at, c.due_on,"
    " c.answer, c.answered_at, c.register_no, c.sent_on, c.raised_at, c.decision, c.closed_at"
)
WORDS = """
select k.correction_id, coalesce(a.display_name, ''), k.role, k.says, k.wanted, k.asked_at, k.dispute, k.is_met,
       k.account_id
from correction_asker k left join account a on a.id = k.account_id
where k.correction_id = any(%(ids)s) and (%(mine)s::uuid is null or k.account_id = %(mine)s) order by k.asked_at, k.id
"""
#: What the one who answers at each level finds in the inbox.
IN_REACH = {
    rules.SCHOOL: "true",
    rules.DISTRICT: "c.level = 'district'",
}
VIEWS = {
    "open": "c.state in ('open', 'disputed')",
    "waiting": "c.state = 'waiting'",
    "done": "c.state in ('answered', 'decided', 'mended', 'withdrawn')",
}


#: View -> (by what its tickets stand in order, what lies after a ticket, which way).
KEYS = {
    "open": ("c.due_on", ">", "asc"),
    "waiting": ("c.due_on", ">", "asc"),
    "done": ("coalesce(c.closed_at, c.answered_at, c.asked_at)", "<", "desc"),
}


class Said(msgspec.Struct, frozen=True):
    """One asker's words. wanted: the value asked for, in words; is_met: the field holds it now; is_mine: said by the
    acting account."""

    who: str
    role: str
    says: str
    wanted: str
    asked_at: datetime
    dispute: str
    is_met: bool | None
    is_mine: bool


class Ticket(msgspec.Struct, frozen=True):
    """A correction as the acting role reads it.

    title: of the field; owner: source of record, owner_title in words; held: what stands there now, in words, '' where
    the role does not see the field; days_left: working days, below zero when late; papers: for a field of the national
    register; may: what the acting role may do now (answer, send, mend, decide, dispute, withdraw).
    """

    correction_id: UUID
    unit_no: int
    dataset: str
    record_id: UUID
    subject_id: UUID
    field: str
    title: str
    owner: str
    owner_title: str
    state: str
    level: str
    asked_at: datetime
    due_on: date
    days_left: int
    answer: str
    answered_at: datetime | None
    register_no: str
    sent_on: date | None
    raised_at: datetime | None
    decision: str
    closed_at: datetime | None
    said: list[Said]
    held: str
    subject: behind.Subject | None
    papers: list[str]
    may: list[str]


class Inbox(msgspec.Struct, frozen=True):
    """One page of tickets with how many stand in each view. next: the ticket to go on after, None on the last page."""

    tickets: list[Ticket]
    counts: dict[str, int]
    late: int
    next: UUID | None


def level_of_role(role: str) -> str:
    """At which level the acting role answers; '' where it answers nowhere."""
    return next((level for level, roles in rules.ANSWERERS.items() if role in roles), "")


def in_words(field: datasets.Field, value: str) -> str:
    """A stored value, as text, as people read it."""
    if field.code_table:
        return name_of(field.code_table, value)
    if field.db_type == "boolean":
        return rules.yes_no(value)
    return value


@source(title="校核纠错", roles=READERS, reach=API)
def correction_inbox(
    *,
    view: str = "open",
    late: bool = False,
    owner: str = "",
    unit: int | None = None,
    after: UUID | None = None,
) -> Inbox:
    """Tickets the acting role answers, the one due first on top, those done last on top of the done, 50 a page. view: open
    | waiting | done; late: only those past their day; owner, unit: narrow; after: the `next` of the page before. The
    command line reads no words of askers."""
    scope = scopes.current()
    level = level_of_role(scope.role)
    wall = IN_REACH[level or rules.SCHOOL]
    key, step, way = KEYS.get(view, KEYS["open"])
    given: dict[str, Any] = {
        "today": scope.today, "late": late, "owner": owner, "unit": unit, "size": MOST + 1, "after": after
    }  # fmt: skip
    counted = ", ".join(f"count(*) filter (where {test})" for test in VIEWS.values())
    with connection.cursor() as cursor:
        # One line of counts, beside it the page, or nothing where the page is empty.
        cursor.execute(
            f"with n as (select {counted}, count(*) filter (where c.state in ('open', 'disputed')"
            f" and c.due_on < %(today)s) from correction c where {wall}), page as (select {COLUMNS}, {key} as at"
            f" from correction c where {wall} and {VIEWS.get(view, VIEWS['open'])}"
            " and (not %(late)s or c.due_on < %(today)s) and (%(owner)s = '' or c.owner = %(owner)s)"
            " and (%(unit)s::int is null or c.unit_no = %(unit)s) and (%(after)s::uuid is null"
            f" or ({key}, c.id) {step} (select {key.replace('c.', 'k.')}, k.id from correction k where k.id = %(after)s))"
            f" order by {key} {way}, c.id {way} limit %(size)s)"
            f" select n.*, page.* from n left join page on true order by page.at {way}, page.id {way}",
            given,
        )
        found = cursor.fetchall()
    *counts, overdue = found[0][: len(VIEWS) + 1]
    rows = [row[len(VIEWS) + 1 : -1] for row in found if row[-1] is not None]
    tickets = told(rows[:MOST], with_words=bool(level))
    last = rows[MOST - 1][0] if len(rows) > MOST else None
    return Inbox(tickets, dict(zip(VIEWS, counts, strict=True)), overdue, last)


@source(title="一件更正申请", roles=scopes.ROLES, reach=PAGE)
def correction_view(*, correction_id: UUID) -> Ticket:
    """One ticket, of an answerer or of an asker. Raises NotFound for everybody else."""
    rows = readable("c.id = %(id)s", {"id": correction_id})
    found = told(rows[0], with_words=True, with_values=True) or told(rows[1], mine=True)
    if not found:
        raise NotFound(_("没有这件更正申请"))
    return found[0]


@source(title="一个人的更正申请", roles=scopes.ROLES)
def corrections_of(*, subject_id: UUID) -> list[Ticket]:
    """Tickets about a person that the acting role answers, or else asked for herself; the newest first, at most 50."""
    rows = readable("c.subject_id = %(id)s", {"id": subject_id})
    answered, mine = told(rows[0], with_words=True), told(rows[1], mine=True)
    return sorted([*answered, *mine], key=lambda one: one.asked_at, reverse=True)


@source(title="我提出的更正", roles=scopes.ROLES, reach=PAGE)
def my_corrections() -> list[Ticket]:
    """What the acting account said is wrong, in this role's reach, the newest first, at most 50."""
    scope = scopes.current()
    if scope.account_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from correction c join correction_asker k on k.unit_no = c.unit_no and k.correction_id = c.id"
            " where k.account_id = %s order by k.asked_at desc limit %s",
            [scope.account_id, MOST],
        )
        return told(cursor.fetchall(), mine=True)


@source(title="更正申请的提出人", roles=[scopes.OPERATOR])
def askers_of(*, correction_id: UUID) -> tuple[UUID, str, list[tuple[UUID, str]]]:
    """(subject, title of the field, [(person, role)]) for telling who asked; nobody's words. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("select subject_id, dataset, field from correction where id = %s", [correction_id])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这件更正申请"))
        cursor.execute(
            "select person_id, role from correction_asker where correction_id = %s and person_id is not null",
            [correction_id],
        )
        people = cursor.fetchall()
    return row[0], _field(row[1], row[2]).word, people


@source(title="更正时限", roles=rules.ANSWERING_ROLES | {scopes.OPERATOR}, reach=API)
def correction_clocks() -> dict[str, int]:
    """Working days of each step in this base."""
    return clocks()


def clocks() -> dict[str, int]:
    """Working days of each step in this base. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute("select step, days from correction_clock")
        return {**rules.CLOCKS, **dict(cursor.fetchall())}


def readable(test: str, given: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Rows of tickets by a test over `c`: those the acting role answers, and those its account asked for. Inside a
    door."""
    scope = scopes.current()
    level = level_of_role(scope.role)
    answers = IN_REACH[level] if level else "false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS}, ({answers}) from correction c where {test} and (({answers}) or exists (select 1 from"
            " correction_asker k where k.unit_no = c.unit_no and k.correction_id = c.id and k.account_id = %(me)s))"
            " order by c.asked_at desc limit %(most)s",
            {**given, "me": scope.account_id, "most": MOST},
        )
        rows = cursor.fetchall()
    return [row[:-1] for row in rows if row[-1]], [row[:-1] for row in rows if not row[-1]]


def by_room(rows: Sequence[tuple[Any, ...]]) -> dict[behind.Behind, list[tuple[Any, ...]]]:
    """Rows of tickets by the room behind their records."""
    found: dict[behind.Behind, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(behind.of(row[2]), []).append(row)
    return found


def told(
    rows: Sequence[tuple[Any, ...]],
    *,
    with_words: bool = False,
    mine: bool = False,
    with_values: bool = False,
) -> list[Ticket]:
    """Tickets from their rows. with_words: the words of every asker; mine: only the acting account's own, and only of
    people and fields it may still see; with_values: what stands in the field now. Inside a door."""
    scope = scopes.current()
    if not rows:
        return []
    said: dict[UUID, list[tuple[Any, ...]]] = {}
    if with_words or mine:
        with connection.cursor() as cursor:
            cursor.execute(
                WORDS, {"ids": [row[0] for row in rows], "mine": scope.account_id if mine else None}
            )
            for one in cursor.fetchall():
                said.setdefault(one[0], []).append(one)
    subjects: dict[UUID, behind.Subject] = {}
    kept: set[behind.Kept] = set()
    for room, some in by_room(rows).items():
        subjects |= room.subjects(list({row[4] for row in some}))
        if mine:
            kept |= room.keeps([(row[4], row[2], row[5]) for row in some])
    held = values_now([(row[2], row[3]) for row in rows]) if with_values else {}
    given = clocks() if mine else rules.CLOCKS
    known = owners.known_sources()
    found, seen = [], set()
    for row in rows:
        (
            correction_id, unit_no, dataset, record_id, subject_id, key, owner, state, level, asked_at, due_on, answer,
            answered_at, register_no, sent_on, raised_at, decision, closed_at,
        ) = row  # fmt: skip
        field, subject = _field(dataset, key), subjects.get(subject_id)
        room = behind.of(dataset)
        if mine and (subject_id, dataset, key) not in kept:
            continue
        sees = room.sees(field, scope.role)
        # Who disputes asks the district to read her words, whatever it sees otherwise.
        is_open = (
            sees
            or mine
            or (state in (rules.DISPUTED, rules.DECIDED) and level_of_role(scope.role) == rules.DISTRICT)
        )
        words = [
            Said(who, role, says if is_open else "", in_words(field, wanted) if is_open else "", at, dispute, is_met,
                 account == scope.account_id and account is not None)
            for _id, who, role, says, wanted, at, dispute, is_met, account in said.get(correction_id, ())
        ]  # fmt: skip
        value = held.get((dataset, record_id), {}).get(key)
        is_told = (sees and value is not None) or (is_open and bool(words))
        if is_told and field.grade >= datasets.PERSONAL and not mine:
            seen.add((key, subject_id))
        title = field.word_of(subject.role) if subject else field.word
        source_ = known.get(owner)
        found.append(
            Ticket(
                correction_id, unit_no, dataset, record_id, subject_id, key, title, owner,
                source_.word if source_ else owner, state, level, asked_at, due_on,
                rules.days_left(due_on, scope.today), answer, answered_at, register_no, sent_on, raised_at, decision,
                closed_at, words, in_words(field, plain(value)) if sees else "", subject,
                rules.papers_for(key) if owner == rules.AT_REGISTER else [],
                acts(state, level, owner, answered_at, given, mine=mine, kind=source_.kind if source_ else "unit"),
            )
        )  # fmt: skip
    if seen:
        audit.disclose({key for key, _who in seen}, {who for _key, who in seen}, len(found))
    else:
        audit.counted(len(found))
    return found


def acts(
    state: str,
    level: str,
    owner: str,
    answered_at: datetime | None,
    given: Mapping[str, int],
    *,
    mine: bool,
    kind: str,
) -> list[str]:
    """What the acting role may do with a ticket now. kind: of the owner as a source of record."""
    scope = scopes.current()
    if mine:
        if state == rules.ANSWERED and answered_at is not None:
            last = rules.due(timezone.localdate(answered_at), rules.DISPUTE, given)
            return ["dispute"] if scope.today <= last else []
        return ["withdraw"] if state in (rules.OPEN, rules.WAITING, rules.DISPUTED) else []
    if not rules.may_answer(scope.role, owner, level, state):
        return []
    if state == rules.DISPUTED:
        return ["decide"]
    if state not in (rules.OPEN, rules.WAITING):
        return []
    found = ["answer"]
    if owner == rules.AT_REGISTER and state == rules.OPEN:
        found.append("send")
    if kind in rules.MENDED_HERE and scope.role in rules.ANSWERERS[rules.SCHOOL]:
        found.append("mend")
    return found


def values_now(records: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], dict[str, Any]]:
    """(dataset, record) -> its row as JSON gives it. Inside a door."""
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    by_name: dict[str, set[UUID]] = {}
    for name, record_id in records:
        by_name.setdefault(name, set()).add(record_id)
    with connection.cursor() as cursor:
        for name, ids in by_name.items():
            table = sql.Identifier(datasets.get(name).table)
            cursor.execute(
                sql.SQL("select t.id, to_jsonb(t.*)::text from {} t where t.id = any(%s)").format(table),
                [list(ids)],
            )
            for record_id, row in cursor.fetchall():
                found[name, record_id] = msgspec.json.decode(row)
    return found


def plain(value: Any) -> str:
    """A value of a row as the text it is stored by."""
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _field(dataset: str, key: str) -> datasets.Field:
    known = datasets.get(dataset).fields
    return known.get(key) or datasets.Field(key, key, key, datasets.SENSITIVE, "text")
