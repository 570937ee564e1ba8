"""Claims and conflicts: what each source said, laid beside what the merge holds.

A claim is one row for each record, unit and source; it gathers every field that the source has ever said. A conflict
is a claim's field that differs from the held value. Both are worked out for whole sets of records at once, and only
from what stands, so the order in which sources came leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import Composable

from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id
from jizuo.hubs.data.actions import repeating, weighing
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules import settling

if TYPE_CHECKING:
    from jizuo.hubs.data.actions.staging import Staged

#: The importer's name of the batch that gathers what one person typed at pages in a day.
TYPED = "typed"
#: PostgreSQL takes a hundred arguments.
PAIRS_AT_ONCE = 45

#: Wide signs and, place by place, the narrow ones that they become.
FULL = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（）－．／"
HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()-./"
#: Signs that become nothing, for people set them between the parts of a name or number or leave them out: the inside of a
#: class of a regular expression. The hyphen is added where it stands last, and so names itself.
MARKS = "\\s·•・．。,，、_"


def _bare(text: str) -> str:
    """SQL: letters and digits alone, upper case and half width, so that writing habits are taken away."""
    return f"upper(translate(regexp_replace({text}, '[{MARKS}-]', '', 'g'), '{FULL}', '{HALF}'))"


def _is_date(text: str) -> str:
    return f"{text} ~ '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"


#: How two differing texts differ, as SQL over `d.held` and `d.claimed`; the names are of `rules.settling.CAUSES`. The
#: bare texts are dear, so they are made only where a sign stands that they would lose.
CAUSE = f"""
case when length(d.held) = 10 and length(d.claimed) = 10 and {_is_date("d.held")} and {_is_date("d.claimed")}
     then '{settling.DATE}'
     when upper(d.held) = upper(d.claimed)
      or (d.held || d.claimed) ~ '[{MARKS}{FULL}-]' and {_bare("d.held")} = {_bare("d.claimed")}
     then '{settling.WRITING}'
     when {_is_date("d.held")} and {_is_date("d.claimed")} then '{settling.DATE}'
     when length(d.held) > 1 and length(d.claimed) > 1
      and (position(d.held in d.claimed) > 0 or position(d.claimed in d.held) > 0) then '{settling.PART}'
     when length(d.held) > 1 and length(d.held) = length(d.claimed) and (select count(*)
          from generate_series(1, length(d.held)) i where substr(d.held, i, 1) <> substr(d.claimed, i, 1)) = 1
     then '{settling.SIGN}'
     else '{settling.OTHER}' end"""
#: One difference for each row of {found}: unit_no, id, field, owner, held, source, claimed.
LAY = (
    """
insert into field_conflict as k
  (id, unit_no, dataset, record_id, field, owner, held, source, claimed, cause, state, batch_id)
select {row_id}, d.unit_no, {dataset}, d.id, d.field, d.owner, d.held, d.source, d.claimed, """
    + CAUSE
    + """, 'open', {batch}
from ({found} order by 1, 2, 3) d
on conflict (unit_no, dataset, record_id, field, source) do update
set held = excluded.held, claimed = excluded.claimed, owner = excluded.owner, cause = excluded.cause, state = 'open',
    verdict = '', rule_id = null, settled_by = null, settled_at = null, batch_id = excluded.batch_id, seen_at = now(),
    changed_at = now()
where (k.held, k.claimed, k.owner) is distinct from (excluded.held, excluded.claimed, excluded.owner)
   or k.state = 'withdrawn'
