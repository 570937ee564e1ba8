"""New pupils in a browser: a clerk lets children in at the desk and by phone, the head freezes, both draw before
witnesses, the head applies, and the sheet for the wall names nobody."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import PHONE, Town, fits, picture


def test_new_pupils_come_in_and_are_divided(town: Town, page_at: Any) -> None:
    clerk, phone, head = page_at(), page_at(PHONE), page_at()
    start = town.sign_in(clerk, "clerk")
    clerk.get_by_role("link", name="新生").first.click()
    clerk.get_by_text("还没来").first.wait_for()
    picture(clerk, "intake-desk")
    ((name, code, unit_no),) = town.ask(
        "select name, code, unit_no from intake where state = 'admitted' order by admission_no limit 1"
    )

    town.sign_in(phone, "clerk")
    phone.goto(f"{town.url}/i/{unit_no}/{code}/")
    phone.get_by_role("button", name=f"{name} 报到").wait_for()
    fits(phone)
    picture(phone, "intake-scan")
    phone.get_by_role("button", name=f"{name} 报到").click()
    phone.get_by_text(f"{name} 已报到").wait_for()
    phone.goto(f"{town.url}/i/{unit_no}/{code}/")
    phone.get_by_text(f"{name} 已经报过到了").wait_for()
    phone.goto(f"{start}intake")
    fits(phone)
    picture(phone, "intake-phone")

    clerk.goto(f"{start}intake/twins")
    picture(clerk, "intake-twins")
    desk = town.sign_in(head, "head")
    head.goto(f"{desk}dividing")
    picture(head, "dividing-proposed")
    head.get_by_role("button", name="批准，锁定").click()
    head.get_by_text("名单校验值").wait_for()
    clerk.goto(f"{start}dividing")
    clerk.fill("#seed", "3 17 21 8")
    for at, (who, role) in enumerate((("周敏", "家长代表"), ("吴建国", "纪检委员"))):
        clerk.locator("[name=witness]").nth(at).fill(who)
        clerk.locator("[name=witness_role]").nth(at).fill(role)
    picture(clerk, "dividing-draw")
    clerk.get_by_role("button", name="抽签分班").click()
    clerk.get_by_role("link", name="看各班名单").click()
    clerk.get_by_text("周敏（家长代表）").wait_for()
    picture(clerk, "division")
    clerk.get_by_role("link", name="重演").click()
    clerk.fill("#seed", "3 17 21 8")
    clerk.get_by_role("button", name="重演").click()
    clerk.get_by_text("一致：").wait_for()
    clerk.go_back()
    clerk.go_back()
    clerk.get_by_role("link", name="公示单").click()
    picture(clerk, "division-sheet")
    assert name not in clerk.locator("main").inner_text()
    head.goto(f"{desk}dividing")
    head.get_by_role("button", name="应用到班级").first.click()
    head.get_by_role("dialog").get_by_role("button", name="应用到班级").click()
    head.get_by_text("名新生进了班").wait_for()
    picture(head, "dividing-applied")
    ((there, open_left),) = town.ask(
        "select count(*) filter (where affiliation_id is not null), count(*) filter (where state = 'reported' and"
        " affiliation_id is null) from intake where unit_no = %s", unit_no,
    )  # fmt: skip
    assert there > 50 and open_left == 0
    head.get_by_role("button", name="撤销", exact=True).click()
    asked = head.get_by_role("dialog", name="撤销这次分班？")
    picture(head, "dividing-undo")
    asked.get_by_role("button", name="再看看").click()
    head.get_by_role("button", name="撤销", exact=True).click()
    asked.get_by_role("button", name="撤销这次分班").click()
    head.get_by_text("新生回到等分班").wait_for()
    assert town.ask("select count(*) from intake where affiliation_id is not null") == [(0,)]
