"""Numbers of a scene: within the reach, right, live, and silent about few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.ground.packs.blocks import pack
from tests.hubs.organisation import given

NO_DATA = "missing: 没有登记}"
INDICATORS = {
    "out": "{title: 在外, of: outing, measure: count, distinct: pupil_id, where: [[state, eq, out]], on: from_on,"
    " by: [unit, class_id, state, grade], definition: 在外的人, missing: 没有人, zero: true, unit: 人}",
    "hours": "{title: 小时, of: outing, measure: sum, column: hours, definition: 之和, " + NO_DATA,
    "mean": "{title: 平均, of: outing, measure: mean, column: hours, definition: 平均, " + NO_DATA,
    "median": "{title: 中位, of: outing, measure: median, column: hours, definition: 中位, " + NO_DATA,
    "p90": "{title: 九成, of: outing, measure: percentile, percentile: 90, column: hours, definition: 九成, "
    + NO_DATA,
    "back": "{title: 已回, of: outing, measure: share, part: [[state, eq, back]], definition: 占比, "
    + NO_DATA,
    "month": "{title: 本月, of: outing, measure: count, on: from_on, period: month, definition: 本月, "
    + NO_DATA,
}


@pytest.fixture(scope="module")
def town(base: Any) -> given.District:
    """Four pupils of the first school out today (three of the first class), on everywhere in the district."""
    files = {f"indicators__{name}.yaml": text for name, text in INDICATORS.items()}
    return pack.town(base, rows=4, is_for_below=True, **files)


def ask(base: Any, unit_no: int, role: str, name: str, **more: Any) -> Any:
    from jizuo.engines.evaluation.numbers import number
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no, role, today=acting.today(), **more)):
        return number(scene="outing", number=name)


def divide(base: Any, unit_no: int, role: str, name: str, **how: str) -> Mapping[str, Any]:
    from jizuo.engines.evaluation.numbers import numbers_by
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no, role, today=acting.today())):
        return {one.label or str(one.begin): one for one in numbers_by(scene="outing", number=name, **how)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("out", 3), ("hours", 10), ("mean", 2.5), ("median", 2.5), ("p90", 3.7), ("back", 25), ("month", 4)],
)
def test_each_measure_counts_right(base: Any, town: given.District, name: str, value: float) -> None:
    found = ask(base, town.schools[0].unit_no, "head", name)
    assert found.value == pytest.approx(value)
    assert found.definition and found.source == "学生外出" and found.at


def test_a_number_without_rows_is_no_data_unless_it_means_none(base: Any, town: given.District) -> None:
    other = town.schools[1].unit_no
    assert ask(base, other, "head", "hours").value is None
    assert ask(base, other, "head", "mean").value is None
    assert ask(base, other, "head", "out").value == 0


def test_a_number_reaches_as_far_as_the_role(base: Any, town: given.District) -> None:
    school = town.schools[0]
    teacher = {"org_ids": tuple(school.classes[1:])}
    assert ask(base, school.unit_no, "homeroom_teacher", "out", **teacher).value == 1
    family = {"person_id": school.guardians[0][0], "child_ids": (school.pupils[0][0],)}
    assert ask(base, school.unit_no, "guardian", "out", **family).value == 0
    family = {"person_id": school.guardians[1][0], "child_ids": (school.pupils[1][0],)}
    assert ask(base, school.unit_no, "guardian", "out", **family).value == 1


def test_who_has_neither_rows_nor_a_page_has_no_number(base: Any, town: given.District) -> None:
    from jizuo.ground.errors import NotFound

    for role, name in (("pupil", "out"), ("district_leader", "out"), ("head", "nothing")):
        unit_no = town.unit_no if role.startswith("district") else town.schools[0].unit_no
        with pytest.raises(NotFound):
            ask(base, unit_no, role, name)


def test_few_are_not_told_to_the_district(base: Any, town: given.District) -> None:
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_scene_rows

    found = ask(base, town.unit_no, "district_steward", "out")
    assert found.value is None and found.n is None and found.is_small
    school = town.schools[0]
    day = acting.today() - timedelta(days=400)
    rows = [pack.row(school, place, day) | {"state": "out"} for place in range(5)]
    with scopes.use(base.scope(school.unit_no, "clerk", today=acting.today())):
        put_scene_rows(scene="outing", dataset="outing", rows=rows)
    found = ask(base, town.unit_no, "district_steward", "out")
    assert found.value == 5 and not found.is_small, "live: the very next question knows"


def test_a_number_is_divided(base: Any, town: given.District) -> None:
    school = town.schools[0]
    by_class = divide(base, school.unit_no, "head", "out", by="class_id")
    assert {label: one.value for label, one in by_class.items()} == {"一（1）班": 3, "一（2）班": 2}
    assert divide(base, school.unit_no, "head", "out", by="grade")["一年级"].value == 5
    assert divide(base, school.unit_no, "head", "out", by="state")["在外"].value == 5
    by_unit = divide(base, town.unit_no, "district_steward", "out", by="unit")
    assert [one.value for one in by_unit.values()] == [5]
    for period in ("day", "week", "month", "term", "year"):
        assert sum(one.n for one in divide(base, school.unit_no, "head", "out", period=period).values())


def test_what_cannot_be_divided_is_said(base: Any, town: given.District) -> None:
    from jizuo.ground.errors import BadInput

    for how in ({"by": "note"}, {"period": "hour"}, {}):
        with pytest.raises(BadInput):
            divide(base, town.schools[0].unit_no, "head", "out", **how)
    with pytest.raises(BadInput):
        divide(base, town.schools[0].unit_no, "head", "hours", period="day")
