"""A steward makes a standard out of a sheet, tries it, publishes it and sees the table stand; on a desk and on a phone."""

from __future__ import annotations

import contextlib
import os
import signal
import sys

import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT
from tests.journeys.conftest import DESK, PHONE, fits, picture

FIELDS = (
    "字段名\t类型\t长度\t必填\t代码表\n来访人\tC\t40\t是\t\n性别\t代码\t1\t\t性别\n"
    "来访日期\t日期\t\t是\t\n人数\tN\t3\t\t\n联系电话\tC\t20\t\t"
)
SAMPLE = "来访人\t性别\t来访日期\t人数\t备注\n钱敏\t女\t2026-09-01\t2\t\n\t不详的\t九月\t两个\t随行"


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


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_standard_is_made_in_the_browser(town, page_at, builder, width):
    page = page_at(width)
    start = town.sign_in(page, "district_steward")
    page.goto(f"{start}standards")
    picture(page, f"standards-{width}")
    assert fits(page)
    page.get_by_role("link", name="起草标准").click()
    page.get_by_label("中文名").fill("来访登记")
    page.get_by_label("英文名", exact=True).fill(f"visit_{width}")
    picture(page, f"standard-new-{width}")
    page.get_by_role("button", name="起草", exact=True).click()
    page.locator("#id_pasted").fill(FIELDS)
    page.get_by_role("button", name="加入这些字段").click()
    page.get_by_role("link", name="联系电话").wait_for()
    page.get_by_role("button", name="上移 联系电话").click()
    page.get_by_text("人数").first.wait_for()
    page.get_by_role("checkbox", name="来访人").check()
    page.get_by_role("button", name="保存设置").click()
    page.get_by_role("link", name="联系电话").click()
    page.get_by_label("分级", exact=True).select_option("4")
    picture(page, f"standard-element-{width}")
    assert fits(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="拿样例试一试").wait_for()
    picture(page, f"standard-draft-{width}")
    assert fits(page)
    page.get_by_role("link", name="拿样例试一试").click()
    page.locator("#id_pasted").fill(SAMPLE)
    page.get_by_role("button", name="试一试", exact=True).click()
    page.get_by_text("必填，现在是空的").wait_for()
    picture(page, f"standard-trial-{width}")
    assert fits(page)
    page.get_by_role("link", name="看影响，发布").click()
    page.get_by_label("我看过上面的影响").check()
    picture(page, f"standard-publish-{width}")
    assert fits(page)
    page.get_by_role("button", name="发布 1.0 版").click()
    page.get_by_text("数据表已建好").wait_for()
    picture(page, f"standard-built-{width}")
    page.goto(f"{start}standards/of/visit_{width}")
    picture(page, f"standard-{width}")
    assert fits(page)
    assert town.ask("select 1 from made_table where standard = %s", f"visit_{width}") == [(1,)]


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_code_table_is_looked_up_and_its_next_edition_staged(town, page_at, width):
    page = page_at(width)
    start = town.sign_in(page, "district_steward")
    page.goto(f"{start}standards/codes?q=mz")
    page.get_by_role("link", name="民族").wait_for()
    picture(page, f"codes-{width}")
    assert fits(page)
    page.get_by_role("link", name="民族").first.click()
    picture(page, f"code-table-{width}")
    assert fits(page)
    page.goto(f"{start}standards/codes/attendance/new")
    page.get_by_label("版本", exact=True).fill("2099")
    page.get_by_label("生效日期").fill(f"{2098 + (width == PHONE)}-09-01")
    page.locator("#id_pasted").fill("代码\t名称\n1\t走读\n9\t寄宿")
    page.get_by_role("button", name="收下，先看影响").click()
    page.get_by_text("与上一版的不同").wait_for()
    picture(page, f"code-edition-{width}")
    assert fits(page)
