from __future__ import annotations

from typing import Any

from tests.hubs.organisation.actions.test_turning import JULY, act, school


def test_a_district_asks_no_more_than_a_school(base: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.hubs.organisation.queries import turning

    def cost(schools: int) -> int:
        bureau = base.unit("澜江区教育局", kind="bureau")
        for _ in range(schools):
            school(base, parent=bureau)
        scope = base.scope(bureau, "district_steward", today=JULY)
        with CaptureQueriesContext(connection) as seen:
            assert len(act(scope, turning.preview_district, school_year=2027)) == schools
        return len(seen)

    assert cost(4) == cost(1)


def test_a_five_four_and_a_six_three_school_side_by_side(base: Any) -> None:
    from jizuo.hubs.organisation.queries.turning import grades, preview_turn

    for scheme, words in (("5", "五年级"), ("6", "六年级")):
        _made, scope = school(base, scheme=scheme, classes=12)
        plan = act(scope, preview_turn, school_year=2027)
        leaving = [one for one in grades(plan.classes) if one.verdict == "leaves"]
        assert words in {one.before for one in leaving}
        assert plan.classes[0].before == "一（1）班" and plan.classes[0].after == "二（1）班"


def test_what_a_person_should_look_at_is_named(base: Any) -> None:
    from jizuo.hubs.organisation.queries.turning import preview_turn
    from tests.hubs.organisation.actions.test_turning import run

    made, scope = school(base, classes=14)
    run(scope, "update affiliation set class_id = null where id = %s", made.pupils[0][1])
    run(
        scope, "update org set scheme = '', entry_year = null, name = '启智班' where id = %s", made.classes[1]
    )
    text = "；".join(act(scope, preview_turn, school_year=2027).warnings)
    assert "启智班" in text and "1 名学生没有班级" in text and "早该结束" in text
