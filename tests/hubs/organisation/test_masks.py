"""Duties open purposes; what stands for a value that is not open."""

from __future__ import annotations

import pytest

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.organisation import masks


def field(**more):
    return Field(**({"key": "k", "title": "项", "english": "Item", "grade": 4, "db_type": "text"} | more))


@pytest.mark.parametrize(
    ("purpose", "roles"),
    [
        ("roster", {"clerk", "head", "homeroom_teacher", "teacher", "district_admin", "district_steward"}),
        ("contact", {"clerk", "homeroom_teacher"}),
        ("safety", {"clerk", "homeroom_teacher"}),
        ("school_roll", {"clerk", "head", "district_steward"}),
    ],
)
def test_who_sees_what(purpose, roles):
    from jizuo.ground import scope as scopes

    assert {role for role in scopes.ROLES if masks.is_open(field(purpose=purpose), role)} == roles
    assert {role for role in scopes.ROLES if masks.opens_phones(role)} == {"clerk", "homeroom_teacher"}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13812345678", "138****5678"),
        ("date", "2019-05-04", "2019-＊＊＊"),
        ("name", "张三", "张＊"),
        ("text", "澜江路 8 号", "＊＊＊"),
        ("sealed", "310105", "＊＊＊"),
        ("text", "", ""),
    ],
)
def test_what_stands_for_a_value(kind, value, shown):
    assert masks.masked(field(kind=kind), value) == shown


def test_a_page_shows_stars_where_a_door_would_leave_out():
    assert masks.shown_as(field(kind="sealed"), "clerk") == "stars"
    assert masks.shown_as(field(kind="date", purpose="roster"), "teacher") == "clear"
