"""The query builder over made tables: types, walls, history, pages, filters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from jizuo.ground import logins
from jizuo.ground.ids import new_id
from tests.ground.making import (
    asked,
    breaches,
    build_all,
    inside,
    made,
    plan_of,
    run,
)

__all__ = ["made"]


def test_rows_go_in_and_come_out_by_type(made):
    instant = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    with inside(made, (11,)) as tables:
        book = tables.find("book", 1)
        (row_id,) = tables.insert(
            book,
            [
                {
                    "title": "朝花夕拾", "pages": "120", "price": "12.50", "is_lent": False,
                    "bought_on": "2026-09-01", "seen_at": instant, "shelf": "A-1", "extras": {"赠书人": "王%s"},
                }
            ],
        )  # fmt: skip
        page = tables.select(book)
    assert page.rows == [
        {
            "id": row_id, "unit_no": 11, "title": "朝花夕拾", "pages": 120, "price": Decimal("12.50"),
            "is_lent": False, "bought_on": date(2026, 9, 1), "seen_at": instant, "shelf": "A-1",
            "reader_id": None, "room_id": None, "cover_id": None, "extras": {"赠书人": "王%s"},
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({}, "1.title"),
        ({"title": ""}, "1.title"),
        ({"title": 5}, "1.title"),
        ({"title": "x" * 41}, "1.title"),
        ({"title": "a\0b"}, "1.title"),
        ({"title": "\ud800"}, "1.title"),
        ({"title": "a", "pages": 1.5}, "1.pages"),
        ({"title": "a", "pages": True}, "1.pages"),
        ({"title": "a", "pages": 2**63}, "1.pages"),
        ({"title": "a", "price": 1.5}, "1.price"),
        ({"title": "a", "price": "1.555"}, "1.price"),
        ({"title": "a", "price": "1000000"}, "1.price"),
        ({"title": "a", "price": "NaN"}, "1.price"),
        ({"title": "a", "is_lent": "yes"}, "1.is_lent"),
        ({"title": "a", "bought_on": "2026-02-30"}, "1.bought_on"),
        ({"title": "a", "seen_at": "2026-09-01T08:00:00"}, "1.seen_at"),
        ({"title": "a", "shelf": "'; drop"}, "1.shelf"),
        ({"title": "a", "reader_id": "me"}, "1.reader_id"),
        ({"title": "a", "tilte": "b"}, "1.tilte"),
        ({"title": "a", 'x" = 1; --': "b"}, '1.x" = 1; --'),
        ({"title": "a", "extras": []}, "1.extras"),
        ({"title": "a", "extras": {"x": "y" * 70_000}}, "1.extras"),
        ({"title": "a", "extras": {"x": "\0"}}, "1.extras"),
    ],
)
def test_a_wrong_value_is_named_with_its_row_and_column(made, row, where):
    from jizuo.ground.errors import BadInput

    with inside(made, (12,)) as tables, pytest.raises(BadInput) as refused:
        tables.insert(tables.find("book", 1), [row])
    assert [problem.where for problem in refused.value.problems] == [where]


def test_a_near_miss_gets_a_suggestion(made):
    from jizuo.ground.errors import BadInput

    with inside(made) as tables, pytest.raises(BadInput) as refused:
        tables.insert(tables.find("book", 1), [{"title": "a", "tilte": "b"}])
    assert "title" in refused.value.problems[0].fix


def test_another_units_rows_are_not_there(made):
    """RLS-9 and RLS-15 for made tables; the twin reads the same rows with the protection off."""
    from jizuo.ground.errors import NotFound

    with inside(made, (21,)) as tables:
        (theirs,) = tables.insert(tables.find("book", 1), [{"title": "别校的书"}])
    with inside(made, (22,)) as tables:
        book = tables.find("book", 1)
        assert tables.select(book).rows == []
        with pytest.raises(NotFound):
            tables.update(book, theirs, {"title": "我的书"})
        with pytest.raises(NotFound):
            tables.insert(book, [{"title": "塞进别校"}], unit_no=21)
    run(made.owner, "alter table made_book_v1 disable row level security")
    try:
        with inside(made, (22,)) as tables:
            assert theirs in {row["id"] for row in tables.select(tables.find("book", 1)).rows}
    finally:
        run(made.owner, "alter table made_book_v1 enable row level security")


def test_a_row_cannot_point_into_another_unit(made):
    """RLS-15: the room exists, in the other school."""
    from django.db import IntegrityError

    room = new_id()
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{31}', true)")
        line.execute(
            "insert into org (id, unit_no, kind, name, code, stage, scheme, class_type, subject_code, session_ids,"
            " grades, location, source_id) values (%s, 31, 'class', '', '', '', '', '', '', '{}', '{}', '', '')",
            [room],
        )
    with inside(made, (31,)) as tables:
        tables.insert(tables.find("book", 1), [{"title": "本校", "room_id": room}])
    with pytest.raises(IntegrityError), inside(made, (32,)) as tables:
        tables.insert(tables.find("book", 1), [{"title": "别校", "room_id": room}])


def test_a_change_keeps_its_history_and_no_change_keeps_none(made):
    with inside(made, (41,)) as tables:
        book = tables.find("book", 1)
        (row_id,) = tables.insert(book, [{"title": "旧", "price": "1.00"}])
    with inside(made, (41,)) as tables:
        assert tables.update(book, row_id, {"title": "新", "extras": {"a": 1}}) is True
    with inside(made, (41,)) as tables:
        assert tables.update(book, row_id, {"title": "新", "price": "1", "extras": {"a": 1}}) is False
        (row,) = tables.select(book).rows
    assert (row["title"], row["price"]) == ("新", Decimal("1.00"))
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{41}', true)")
        kept = line.execute(
            "select old ->> 'title', door from made_book_v1_history where row_id = %s", [row_id]
        ).fetchall()
        line.execute("select set_config('app.units', '{42}', true)")
        hidden = line.execute("select count(*) from made_book_v1_history").fetchone()
    assert kept == [("旧", "test")]
    assert hidden == (0,)


@pytest.mark.parametrize("order_by", ["id", "pages", "bought_on"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_pages_follow_each_other_without_gap_or_double(made, order_by, is_descending):
    unit = 50 + (10 if is_descending else 0) + ["id", "pages", "bought_on"].index(order_by)
    with inside(made, (unit,)) as tables:
        book = tables.find("book", 1)
        ids = tables.insert(
            book,
            [
                {"title": f"第{n}本", "pages": n % 3 or None, "bought_on": date(2026, 9, 1 + n % 4)}
                for n in range(23)
            ],
        )
        seen, after = [], ""
        while True:
            page = tables.select(
                book, columns=["pages"], order_by=order_by, is_descending=is_descending, after=after, limit=5
            )
            seen += page.rows
            after = page.next
            if not after:
                break
    assert len(seen) == 23 and {row["id"] for row in seen} == set(ids)
    if order_by == "pages":
        known = [row["pages"] for row in seen if row["pages"] is not None]
        assert known == sorted(known, reverse=is_descending)
        assert [row["pages"] for row in seen[len(known) :]] == [None] * (23 - len(known))


@pytest.mark.parametrize(
    ("op", "key", "value", "count"),
    [
        ("eq", "pages", 2, 1),
        ("ne", "pages", 2, 4),
        ("lt", "pages", 2, 1),
        ("le", "pages", "2", 2),
        ("gt", "price", "2.00", 2),
        ("ge", "price", "2.00", 3),
        ("in", "pages", [1, 3], 2),
        ("empty", "pages", True, 1),
        ("empty", "pages", False, 4),
        ("prefix", "title", "李", 3),
        ("prefix", "title", "李%", 0),
        ("eq", "title", "' or true --", 0),
    ],
)
def test_filters(made, op, key, value, count):
    unit = 71
    with inside(made, (unit,)) as tables:
        book = tables.find("book", 1)
        if not tables.select(book).rows:
            tables.insert(
                book,
                [
                    {"title": name, "pages": n, "price": n}
                    for n, name in enumerate(["李白", "李贺", "李", "杜甫"], 1)
                ],
            )
            tables.insert(book, [{"title": "王维"}])
        assert len(tables.select(book, filters=[tables.Filter(key, op, value)]).rows) == count


@pytest.mark.parametrize(
    "wish",
    [
        {"filters": [("no", "eq", 1)]},
        {"filters": [("pages", "like", 1)]},
        {"filters": [("pages", "eq", "x")]},
        {"filters": [("pages", "prefix", "1")]},
        {"filters": [("pages", "in", [])]},
        {"order_by": "no"},
        {"order_by": "pages) --"},
        {"columns": ["pages", "no"]},
        {"limit": 0},
        {"limit": 501},
        {"after": "x"},
        {"after": "[1]"},
    ],
)
def test_a_wrong_question_is_refused(made, wish):
    from jizuo.ground.errors import BadInput

    with inside(made) as tables:
        asked_for = dict(wish)
        asked_for["filters"] = [tables.Filter(*test) for test in wish.get("filters", [])]
        with pytest.raises(BadInput):
            tables.select(tables.find("book", 1), **asked_for)


def test_outside_a_door_nothing_is_read(made):
    from jizuo.ground import made as tables
    from jizuo.ground.scope import NoScope

    with pytest.raises(NoScope):
        tables.find("book", 1)


def test_a_table_that_is_not_there_is_not_found(made):
    from jizuo.ground.errors import NotFound

    with inside(made) as tables, pytest.raises(NotFound):
        tables.find("book", 2)


def test_made_on_15(base, server15, make_database):
    found: logins.Logins = make_database(on=server15)
    asked(found, plan_of())
    assert build_all(found) == ["done"]
    assert breaches(found.app) == []
    with inside(found, (1,)) as tables:
        book = tables.find("book", 1)
        tables.insert(book, [{"title": "一"}, {"title": "二"}])
        assert len(tables.select(book, order_by="title").rows) == 2
