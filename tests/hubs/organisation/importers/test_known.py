"""Who of a file is known already, within the unit; numbers across the base are walked in test_pupils."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("base")


def held(
    person, name, *, local_no="", klass=None, birth=None, role="pupil", is_open=True, base_no="", number=None
):
    from jizuo.hubs.organisation.importers.known import Held
    from jizuo.plain.names import match_key

    return Held(
        f"a{person}", person, role, name, base_no, "", local_no, klass, None, True, True, True, "2024-09-01", "", "", [],
        is_open, birth, "", name, [], match_key(name),
    )  # fmt: skip


def row(name, **more):
    return {"name": name, "birth_on": None, "local_no": None, "base_no": None, "class_id": None} | more


def match(everyone, rows, role="pupil"):
    from jizuo.hubs.organisation.importers.known import Matcher, Unit

    unit = Unit(1, everyone, {})
    for one in everyone:
        unit.by_person[one.person_id].append(one)
    found = Matcher(unit, role, rows).run()
    return [("new", *one.candidates) if one.is_new else (one.person_id,) for one in found]


@pytest.mark.parametrize(
    ("everyone", "rows", "found"),
    [
        ([("p", "王一", {"base_no": "1"})], [row("王壹", base_no="1")], [("p",)]),
        ([("p", "王一", {"local_no": "7"})], [row("王一", local_no="7")], [("p",)]),
        # A number given to another child is no match, only a question.
        ([("p", "王一", {"local_no": "7"})], [row("李二", local_no="7")], [("new", "p")]),
        ([("p", "王一", {"local_no": "7", "birth": "2018-01-01"})], [row("王壹", local_no="7", birth_on="2018-01-01")], [("p",)]),
        ([("p", "王一", {"birth": "2018-01-01"})], [row("王 一", birth_on="2018-01-01")], [("p",)]),
        ([("p", "王一", {"birth": "2018-01-01"})], [row("王一", birth_on="2018-01-02", class_id=None)], [("new",)]),
        ([("p", "王一", {"klass": "c"})], [row("王一", class_id="c")], [("p",)]),
        ([("p", "王一", {"klass": "c"})], [row("王一", class_id="d")], [("new", "p")]),
        ([("p", "王一", {"klass": "c"}), ("q", "王一", {"klass": "c"})], [row("王一", class_id="c")], [("new", "p", "q")]),
        ([("p", "王一", {"klass": "c"}), ("q", "王一", {"klass": "c"})], [row("王一", class_id="c")] * 2, [("p",), ("q",)]),
        ([("p", "王一", {"klass": "c", "is_open": False})], [row("王一", class_id="c")], [("new",)]),
        # Twins: one birthday, two names.
        ([("p", "王大", {"birth": "2018-01-01", "klass": "c"}), ("q", "王小", {"birth": "2018-01-01", "klass": "c"})],
         [row("王小", birth_on="2018-01-01", class_id="c"), row("王大", birth_on="2018-01-01", class_id="c")], [("q",), ("p",)]),
    ],
)  # fmt: skip
def test_who_is_met_again(everyone, rows, found):
    assert match([held(person, name, **more) for person, name, more in everyone], rows) == found


def test_a_member_of_staff_is_met_by_a_name_that_stands_alone():
    everyone = [
        held("p", "王芳", role="staff"),
        held("q", "李芳", role="staff"),
        held("r", "李芳", role="staff"),
    ]
    assert match(everyone, [row("王芳"), row("李芳")], "staff") == [("p",), ("new", "q", "r")]
