"""Which units are counted anew: those where a row came, went, or changed in what decides; no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from jizuo.hubs.data.rules.quality import counting
from jizuo.hubs.data.rules.quality.subjects import subject
from tests.hubs.data.rules.quality.given import CODES, dataset_of

SINCE = datetime(2026, 6, 1, tzinfo=UTC)
CLASS = {"class": {"dataset": "class", "by": {"id": "class_id"}}}
PUPILS = {"dataset": "pupil", "where": {"field": "class.kind", "is": "class"}, "relations": CLASS}
ADULTS = {
    "dataset": "adult", "where": {"field": "until", "filled": False},
    "held_by": {"dataset": "pupil", "by": {"person_id": "person_id"}, "where": {"field": "is_here", "is": True}},
}  # fmt: skip
TABLES = ("pupil", "class", "adult")
KEEP = """
create function pg_temp.keep() returns trigger language plpgsql as $$ begin
  execute format('insert into pg_temp.%I values ($1, $2, $3)', tg_table_name || '_history')
    using old.id, old.changed_at, to_jsonb(old);
  return new;
end $$
"""


@pytest.fixture
def line(base: Any) -> Iterator[Any]:
    """Three pupils of three units, each with an adult, and their histories."""
    with base.owner() as found:
        found.execute("create temporary table batch (id uuid, source text)")
        found.execute("insert into batch values (md5('b1')::uuid, 'register'), (md5('b2')::uuid, 'register'),"
                      " (md5('b3')::uuid, 'other')")  # fmt: skip
        for name in TABLES:
            columns = ", ".join(f"{key} {one.db_type}" for key, one in dataset_of(name).fields.items())
            unit = "" if name == "adult" else "unit_no int,"
            found.execute(
                f"create temporary table {name} (id uuid, {unit} {columns}, batch_id uuid, changed_at timestamptz)"
            )
        found.execute(
            "insert into class (id, unit_no, kind, changed_at) select md5('c' || n)::uuid, n, 'class', '2026-01-01'"
            " from generate_series(1, 3) n"
        )
        found.execute(
            "insert into pupil (id, unit_no, person_id, class_id, is_here, batch_id, changed_at) select md5('p' || n)::uuid,"
            " n, md5('h' || n)::uuid, md5('c' || n)::uuid, true, md5('b1')::uuid, '2026-01-01' from generate_series(1, 3) n"
        )
        found.execute(
            "insert into adult (id, person_id, changed_at) select md5('a' || n)::uuid, md5('h' || n)::uuid, '2026-01-01'"
            " from generate_series(1, 3) n"
        )
        found.execute(KEEP)
        for name in TABLES:
            found.execute(
                f"create temporary table {name}_history (row_id uuid, valid_from timestamptz, old jsonb,"
                " valid_to timestamptz default '2026-07-01')"
            )
            found.execute(
                f"create trigger keep after update on {name} for each row execute function pg_temp.keep()"
            )
            found.execute(
                f"create trigger keep_gone after delete on {name} for each row execute function pg_temp.keep()"
            )
        yield found


def counted(line: Any, told: Any) -> set[int]:
    """The units to count."""
    text = counting.counted_units(
        subject(told, dataset_of, CODES), SINCE, {f"{name}_history" for name in TABLES}
    )
    assert text is not None
    return {unit_no for (unit_no,) in line.execute(text).fetchall()}


def write(line: Any, table: str, told: str, where: str) -> None:
    line.execute(f"update {table} set {told}, changed_at = '2026-07-01' where id = md5('{where}')::uuid")


def test_what_decides_nothing_counts_nothing_anew(line: Any) -> None:
    assert counted(line, PUPILS) == counted(line, ADULTS) == set()
    write(line, "pupil", "name = '张', seat_no = 9, batch_id = md5('b2')::uuid", "p1")
    write(line, "class", "year = 2030", "c2")
    write(line, "adult", "phone = '1'", "a3")
    assert counted(line, PUPILS) == counted(line, ADULTS) == set()


def test_a_row_that_came_went_or_changed_in_what_decides_is_counted(line: Any) -> None:
    write(line, "pupil", "batch_id = md5('b3')::uuid", "p1")
    assert counted(line, PUPILS) == {1}
    write(line, "class", "kind = 'club'", "c2")
    assert counted(line, PUPILS) == {1, 2}
    line.execute("delete from pupil where unit_no = 3")
    assert counted(line, PUPILS) == {1, 2, 3}
    line.execute("insert into pupil (id, unit_no, changed_at) values (md5('p4')::uuid, 4, '2026-07-01')")
    assert counted(line, PUPILS) == {1, 2, 3, 4}
    write(line, "pupil", "unit_no = 5", "p4")
    assert counted(line, PUPILS) == {1, 2, 3, 4, 5}, "it came and moved since: both"


def test_what_went_there_and_back_is_counted(line: Any) -> None:
    """A check may have seen it in between."""
    write(line, "class", "kind = 'club'", "c2")
    write(line, "class", "kind = 'class'", "c2")
    assert counted(line, PUPILS) == {2}


def test_people_are_counted_where_they_are_held(line: Any) -> None:
    write(line, "adult", "until = '2026-07-01'", "a1")
    assert counted(line, ADULTS) == {1}
    line.execute("delete from adult where id = md5('a2')::uuid")
    assert counted(line, ADULTS) == {1, 2}
    write(line, "pupil", "is_here = false", "p3")
    assert counted(line, ADULTS) == {1, 2, 3}


def test_without_a_history_whatever_was_written_decides(line: Any) -> None:
    write(line, "class", "year = 2030", "c2")
    text = counting.counted_units(subject(PUPILS, dataset_of, CODES), SINCE, {"pupil_history"})
    assert text is not None and {one for (one,) in line.execute(text).fetchall()} == {2}


def test_many_records_beside_are_not_told_from_columns() -> None:
    many = {
        "dataset": "class", "where": {"field": "pupils.count", "at_least": 1},
        "relations": {"pupils": {"dataset": "pupil", "many": True, "by": {"class_id": "id"}}},
    }  # fmt: skip
    assert counting.counted_units(subject(many, dataset_of, CODES), SINCE, set()) is None
