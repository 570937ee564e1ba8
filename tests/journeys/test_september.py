"""A September: a 五四 and a 六三 school from the last day of the old classes to the first notice of the new ones, in
a browser, with real worker and web; after each step the numbers are held against the base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.base import Base
from tests.database import MakeDatabase, Server
from tests.journeys.conftest import PHONE, working
from tests.journeys.september import families, movements, newcomers, offices, year
from tests.journeys.september.school import PLANS, Desk, Plan, School, fill
from tests.live import Live, django_on, serving


@dataclass
class District:
    """A base of its own with a bureau and a school for each scheme."""

    base: Base
    live: Live
    schools: dict[str, School]


@pytest.fixture(scope="module")
def district(
    base: Base, server: Server, make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[District]:
    made = make_database()
    own, folder = Base(made), tmp_path_factory.mktemp("september")
    with (
        django_on(made.app),
        serving(server, made.database, folder, pool=2) as live,
        working(server, made.database, folder),
    ):
        from jizuo.ground import acting
        from jizuo.hubs.organisation import turns
        from jizuo.project import rooms

        rooms.plates()
        first = turns.default_year(acting.today()).first
        bureau = own.unit("澜江区教育局", kind="bureau")
        yield District(own, live, {plan.scheme: fill(own, live, plan, first, bureau) for plan in PLANS})


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
def test_a_september(district: District, page_at: Any, tmp_path: Path, plan: Plan) -> None:
    school = district.schools[plan.scheme]
    clerk, head, phone = (
        school.desk(page_at, "clerk"),
        school.desk(page_at, "head"),
        school.desk(page_at, "clerk", width=PHONE),
    )
    year.classes_go_up(school, clerk)
    handed = year.the_oldest_leave(school, clerk)
    year.the_next_school_takes_them(school, school.desk(page_at, "clerk", school.next_no), handed)
    year.large_classes_are_warned_of(school, clerk)

    newcomers.the_list_comes_in(school, clerk)
    newcomers.children_come_in(school, clerk, phone)
    newcomers.twins_and_their_wish(school, clerk)
    newcomers.classes_are_drawn(school, clerk, head)

    offices.teachers_are_named(school, clerk)
    offices.papers_are_printed(school, clerk)
    child, code = offices.families_get_slips(school, clerk, tmp_path)

    movements.class_is_changed(school, clerk, head)
    resting, leaving = movements.one_rests_one_leaves(school, clerk, head)
    movements.the_register_is_compared(school, clerk, resting, leaving)

    parent = Desk(page_at(PHONE), "")
    families.a_parent_comes_in(school, parent, child, code)
    asked = families.a_notice_goes_out(school, clerk)
    families.a_parent_answers(school, clerk, parent, child, asked)
