"""A homeroom teacher gives a pupil the way in, and confirms who is family: paper, two phones and the desk."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import PHONE, Town, fits, picture

CLASS_OF = """
select c.id, a.name, a.person_id from affiliation a join org c on c.id = a.class_id
where a.person_id = (select person_id from account where login_code = %s) and a.role = 'pupil' and a.end_on is null
"""


def slip_lines(download: Any) -> list[list[str]]:
    """The rows of slips given as text, without their heading."""
    lines = Path(download.path()).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_a_pupil_without_an_account_gets_in_by_the_slip(town: Town, page_at: Any) -> None:
    clerk, desk, phone = page_at(), page_at(), page_at(PHONE)
    town.sign_in(clerk, "clerk")
    clerk.get_by_role("link", name="账号与纸条").first.click()
    clerk.select_option("#who", label="学生")
    clerk.get_by_role("button", name="为没有账号的人开通").click()
    clerk.get_by_text(re.compile(r"学生 \d+ 人都有账号了")).wait_for()
    picture(clerk, "slips-clerk")

    town.sign_in(desk, "homeroom_teacher")
    desk.get_by_role("link", name="发启用纸条").click()
    desk.locator("summary", has_text="状态").click()
    desk.get_by_role("link", name="未开通").click()
    desk.get_by_role("link", name="去掉 状态：未开通").wait_for()
    row = desk.locator("tbody tr").first
    name = row.locator(".is-first").inner_text()
    row.locator("input[name=pick]").check()
    desk.select_option("#format", "txt")
    with desk.expect_download() as given:
        desk.get_by_role("button", name="做成纸条").click()
    ((unit, _group, on_slip, role, login_code, code, *_rest),) = slip_lines(given.value)
    assert (unit, on_slip, role) == ("启明小学", name, "学生")
    picture(desk, "slips-homeroom")

    phone.goto(f"{town.url}/sign-in/")
    phone.get_by_role("link", name="我有纸条，启用账号").click()
    phone.get_by_label("纸条上的码").fill(code.lower().replace("-", " "))
    phone.locator("form .btn-main").click()
    phone.get_by_text(f"{name}，请设密码").wait_for()
    picture(phone, "activate")
    phone.locator("[name=password]").fill("山楂-单车-晚霞")
    phone.locator("[name=again]").fill("山楂-单车-晚霞")
    phone.get_by_role("button", name="设好并登录").click()
    phone.wait_for_url(re.compile(r"/as/\d+/$"))
    assert name in phone.locator(".who").inner_text()
    phone.get_by_text("我的老师").wait_for()
    assert login_code in phone.locator("body").inner_text()
    assert fits(phone)
    picture(phone, "pupil")

    again = page_at(PHONE)
    again.goto(f"{town.url}/activate/{code}/")
    assert again.locator("[name=code]").is_visible(), "a slip counts once"
    assert name not in again.locator("body").inner_text()


@pytest.mark.parametrize(
    ("locale", "relation", "rights"),
    [("zh-CN", "52", (True, False)), ("en-US", "99", (False, True))],
    ids=["mother", "carer in English"],
)
def test_a_guardian_binds_and_sees_the_child_after_the_teacher_said_yes(
    town: Town, page_at: Any, locale: str, relation: str, rights: tuple[bool, bool]
) -> None:
    desk, phone = page_at(), page_at(PHONE, locale=locale)
    class_id, child, child_id = town.ask(CLASS_OF, town.accounts["pupil"].login_code)[0]
    town.sign_in(desk, "homeroom_teacher")
    desk.get_by_role("link", name="家长绑定").first.click()
    card = desk.locator("section.card", has=desk.locator(f"#n-{class_id}"))
    card.get_by_role("button", name="生成新的班级码").click()
    class_code = re.search(r"新的班级码是 (\S+?)，", desk.locator("body").inner_text())[1]
    desk.fill(f"#n-{class_id}", "1")
    desk.select_option(f"#f-{class_id}", "txt")
    with desk.expect_download() as given:
        card.get_by_role("button", name="打印一次性码").click()
    ((*_front, once, _until, _address),) = slip_lines(given.value)
    picture(desk, "guardians")

    guardian = f"试{'一' if relation == '52' else '二'}君"
    phone.goto(f"{town.url}/bind/{class_code}/")
    phone.fill("[name=child_name]", child)
    phone.fill("[name=once]", once)
    phone.select_option("[name=relation]", relation)
    phone.fill("[name=name]", guardian)
    phone.fill("[name=password]", "apricot-window-84")
    assert fits(phone)
    picture(phone, f"bind-{relation}")
    phone.locator("form .btn-main").last.click()
    phone.wait_for_url("**/bind/done/")
    picture(phone, f"bound-{relation}")
    phone.goto(f"{town.url}/")
    assert phone.locator("a[href*='/as/']").count() == 0, "nothing to open before the yes"
    picture(phone, f"waiting-{relation}")

    desk.reload()
    asked = desk.locator("li", has_text=guardian)
    picture(desk, f"asked-{relation}")
    asked.get_by_role("button", name="确认").click()
    desk.get_by_text("已确认").first.wait_for()

    until = time.monotonic() + 30
    while "/as/" not in phone.url:
        assert time.monotonic() < until, "the worker did not deliver the fact"
        time.sleep(0.3)
        phone.goto(f"{town.url}/")
    assert child in phone.locator(".who").inner_text()
    assert guardian in phone.locator("main").inner_text()
    assert fits(phone)
    picture(phone, f"guardian-{relation}")
    held = town.ask(
        "select g.relation, g.is_legal, g.is_entrusted, g.may_view from guardian_of g join person p"
        " on p.id = g.guardian_id where g.child_id = %s and p.name = %s",
        child_id,
        guardian,
    )
    assert held == [(relation, *rights, True)]