"""
)
#: The claims and the conflicts of one record are looked up by its id, whatever the statistics of tables that fill say of
#: them: OFFSET keeps the planner from walking the many and looking for their record, and a unit that is compared beside
#: the index from walking those of the unit.
CLAIMS = """lateral (
  select c.unit_no, c.source, c.fields from claim c where c.dataset = {dataset} and c.record_id = {of}.id
  {of_unit} offset 0) c"""
CONFLICTS = """lateral (
  select o.id, o.unit_no, o.record_id, o.field, o.owner, o.source{more} from field_conflict o{beside}
  where o.dataset = {dataset} and o.record_id = s.id and o.state <> 'withdrawn' {o_of_unit}{only} offset 0) o"""
#: Every claim on the records of {ids} held against what they hold.
ALL_FOUND = """
select c.unit_no, x.id, e.key as field, coalesce(x.j -> 'held_by' ->> e.key, '') as owner,
       coalesce(x.j ->> e.key, '') as held, c.source, e.value #>> '{{}}' as claimed
from (select s.id, s.unit_no, to_jsonb(t) as j from {ids} s join {table} t on t.id = s.id offset 0) x
cross join {claims}
cross join lateral jsonb_each(c.fields) e
where not x.j @> c.fields and x.j ? e.key and (x.j -> e.key) is distinct from e.value"""
#: What a put says otherwise than a source that is believed before it.
LOST_FOUND = """
select s.unit_no, n.id, u.f as field, coalesce(n.{held_by} ->> u.f, '') as owner, coalesce(u.v #>> '{{}}', '') as held,
       {source} as source, s.said ->> u.f as claimed
from {plan} n join {said} s on s.id = n.id cross join unnest(n.{lost}, n.{kept}) u(f, v)"""
#: What other sources have said of the values that a put changes.
MOVED_FOUND = """
select c.unit_no, s.id, u.f as field, {source} as owner, coalesce(u.v #>> '{{}}', '') as held, c.source,
       c.fields ->> u.f as claimed
from {plan} n join {said} s on s.id = n.id cross join {claims}
cross join unnest(n.{moved}, n.{now}) u(f, v)
where not n.{guarded} and (c.unit_no, c.source) is distinct from (s.unit_no, {source})
  and c.fields ? u.f and (c.fields -> u.f) is distinct from u.v"""
#: Differences that stay and whose held value becomes this source's word.
STILL_DIFFERS = """
select o.id from {plan} n join {said} s on s.id = n.id cross join {conflicts}
where o.field = any(n.{taken}) and not o.field = any(n.{moved}) and o.owner <> {source}
  and (o.unit_no, o.source) is distinct from (s.unit_no, {source})"""
TAKEN_OVER = """
update field_conflict k set owner = {source}, state = 'open', verdict = '', rule_id = null, settled_by = null,
    settled_at = null, batch_id = {batch}, seen_at = now(), changed_at = now()
from touched o where k.id = o.id"""
#: Conflicts on the records of {ids} whose source no longer differs, or no longer says anything.
NO_LONGER = """
select o.id from {ids} s cross join {conflicts} join {table} t on t.id = o.record_id
where not exists (
  select 1 from claim c where c.unit_no is not distinct from o.unit_no and c.dataset = {dataset} and c.record_id = o.record_id
  and c.source = o.source and c.fields ? o.field and (c.fields -> o.field) is distinct from (to_jsonb(t) -> o.field))"""
#: The same after a put: this source says what is held now,
AGREED = """
select o.id from {said} s left join {plan} n on n.id = s.id cross join {own_conflicts}
where o.unit_no is not distinct from s.unit_no and (n.{guarded} is not true)
  and s.said ? o.field and (o.field = any(n.{lost})) is not true"""
#: and what another said is what the put has brought.
CAUGHT_UP = """
select o.id from {plan} n join {said} s on s.id = n.id cross join {moved_conflicts}
where not n.{guarded} and (o.unit_no, o.source) is distinct from (s.unit_no, {source}) and not exists (
  select 1 from claim c where c.unit_no is not distinct from o.unit_no and c.dataset = {dataset} and c.record_id = o.record_id
  and c.source = o.source and c.fields ? o.field and (c.fields -> o.field) is distinct from o.now)"""
WITHDRAWN = """
update field_conflict k set state = 'withdrawn', batch_id = {batch}, changed_at = now()
from touched o where k.id = o.id"""


def row_id() -> Composable:
    """SQL: the id of each row of one statement, in the order of its rows. Ids that grow go to the end of an index; by
    chance they would go everywhere in it."""
    return sql.SQL("({} || lpad(to_hex(row_number() over ()), 8, '0'))::uuid").format(
        sql.Literal(str(new_id())[:-8])
    )


def as_object(values: Mapping[str, Composable]) -> Composable:
    """jsonb of any number of keys and the SQL of their values, without those whose value is null."""
    pairs = [
        sql.SQL("{}, {}").format(sql.Literal(name), values[name])
        for name in sorted(values, key=weighing.as_stored)
    ]
    parts = [
        sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs[first : first + PAIRS_AT_ONCE]))
        for first in range(0, len(pairs), PAIRS_AT_ONCE)
    ]
    return sql.SQL("jsonb_strip_nulls({})").format(
        sql.SQL(" || ").join(parts) if parts else sql.SQL("'{}'::jsonb")
    )


def lay_said(cursor: Any, staged: Staged) -> None:
    """Lay beside the rows of a put what they say as claims, and let go of the rows that say nothing new, unless the put
    wants them weighed anew."""
    unit_no = sql.SQL("p.unit_no" if staged.dataset.has_unit else str(scopes.current().unit_no))
    mine = {
        "unit_no": unit_no,
        "dataset": sql.Literal(staged.dataset.name),
        "source": sql.Literal(staged.source),
    }
    if staged.as_of is not None and staged.claimed:
        silence(cursor, staged, staged.as_of, mine)
    words = {
        name: sql.SQL("case when {} then null else p.{} end").format(
            staged.is_empty(name, "p"), sql.Identifier(name)
        )
        for name in staged.claimed
    }
    cursor.execute(
        staged.sql(
            "create temporary table {said} on commit drop as"
            " select p.id, {unit_no} as unit_no, {object} as said, p.{print} as print from {temp} p",
            unit_no=unit_no,
            print=sql.Identifier(repeating.PRINT),
            object=as_object(words),
        )
    )
    if not staged.is_weighed_anew:
        let_go(cursor, staged, mine)
    # Claims may be many and their statistics old: whichever side is walked, the other is found by its key.
    cursor.execute(staged.sql("create unique index on {said} (id)"))
    cursor.execute(staged.sql("analyze {said} (id, unit_no)"))


def let_go(cursor: Any, staged: Staged, mine: dict[str, Composable]) -> None:
    """Take the rows out of a put of which the source has said the same before."""
    keys = [name for name in staged.fields if name not in staged.claimed]
    cursor.execute(
        staged.sql(
            "delete from {temp} p using {said} s, claim c, {table} t where s.id = p.id and c.unit_no = s.unit_no"
            " and c.dataset = {dataset} and c.record_id = s.id and c.source = {source} and c.fields @> s.said"
            " and s.said <> '{{}}' and {join}{same}",
            same=staged.keys_hold(keys),
            **mine,
        )
    )
    if cursor.rowcount:
        cursor.execute(
            staged.sql("delete from {said} s where not exists (select 1 from {temp} p where p.id = s.id)")
        )
        cursor.execute(staged.sql("analyze {temp} (id)"))


def silence(cursor: Any, staged: Staged, as_of: datetime, mine: dict[str, Composable]) -> None:
    """What the same source has said of a later time stays: the late word is taken out of the rows."""
    cursor.execute(
        staged.sql(
            "update {temp} p set {print} = null, {sets} from claim c where c.unit_no = {unit_no} and c.dataset = {dataset}"
            " and c.record_id = p.id and c.source = {source} and c.as_of > {as_of}",
            sets=sql.SQL(", ").join(
                sql.SQL("{1} = case when c.fields ? {0} then null else p.{1} end").format(
                    sql.Literal(name), sql.Identifier(name)
                )
                for name in staged.claimed
            ),
            print=sql.Identifier(repeating.PRINT),
            as_of=sql.Literal(as_of),
            **mine,
        )
    )


def write(cursor: Any, staged: Staged, batch_id: UUID | None, *, is_new: bool) -> None:
    """One claim row for each record of a put, gathered with what the source said before."""
    cursor.execute(staged.sql("select exists (select 1 from {said} where said <> '{{}}')"))
    if not cursor.fetchone()[0]:
        return
    parts = {
        "row_id": row_id(),
        "dataset": sql.Literal(staged.dataset.name),
        "source": sql.Literal(staged.source),
        "batch": sql.Literal(batch_id or typed_batch()),
        "as_of": sql.SQL("now()")
        if staged.as_of is None
        else sql.SQL("least(now(), {}::timestamptz)").format(sql.Literal(staged.as_of)),
    }
    if not is_new:
        cursor.execute(
            staged.sql(
                "update claim c set fields = c.fields || s.said, print = s.print, as_of = greatest(c.as_of, {as_of}),"
                " said_at = now(), changed_at = now(), batch_id = {batch} from {said} s where c.unit_no = s.unit_no"
                " and c.dataset = {dataset} and c.record_id = s.id and c.source = {source}"
                " and not c.fields @> s.said",
                **parts,
            )
        )
    cursor.execute(
        staged.sql(
            "insert into claim (id, unit_no, dataset, record_id, source, fields, print, as_of, batch_id)"
            " select {row_id}, s.unit_no, {dataset}, s.id, {source}, s.said, s.print, {as_of}, {batch}"
            " from (select * from {said} where said <> '{{}}' order by unit_no, id) s"
            + ("" if is_new else " on conflict (unit_no, record_id, dataset, source) do nothing"),
            **parts,
        )
    )


def typed_batch() -> UUID:
    """The batch that what is typed at pages belongs to: one for each unit, acting role and day."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from batch where unit_no = %s and importer = %s and asked_by is not distinct from %s"
            " and asked_at >= %s order by asked_at limit 1",
            [scope.unit_no, TYPED, scope.grant_no, scope.today],
        )
        row = cursor.fetchone()
        if row is not None:
            return row[0]
        batch_id = new_id()
        told: list[Any] = [batch_id, scope.unit_no, TYPED, _("页面填写"), scope.grant_no]
        cursor.execute(
            "insert into batch (id, unit_no, importer, source, title, is_full, options, raw_sha256, state, rows_read,"
            " problems, warnings, counts, hold_reason, print, error, asked_by, applied_at)"
            " values (%s, %s, %s, '', %s, false, '{}', '', 'applied', 0, 0, 0, '{}', '', '', '', %s, now())",
            told,
        )
    return batch_id


def compare(cursor: Any, dataset: Dataset, ids: Composable, batch_id: UUID | None) -> int:
    """Hold every visible claim on the records of `ids` (a table of id, unit_no) against what they hold now; returns
    the number of conflicts that are new or differ otherwise than before."""
    parts = {
        "ids": ids,
        "table": sql.Identifier(dataset.table),
        "dataset": sql.Literal(dataset.name),
        "batch": sql.SQL("{}::uuid").format(sql.Literal(batch_id)),
        "of_unit": sql.SQL("and c.unit_no is not distinct from x.unit_no" if dataset.has_unit else ""),
        "o_of_unit": sql.SQL("and o.unit_no is not distinct from s.unit_no" if dataset.has_unit else ""),
    }
    parts["claims"] = sql.SQL(CLAIMS).format(of=sql.SQL("x"), **parts)
    parts["conflicts"] = conflicts(parts)
    cursor.execute(sql.SQL(LAY).format(found=sql.SQL(ALL_FOUND).format(**parts), row_id=row_id(), **parts))
    found = cursor.rowcount
    touch(cursor, sql.SQL(NO_LONGER).format(**parts), sql.SQL(WITHDRAWN).format(**parts))
    return found


def compare_weighed(cursor: Any, staged: Staged, batch_id: UUID | None) -> int:
    """`compare` for the records that a put has met: only where this source's word or the held value has moved."""
    dataset = staged.dataset
    parts = {
        "dataset": sql.Literal(dataset.name),
        "source": sql.SQL("{}::text").format(sql.Literal(staged.source)),
        "batch": sql.SQL("{}::uuid").format(sql.Literal(batch_id)),
        "of_unit": sql.SQL("and c.unit_no is not distinct from s.unit_no" if dataset.has_unit else ""),
        "o_of_unit": sql.SQL("and o.unit_no is not distinct from s.unit_no" if dataset.has_unit else ""),
        "moved": sql.Identifier(weighing.MOVED),
        "taken": sql.Identifier(weighing.TAKEN),
        "now": sql.Identifier(weighing.NOW),
        "lost": sql.Identifier(weighing.LOST),
        "kept": sql.Identifier(weighing.KEPT),
        "held_by": sql.Identifier(weighing.HELD_BY),
        "guarded": sql.Identifier(weighing.GUARDED),
    }
    parts["claims"] = sql.SQL(CLAIMS).format(of=sql.SQL("s"), **parts)
    parts["conflicts"] = conflicts(parts)
    parts["own_conflicts"] = conflicts(parts, only=" and o.source = {source}")
    parts["moved_conflicts"] = conflicts(
        parts, more=", u.v as now", beside=" join unnest(n.{moved}, n.{now}) u(f, v) on u.f = o.field"
    )
    found = 0
    for text in (LOST_FOUND, MOVED_FOUND):
        cursor.execute(staged.sql(LAY, found=staged.sql(text, **parts), row_id=row_id(), **parts))
        found += cursor.rowcount
    found += touch(cursor, staged.sql(STILL_DIFFERS, **parts), staged.sql(TAKEN_OVER, **parts))
    for text in (AGREED, CAUGHT_UP):
        touch(cursor, staged.sql(text, **parts), staged.sql(WITHDRAWN, **parts))
    return found


def conflicts(
    parts: Mapping[str, Composable], *, more: str = "", beside: str = "", only: str = ""
) -> Composable:
    """SQL of `CONFLICTS`, with further columns, a table beside them and a condition of their own."""
    told = {
        name: sql.SQL(text).format(**parts)
        for name, text in (("more", more), ("beside", beside), ("only", only))
    }
    return sql.SQL(CONFLICTS).format(**told, **parts)


def touch(cursor: Any, which: Composable, update: Composable) -> int:
    """Run an UPDATE that joins ``touched`` (id) for the conflicts that a query finds; returns how many. Conflicts are
    found by their record and written by their id, whatever the statistics of a table that fills say of them."""
    cursor.execute(sql.SQL("create temporary table touched on commit drop as {}").format(which))
    count = cursor.rowcount
    if count:
        cursor.execute("create index on touched (id)")
        cursor.execute("analyze touched")
        with weighing.by_key(cursor):
            cursor.execute(update)
    cursor.execute("drop table touched")
    return count


def strangers(cursor: Any, staged: Staged) -> Composable | None:
    """The shared people of a put whom nobody here sees yet, as a table of (id, unit_no); None for a unit's dataset,
    where nobody else can have spoken of a new record."""
    if staged.dataset.has_unit or not staged.dataset.is_master:
        return None
    cursor.execute(
        staged.sql(
            "drop table if exists strangers; create temporary table strangers on commit drop as"
            " select s.id, s.unit_no from {said} s where not exists (select 1 from {table} t where t.id = s.id)"
        )
    )
    cursor.execute("analyze strangers")
    return sql.Identifier("strangers")
