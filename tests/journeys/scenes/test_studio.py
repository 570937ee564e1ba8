"""docs/start/your-first-scene.md followed in a browser: a teacher makes 运动会报名 from nothing, the school office publishes
it, a parent enters a child, and another school makes it its own."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT
from tests.journeys.conftest import DESK, PHONE, fits, picture

TITLE = "运动会报名"


@pytest.fixture
def builder(town, server):
    """The builder's process beside the town."""
    process = spawn(
        [sys.executable, "-m", "jizuo.project.cli", "builder"],
        cwd=CHECKOUT, env=server.environment(town.logins.database, "owner"),
    )  # fmt: skip
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def opened(page, title):
    """Fold a row open."""
    row = page.locator("details", has=page.locator("summary strong", has_text=title)).first
    if row.get_attribute("open") is None:
        row.locator("summary").click()
    return row


def saved(page):
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.get_by_text("已保存").first.wait_for()


def built(town, scene):
    """Wait until the tables of a scene stand."""
    for _second in range(120):
        if town.ask("select 1 from made_table where standard = %s", scene):
            return True
        time.sleep(1)
    return False


def test_a_teacher_makes_a_scene_and_another_school_adapts_it(town, page_at, builder):
    desk, phone = page_at(DESK), page_at(PHONE)
    begun = time.monotonic()
    start = town.sign_in(desk, "teacher")
    desk.goto(f"{start}studio")
    picture(desk, "studio-list")
    desk.get_by_role("link", name="新做一个").first.click()
    desk.get_by_label("叫什么").fill(TITLE)
    desk.get_by_label("谁来填").select_option("guardian")
    desk.get_by_label("谁来批").select_option("homeroom_teacher")
    picture(desk, "studio-new")
    assert fits(desk)
    desk.get_by_role("button", name="开始").click()
    desk.get_by_text("没有要改的了").wait_for()
    home = desk.url
    picture(desk, "studio-desk")
    assert fits(desk)

    desk.get_by_role("link", name=TITLE, exact=True).first.click()
    desk.get_by_label("加一项，叫什么").fill("参赛项目")
    desk.locator("#new-kind").select_option("choice")
    desk.locator("#new-names").fill("100米\n200米\n跳远\n4×100米接力")
    desk.locator("[name=new-required]").check()
    desk.get_by_role("button", name="加一项").click()
    opened(desk, "参赛项目")
    desk.get_by_label("加一项，叫什么").fill("备注")
    desk.locator("#new-kind").select_option("long_text")
    desk.get_by_role("button", name="加一项").click()
    row = opened(desk, "备注")
    row.get_by_label("填写提示").fill("如：当天要早走")
    desk.get_by_label("能不能照上次的填").select_option("own")
    picture(desk, "studio-data")
    assert fits(desk)
    saved(desk)
    opened(desk, "备注").get_by_label("每次重新填，不照上次的").check()
    saved(desk)
    desk.goto(desk.url)
    picture(desk, "studio-data-folded")

    desk.goto(home)
    desk.get_by_role("link", name=TITLE, exact=True).nth(1).click()
    desk.get_by_label("这一步叫什么").last.fill("教务处确认")
    desk.locator("#new-who0").select_option("clerk")
    desk.get_by_role("button", name="加一步").click()
    desk.locator("summary strong", has_text="教务处确认").wait_for()
    for _step in range(2):
        opened(desk, "教务处确认").get_by_role("button", name="上移 教务处确认").click()
        desk.get_by_text("已保存").first.wait_for()
    row = opened(desk, "教务处确认")
    row.get_by_label("几个工作日内").fill("2")
    row.get_by_label("只在这种时候才走这一步").select_option(label="参赛项目")
    row.get_by_label("和什么比").fill("4×100米接力")
    picture(desk, "studio-flow")
    assert fits(desk)
    saved(desk)
    shown = opened(desk, "教务处确认").get_by_label("和什么比").input_value()
    assert shown == "4×100米接力"
    desk.get_by_label("记下以后还可以取消").check()
    saved(desk)
    desk.get_by_label("取消的按钮上写什么").fill("不参加了")
    desk.get_by_label("取消以后告诉谁").select_option("homeroom_teacher_of_subject")
    desk.get_by_label("对他们说什么").fill("有学生不参加了")
    picture(desk, "studio-undo")
    assert fits(desk)
    saved(desk)
    assert desk.get_by_label("改成什么").input_value() == "今天"

    desk.goto(home)
    desk.get_by_role("link", name=f"{TITLE}数").click()
    desk.get_by_label("这个数字叫什么").fill("报名人数")
    desk.get_by_label("同一个只算一次").select_option(label="学生")
    desk.get_by_label("单位").fill("人")
    desk.get_by_label("一句话说清怎么算的").fill("批准报名的学生数，一人报几项也算一人")
    picture(desk, "studio-number")
    saved(desk)

    desk.goto(home)
    desk.get_by_role("link", name=f"全部{TITLE}").click()
    picture(desk, "studio-page")
    assert fits(desk)

    desk.goto(f"{home}/edit/roles/roles")
    picture(desk, "studio-roles")
    assert fits(desk)
    desk.goto(f"{home}/look?role=guardian")
    desk.get_by_text("内容都是编的").wait_for()
    picture(desk, "studio-look")
    assert fits(desk)
    desk.goto(f"{home}/try")
    desk.get_by_role("button", name="放三行样例").click()
    desk.get_by_role("button", name="保存样例").wait_for()
    desk.get_by_label("谁提交").select_option("guardian")
    desk.get_by_role("button", name="走一遍").click()
    desk.get_by_text("走了一遍").wait_for()
    assert "陈以宁" in desk.locator("ol").first.inner_text()
    picture(desk, "studio-try")
    assert fits(desk)
    desk.goto(home)
    desk.get_by_role("link", name="名称和说明").first.click()
    desk.get_by_label("说明：谁用、怎么办、变了什么").fill(
        "# 运动会报名\n\n家长报名，班主任批，接力由教务处确认。\n"
    )
    desk.get_by_label("归到哪一类").select_option("学生")
    saved(desk)
    desk.goto(home)
    desk.get_by_role("button", name="请人审核").click()
    desk.get_by_text("撤回再改").wait_for()
    assert time.monotonic() - begun < 20 * 60

    office = page_at(DESK)
    start = town.sign_in(office, "clerk")
    office.goto(f"{start}studio")
    office.get_by_role("link", name=TITLE).first.click()
    office.get_by_label("审核意见").fill("可以")
    picture(office, "studio-review")
    office.get_by_role("button", name="通过").click()
    office.get_by_role("button", name="发布 1.0 版").click()
    office.get_by_text("已发布").first.wait_for()
    (scene,) = town.ask("select scene from scene_version where title = %s and state = 'published'", TITLE)[0]
    assert built(town, scene)

    start = town.sign_in(phone, "guardian")
    phone.goto(f"{start}s/{scene}/new/{scene}")
    phone.get_by_text("参赛项目").first.wait_for()
    picture(phone, "studio-parent")
    assert fits(phone)
    phone.get_by_role("radio", name="跳远").check()
    phone.get_by_role("button", name="提交").click()
    phone.get_by_text("已提交，办好会告诉您").first.wait_for()
    assert town.ask("select count(*) from matter where scene = %s", scene) == [(1,)]

    other = page_at(PHONE)
    start = town.sign_in(other, "stranger", "clerk")
    other.goto(f"{start}studio")
    picture(other, "studio-list-phone")
    assert fits(other)
    row = other.locator("tr", has_text=TITLE)
    row.get_by_role("link", name="照它做一份").click()
    other.get_by_label("叫什么").fill("我校运动会")
    other.get_by_role("button", name="做一份").click()
    other.get_by_text("没有要改的了").wait_for()
    picture(other, "studio-desk-phone")
    assert fits(other)
    home = other.url
    other.get_by_role("link", name=TITLE, exact=True).first.click()
    row = opened(other, "参赛项目")
    row.get_by_label("可以选的（一行一个）").fill("100米\n跳绳\n拔河")
    picture(other, "studio-data-phone")
    assert fits(other)
    saved(other)
    other.goto(home)
    other.get_by_role("button", name="发布 1.0 版").click()
    other.get_by_text("已发布").first.wait_for()
    found = town.ask("select scene from scene_version where title = %s and state = 'published'", "我校运动会")
    assert built(town, found[0][0]) and found[0][0] != scene
