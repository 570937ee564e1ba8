"""Made tables for the tests: plans asked for as `app`, built as owner, rows written inside a door. Fixture: `made`."""

from __future__ import annotations

import contextlib

import msgspec
import psycopg
import pytest

from jizuo.ground.scope import Scope
from tests.live import django_on

COLUMNS = [
    {"key": "title", "type": "text", "title": "题名", "grade": 2, "length": 40, "is_required": True},
    {"key": "pages", "type": "integer", "title": "页数", "grade": 1},
    {"key": "price", "type": "decimal", "title": "价格", "grade": 1, "precision": 8, "scale": 2},
    {"key": "is_lent", "type": "boolean", "title": "借出", "grade": 1},
    {"key": "bought_on", "type": "date", "title": "购入日期", "grade": 1},
    {"key": "seen_at", "type": "timestamptz", "title": "盘点时间", "grade": 1},
    {"key": "shelf", "type": "code", "title": "架位", "grade": 1, "code_table": "shelf"},
    {"key": "reader_id", "type": "person", "title": "读者", "grade": 3},
    {"key": "room_id", "type": "org", "title": "班级", "grade": 2},
    {"key": "cover_id", "type": "file", "title": "封面", "grade": 1},
]


def plan_of(standard="book", *, major=1, columns=COLUMNS, indexes=(("title",),)):
    from jizuo.ground.plans import SchemaPlan

    return msgspec.convert(
        {"standard": standard, "major": major, "columns": columns, "indexes": indexes}, SchemaPlan
    )


def column(key, type="text", **more):
    told = {"key": key, "type": type, "title": key, "grade": 1} | more
    return told | ({"length": 20} if type == "text" and "length" not in more else {})


def ask(plan):
    """Write the wish as the web does: through the door, as `app`."""
    from jizuo.ground import plans, scope

    with scope.use(Scope(role="district_steward", unit_no=1, units=(1,))):
        return plans.ask_table(plan=plan)


def asked(made, plan):
    with django_on(made.app):
        return ask(plan)


def build_all(made):
    from jizuo.ground import builder

    with django_on(made.owner):
        ends = []
        while (end := builder.build_next()) is not None:
            ends.append(end)
        return ends


def look(address, text, *values):
    with psycopg.connect(address, autocommit=True) as line:
        return line.execute(text, list(values) or None).fetchall()


def run(address, text):
    with psycopg.connect(address, autocommit=True) as line:
        line.execute(text)


def breaches(address):
    from jizuo.ground import census

    with django_on(address):
        return [str(breach) for breach in census.breaches()]


@pytest.fixture(scope="module")
def made(base, make_database):
    """A database of this module's own with the table `made_book_v1`."""
    found = make_database()
    asked(found, plan_of())
    assert build_all(found) == ["done"]
    return found


@contextlib.contextmanager
def inside(made, units=(1,), unit_no=None):
    from jizuo.ground import made as tables
    from jizuo.ground import scope

    with (
        django_on(made.app),
        scope.use(Scope(role="clerk", unit_no=unit_no or units[0], units=units)),
        scope.open_transaction("test"),
    ):
        yield tables
