"""The SQL of a check: the same answer whole and beside the touched, over relations of every shape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from psycopg import sql

from jizuo.hubs.data.rules.quality import asking
from jizuo.hubs.data.rules.quality.subjects import subject
from tests.hubs.data.rules.quality.given import CODES, dataset_of

TOLD = {
    "dataset": "pupil",
    "relations": {
        "class": {"dataset": "class", "by": {"id": "class_id"}},
        "open": {"dataset": "class", "by": {"id": "class_id"}, "where": {"field": "closed", "filled": False}},
        "adults": {"dataset": "adult", "many": True, "by": {"person_id": "person_id"},
                   "where": {"any": [{"field": "until", "filled": False}, {"field": "until", "more": {"today": 0}}]},
                   "tells": {"n": {}, "phones": {"where": {"field": "phone", "filled": True}}}},
        "mates": {"dataset": "pupil", "many": True, "by": {"name": "name"}, "tells": {"n": {}}},
    },
}  # fmt: skip


@pytest.fixture
def line(base: Any) -> Any:
    """Small tables of these names, for this connection alone."""
    with base.owner() as found:
        for name, columns in (
            ("batch", "id uuid, source text"),
            ("class", "id uuid, unit_no int, kind text, year int, closed date, batch_id uuid, changed_at timestamptz"),
            ("adult", "id uuid, person_id uuid, phone text, until date, batch_id uuid, changed_at timestamptz"),
            ("pupil", "id uuid, unit_no int, person_id uuid, class_id uuid, seat_no int, name varchar(50), batch_id uuid,"
             " changed_at timestamptz"),
        ):  # fmt: skip
            found.execute(f"create temporary table {name} ({columns})")
        found.execute("create temporary table adult_history (row_id uuid, old jsonb, valid_to timestamptz)")
        found.execute(
            "insert into class select md5('c' || n)::uuid, 1, 'class', 2020 + n, case n when 2 then date '2026-01-01' end, null,"
            " '2026-01-01' from generate_series(1, 3) n"
        )
        found.execute(
            "insert into pupil select md5('p' || n)::uuid, 1 + n %% 2, md5('h' || n)::uuid, md5('c' || n %% 4)::uuid, n,"
            " case n %% 3 when 0 then '' else '张' end, null, '2026-01-01' from generate_series(1, 12) n".replace(
                "%%", "%"
            )
        )
        found.execute(
            "insert into adult select md5('a' || n)::uuid, md5('h' || n % 5)::uuid, case when n % 2 = 0 then '1' else '' end,"
            " case n % 3 when 0 then date '2020-01-01' end, null, '2026-01-01' from generate_series(1, 20) n"
        )
        yield found


def test_whole_and_few_say_the_same(line: Any) -> None:
    found = subject(TOLD, dataset_of, CODES)
    names = ["class.year", "open.year", "adults.n", "adults.phones", "mates.n"]
    line.execute(f"create temporary table {asking.TOUCHED} as select id as record_id from pupil")
    day = asking.day_of(date(2026, 9, 16), "Asia/Shanghai")
    said = {}
    for mode in (asking.WHOLE, asking.FEW):
        picked = sql.SQL(", ").join(found.names[name].sql for name in ("seat_no", *names))
        rows = asking.records(found, names, mode=mode, day=day)
        said[mode] = sorted(line.execute(sql.SQL("select {} {}").format(picked, rows)).fetchall())
    assert said[asking.WHOLE] == said[asking.FEW] and len(said[asking.WHOLE]) == 12
    assert {row[5] for row in said[asking.WHOLE] if row[0] % 3 == 0} == {0}, (
        "an empty text stands beside nothing"
    )
    assert any(row[1] for row in said[asking.WHOLE]) and any(row[3] for row in said[asking.WHOLE])


def test_whoever_stands_beside_what_changed_is_touched(line: Any) -> None:
    found = subject(TOLD, dataset_of, CODES)
    day = asking.day_of(date(2026, 9, 16), "Asia/Shanghai")
    since = datetime(2026, 6, 1, tzinfo=UTC)

    def touched() -> set[int]:
        parts = asking.touched(found, ["class.year", "adults.n"], since, {"adult_history"}, day)
        rows = sql.SQL("select seat_no from pupil where id in ({})").format(sql.SQL(" union ").join(parts))
        return {number for (number,) in line.execute(rows).fetchall()}

    assert touched() == set()
    line.execute("update adult set changed_at = '2026-07-01' where person_id = md5('h3')::uuid")
    assert touched() == {3}
    line.execute(
        "insert into adult_history select id, jsonb_build_object('person_id', md5('h4')), '2026-07-01' from adult limit 1"
    )
    assert touched() == {3, 4}
    line.execute("update class set changed_at = '2026-07-01' where year = 2021")
    in_unit = {number for (number,) in line.execute(
        "select seat_no from pupil where class_id = md5('c1')::uuid and unit_no = 1").fetchall()}  # fmt: skip
    assert touched() == {3, 4} | in_unit
    line.execute("update pupil set changed_at = '2026-07-01' where seat_no = 12")
    assert touched() == {3, 4, 12} | in_unit
