"""From the menu's folded end to the catalogue, from a number to the fields it counts and on to one value's source."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, fits, picture


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_steward_finds_a_number_and_what_feeds_it(town: Any, page_at: Any, width: int) -> None:
    page = page_at(width)
    start = town.sign_in(page, "district_steward")
    page.goto(f"{start}catalogue")
    assert page.get_by_role("heading", name="数据目录").first.is_visible() and fits(page)
    picture(page, f"catalogue-{width}")
    page.fill("#id_q", "zjxss")
    page.press("#id_q", "Enter")
    page.wait_for_load_state("networkidle")
    picture(page, f"catalogue-found-{width}")
    page.locator("main").get_by_role("link", name="在籍学生数").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("main li a").first.click()
    page.wait_for_load_state("networkidle")
    assert "/lineage/" in page.url and page.locator("svg.lineage:visible").count() == 1 and fits(page)
    picture(page, f"lineage-field-{width}")
    page.goto(f"{start}catalogue/pupil")
    assert fits(page)
    picture(page, f"catalogue-pupil-{width}")
    page.goto(f"{start}catalogue/assets?dataset=pupil")
    assert fits(page)
    picture(page, f"assets-{width}")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_clerk_walks_from_a_value_to_the_file(town: Any, page_at: Any, width: int) -> None:
    page = page_at(width)
    start = town.sign_in(page, "clerk")
    grant = int(start.rstrip("/").rsplit("/", 1)[1])
    ((unit,),) = town.ask("select unit_no from acting_grant where no = %s", grant)
    ((record,),) = town.ask(
        "select a.id from affiliation a where a.unit_no = %s and a.role = 'pupil' and a.end_on is null"
        " and a.class_id is not null order by a.id limit 1",
        unit,
    )
    page.goto(f"{start}lineage/affiliation/{record}/name")
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("各方怎么说").is_visible() and fits(page)
    picture(page, f"lineage-value-{width}")


def test_the_menu_folds_what_is_past_twelve(town: Any, page_at: Any) -> None:
    page = page_at(DESK)
    town.sign_in(page, "district_steward")
    more = page.locator("details.nav-more")
    if more.count():
        assert more.get_attribute("open") is None
        more.locator("summary").click()
        assert more.locator("a").first.is_visible()
    picture(page, "menu")
