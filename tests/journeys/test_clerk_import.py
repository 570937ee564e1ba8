"""A clerk brings a messy list, mends it in the grid, applies it, and takes it back; on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import DESK, PHONE, fits, picture

SCHOOL = "启明小学"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATE = "select state from batch where title = %s order by id desc limit 1"


def messy_list():
    """The demonstration school's list with planted faults, and those faults."""
    from jizuo.plain.demo.district import make
    from jizuo.plain.demo.workbooks import messy

    district = make("small")
    return messy(district, next(unit for unit in district.units if unit.name == SCHOOL))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_messy_list_is_mended_applied_and_undone(town, page_at, width):
    content, faults = messy_list()
    title = f"2026 秋季学生名册 {width}.xlsx"
    page = page_at(width)
    start = town.sign_in(page, "clerk")
    page.goto(f"{start}imports/new")
    page.get_by_label("学生名册").first.check()
    page.locator("input[type=file]").set_input_files({"name": title, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="收下并检查").click()
    page.get_by_role("button", name="改好了，重新检查").wait_for(timeout=60_000)
    picture(page, f"import-faulty-{width}")
    assert fits(page)
    blocking = {fault.cell: fault for fault in faults if fault.is_blocking}
    for _round in range(4):
        lines = page.locator("tbody tr")
        for place in range(lines.count()):
            line = lines.nth(place)
            cell = line.locator("td").first.inner_text().rsplit("!", 1)[-1].strip()
            meant = blocking[cell].meant if cell in blocking else ""
            if line.locator("select[name=choice]").count():
                options = line.locator("select[name=choice] option").all_inner_texts()
                line.locator("select[name=choice]").select_option(label=options[1])
            elif meant and line.locator("input[name=value]:not([type=hidden])").count():
                line.locator("input[name=value]:not([type=hidden])").fill(meant)
        page.get_by_role("button", name="改好了，重新检查").click()
        page.locator("section.number").first.wait_for(timeout=60_000)
        if not page.get_by_role("button", name="改好了，重新检查").count():
            break
    assert town.ask(STATE, title) == [("ready",)]
    picture(page, f"import-ready-{width}")
    page.get_by_role("button", name="应用这一批").click()
    page.locator("#confirm-apply").get_by_role("button", name="应用", exact=True).click()
    page.get_by_role("link", name="看回执").wait_for(timeout=60_000)
    assert town.ask(STATE, title) == [("applied",)]
    page.get_by_role("link", name="看回执").click()
    page.get_by_text("写入了什么").wait_for()
    page.go_back()
    page.get_by_role("button", name="撤销这次导入").first.click()
    page.locator("#confirm-undo").get_by_role("button", name="撤销这次导入").click()
    page.get_by_text("已撤销：").wait_for(timeout=60_000)
    assert town.ask(STATE, title) == [("undone",)]
    assert fits(page)
