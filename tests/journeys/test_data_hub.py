"""One datum, one source, from the steward's standard to the row of the file: a school's fitness tests are standardised,
brought, contradicted, settled, measured, shared, disputed and traced, each by the person whose work it is."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT
from tests.journeys.conftest import DESK, PHONE, fits, picture
from tests.journeys.data_hub import workbooks

SCHOOL, READER = "启明小学", "新泾第三幼儿园"
TITLE, NAME, RULE = "学生体质测试", "fitness_test", "每项测试不超过两次"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = (
    "字段名\t类型\t长度\t必填\t代码表\t分级\t英文名\n学生\t人\t\t是\t\t\tpupil\n测试项目\tC\t20\t是\t\t\n测试日期\t日期\t\t是\t\t\n"
    "成绩\tN\t8,2\t是\t\t3\tresult\n次数\tN\t2\t\t\t\n性别\t代码\t1\t\t性别\t\n测试老师\tC\t40\t\t\t\n家长电话\tC\t20\t\t\t3\n是否补测\t是否\t\t\t\t\n备注\tC\t100\t\t\t"
)
SAMPLE = "测试项目\t测试日期\t成绩\t次数\t性别\n50米跑\t2026-09-10\t9.8\t1\t男\n立定跳远\t九月\t一米五\t两次\t不详的"
FAULTS = ["第 3 行 B", "第 3 行 C", "第 3 行 D", "第 3 行 E"]
#: What the clerk types into the cells that the check names.
MEANT = {"G7": "8.6", "D11": "2026-09-09", "H15": "男"}
PUPILS = (
    "select a.local_no, a.name, c.name, a.sex from affiliation a join org c on c.id = a.class_id join unit u"
    " on u.unit_no = a.unit_no where u.name = %s and a.role = 'pupil' and a.end_on is null and a.local_no <> ''"
    " order by a.local_no"
)
OPEN = "select count(*) from field_conflict where dataset = %s and state = 'open'"


@pytest.fixture(scope="module")
def hub(town: Any, browser: Any, server: Any) -> Any:
    """The town with a builder; `page(role)` is the role's own page over the whole walk, signed in."""
    pupils = [workbooks.Pupil(*row) for row in town.ask(PUPILS, SCHOOL)]
    ((unit_no,),) = town.ask("select unit_no from unit where name = %s", SCHOOL)
    box = Path(server.environment(town.logins.database)["JIZUO_DATA"]) / "incoming" / str(unit_no)
    box.mkdir(parents=True, exist_ok=True)
    pages: dict[str, Any] = {}
    with contextlib.ExitStack() as stack:

        def page(role: str, *, acting: str = "", width: int = DESK) -> Any:
            if role not in pages:
                touch = {"is_mobile": True, "has_touch": True} if width == PHONE else {}
                size = {"width": width, "height": 844 if width == PHONE else 768}
                context = stack.enter_context(
                    contextlib.closing(browser.new_context(locale="zh-CN", viewport=size, **touch))
                )
                context.set_default_timeout(30_000)
                made = context.new_page()
                pages[role] = SimpleNamespace(page=made, start=town.sign_in(made, role, acting))
            return pages[role].page, pages[role].start

        builder = spawn(
            [sys.executable, "-m", "jizuo.project.cli", "builder"],
            cwd=CHECKOUT, env=server.environment(town.logins.database, "owner"),
        )  # fmt: skip
        yield SimpleNamespace(town=town, page=page, pupils=pupils, box=box, unit_no=unit_no)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(builder.pid, signal.SIGKILL)
        builder.wait(10)


def words(page: Any) -> str:
    return str(page.locator("main").inner_text())


def seen(page: Any, name: str) -> None:
    """Keep a picture; nothing stands out at the side."""
    page.wait_for_load_state()
    picture(page, f"hub-{name}")
    assert fits(page), name


def bring(page: Any, start: str, content: bytes, name: str) -> None:
    """A sheet into the dataset, to the end of its check."""
    page.goto(f"{start}collect/table")
    page.locator("#dataset").select_option(label=TITLE)
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="收下并检查").click()
    page.get_by_role("button", name=re.compile("应用这一批|改好了，重新检查")).first.wait_for(timeout=60_000)


def apply(page: Any) -> None:
    """Apply the shown batch and open its receipt."""
    page.get_by_role("button", name="应用这一批").click()
    page.locator("#confirm-apply").get_by_role("button", name="应用", exact=True).click()
    page.get_by_role("link", name="看回执").wait_for(timeout=60_000)
    page.get_by_role("link", name="看回执").click()
    page.get_by_text("原表指纹").wait_for()


def test_a_steward_makes_a_standard(hub: Any) -> None:
    page, start = hub.page("district_steward")
    page.goto(f"{start}standards/new")
    page.get_by_label("中文名").fill(TITLE)
    page.get_by_label("英文名", exact=True).fill(NAME)
    page.get_by_role("button", name="起草", exact=True).click()
    page.locator("#id_pasted").fill(FIELDS)
    page.get_by_role("button", name="加入这些字段").click()
    page.get_by_role("link", name="备注").wait_for()
    for key in ("学生", "测试项目"):
        page.get_by_role("checkbox", name=key, exact=True).check()
    page.get_by_label("一数一源").check()
    page.get_by_role("button", name="保存设置").click()
    for field, owner in (("成绩", "学校"), ("家长电话", "家庭")):
        page.get_by_role("link", name=field).click()
        page.locator("[name=owner]").select_option(label=owner)
        page.get_by_role("button", name="保存", exact=True).click()
        page.get_by_role("link", name="拿样例试一试").wait_for()
    seen(page, "draft")
    page.get_by_role("link", name="拿样例试一试").click()
    page.locator("#id_pasted").fill(SAMPLE)
    page.get_by_role("button", name="试一试", exact=True).click()
    page.get_by_text("表里没有这些必填的列：学生").wait_for()
    assert [place for place in FAULTS if place not in words(page)] == []
    seen(page, "trial")
    page.get_by_role("link", name="看影响，发布").click()
    page.get_by_label("我看过上面的影响").check()
    seen(page, "publish")
    page.get_by_role("button", name="发布 1.0 版").click()
    page.get_by_text("数据表已建好").wait_for()
    assert hub.town.ask("select 1 from made_table where standard = %s", NAME) == [(1,)]


def test_a_clerk_brings_a_messy_workbook(hub: Any) -> None:
    page, start = hub.page("clerk")
    bring(page, start, workbooks.messy(hub.pupils), "体测汇总.xlsx")
    assert "没有找到“成绩”这一列" in words(page)
    page.get_by_role("link", name="查看列对应").click()
    chosen = {
        label: page.get_by_label(f"当作 {label}", exact=True)
        for label in ("学号", "姓名", "测试日期", "得数")
    }
    told = {label: one.locator("option:checked").inner_text() for label, one in chosen.items()}
    assert told == {
        "学号": "学生 · 学号",
        "姓名": "学生 · 姓名",
        "测试日期": "测试日期",
        "得数": "不读这一列",
    }
    chosen["得数"].select_option(label="成绩")
    seen(page, "columns")
    page.get_by_role("button", name="记住并重新检查").click()
    page.get_by_text("要改的 5 处").wait_for()
    seen(page, "faulty")
    for line in page.locator("tbody tr").all():
        cell = line.locator("td").first.inner_text().rsplit("!", 1)[-1].strip()
        if cell in MEANT:
            line.locator("input[name=value]:not([type=hidden])").fill(MEANT[cell])
    page.get_by_role("button", name="改好了，重新检查").click()
    page.get_by_text("要改的 2 处").wait_for()
    page.get_by_role("button", name="不要这一行").last.click()
    page.get_by_role("button", name="应用这一批").wait_for()
    assert "3,000" in words(page) and f"{hub.pupils[0].name}　50米跑" in words(page)
    seen(page, "ready")
    apply(page)
    seen(page, "receipt")
    ((table,),) = hub.town.ask('select "table" from made_table where standard = %s', NAME)
    rows = hub.town.ask(f'select count(*), count(distinct pupil), sum(result) from "{table}"')
    wanted = sum(result for *_rest, result in workbooks.tests(hub.pupils))
    assert (rows[0][0], rows[0][1], round(float(rows[0][2]), 1)) == (3000, 375, round(wanted, 1))


def test_a_platform_says_otherwise_and_a_rule_settles_it(hub: Any) -> None:
    page, start = hub.page("district_steward")
    page.goto(f"{start}owners/sources")
    for key, text in (
        ("name", "fitness_platform"),
        ("title", "体质健康平台"),
        ("english", "Fitness platform"),
        ("rank", "60"),
    ):
        page.locator(f"[name={key}]").fill(text)
    page.locator("select[name=kind]").select_option("system")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("cell", name="体质健康平台").wait_for()
    (hub.box / "平台 第一批.csv").write_bytes(workbooks.outside(hub.pupils, 0, 60))
    page.goto(f"{start}collect/new")
    page.get_by_label("名称").fill("体质健康平台导出")
    page.get_by_role("radio", name="文件夹").check()
    page.locator("#unit_no").select_option(label=SCHOOL)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="保存，下一步").click()
    page.locator("[name=quiet_seconds]").fill("1")
    page.get_by_role("button", name="保存，下一步").click()
    page.locator("#target").select_option(label=TITLE)
    page.get_by_role("button", name="保存，下一步").click()
    page.locator("#source").select_option("fitness_platform")
    page.get_by_role("checkbox", name="打开").check()
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="现在采集").wait_for()
    at = page.url
    collect(page, at)
    assert "480 条记录的现值不变" in words(page), (
        "what is only said otherwise changes nothing and is not lost"
    )
    seen(page, "outside")
    apply(page)
    page.goto(f"{start}owners/conflicts?dataset={NAME}")
    group = page.locator(".card", has_text="内容不同")
    assert "现值是“学校”说的，“体质健康平台”说得不一样" in group.inner_text()
    assert page.locator(".card", has_text="日期不同").count() == 1, "another cause is another group"
    seen(page, "conflicts")
    group.get_by_role("link", name="60 处").click()
    page.get_by_role("heading", name="处理全部").wait_for()
    label, _unit, held, claimed = page.locator("tbody tr").first.locator("td").all_inner_texts()[:4]
    assert label.endswith("坐位体前屈") and any(label.startswith(pupil.name) for pupil in hub.pupils)
    assert round(float(claimed) - float(held), 2) == 31.5, (
        "what the register holds stands beside what is said"
    )
    seen(page, "conflict-list")
    page.go_back()
    group.get_by_text("处理这一组").click()
    group.get_by_label("记住").check()
    group.locator("[name=reason]").fill("以体育组登记为准")
    group.get_by_role("button", name="都保留现值").click()
    page.get_by_text("已处理 60 处").wait_for()
    assert hub.town.ask(OPEN, NAME) == [(60,)], "the days still wait"
    (hub.box / "平台 第二批.csv").write_bytes(workbooks.outside(hub.pupils, 60, 40))
    collect(page, at)
    apply(page)
    assert hub.town.ask(OPEN, NAME) == [(100,)], (
        "the second file's results are settled by the rule, its days are not"
    )
    page.goto(f"{start}owners/rules")
    assert "100 处" in page.locator("tbody tr", has_text="以体育组登记为准").inner_text()
    seen(page, "settle-rules")


def collect(page: Any, at: str) -> None:
    """Let a source be read now, and open the batch of its run."""
    page.goto(at)
    before = page.locator("tbody tr").count()
    page.get_by_role("button", name="现在采集").click()
    for _round in range(100):
        page.goto(at)
        lines = page.locator("tbody tr")
        if lines.count() > before and "等人处理" in lines.first.inner_text():
            break
        page.wait_for_timeout(300)
    lines.first.locator("a").click()
    page.get_by_role("link", name="看这一批").click()


def test_a_school_mends_what_fails_and_its_grade_rises(hub: Any) -> None:
    page, start = hub.page("district_steward")
    page.goto(f"{start}quality/rules/new?dataset={NAME}&kind=range")
    form = {
        "title": RULE,
        "fix": "核对登记表，改正次数后再导入一次",
        "code": "fitness_times",
        "at_most": "2",
        "days": "7",
    }
    for key, text in form.items():
        page.locator(f"[name={key}]").fill(text)
    page.locator("[name=field]").select_option(label="次数（数字）")
    page.locator("select[name=severity]").select_option("error")
    page.get_by_role("button", name="试算").click()
    page.get_by_text("查了 3,000 条记录，1,000 条做不到").wait_for()
    seen(page, "rule-tried")
    page.get_by_role("button", name="启用").click()
    page.wait_for_url("**/quality/rules")
    page.goto(f"{start}quality")
    page.get_by_role("button", name="现在检查").click()
    page.wait_for_url(re.compile(r"/quality$"), timeout=60_000)
    page.get_by_text(RULE).wait_for()
    seen(page, "quality-district")
    clerk, at = hub.page("clerk")
    clerk.goto(f"{at}quality")
    before = score(clerk, TITLE)
    whole = score(clerk, "综合得分")
    assert f"{RULE}：1,000 条没做到" in words(clerk) and before == 66.7
    seen(clerk, "quality-school")
    clerk.goto(f"{at}quality/failing/fitness_times")
    failing = clerk.locator("tbody tr").first.inner_text()
    assert any(pupil.name in failing for pupil in hub.pupils)
    seen(clerk, "failing")
    bring(clerk, at, workbooks.mended(hub.pupils), "体测汇总（更正）.xlsx")
    assert "1,000" in words(clerk) and "没有找到" not in words(clerk), "the columns are remembered"
    seen(clerk, "mended")
    apply(clerk)
    for _round in range(100):
        clerk.goto(f"{at}quality")
        if RULE not in words(clerk):
            break
        clerk.wait_for_timeout(300)
    assert RULE not in words(clerk), "the work closes itself"
    assert score(clerk, TITLE) == 100.0 and score(clerk, "综合得分") > whole
    assert "优" in clerk.locator("section.number", has_text=TITLE).inner_text()


def score(page: Any, label: str) -> float:
    """The number of a card."""
    text = page.locator("section.number", has_text=label).first.inner_text()
    return float(re.search(r"\d+\.\d", text)[0])  # type: ignore[index]


def test_a_reader_of_another_unit_reads_by_contract(hub: Any, browser: Any) -> None:
    page, start = hub.page("stranger", acting="clerk")
    page.goto(f"{start}shares/new")
    page.get_by_label("提供方").select_option(label=SCHOOL)
    page.get_by_label("数据", exact=True).select_option(NAME)
    page.get_by_role("button", name="选列").click()
    for column in ("测试项目", "成绩", "家长电话"):
        page.get_by_role("checkbox", name=column, exact=True).check()
    page.locator("#id_purpose").fill("幼小衔接的体质研究")
    page.locator("#id_basis").fill("区教育局衔接工作办法")
    seen(page, "share-new")
    page.get_by_role("button", name="提交申请").click()
    page.get_by_text("等提供方答复").first.wait_for()
    tail = page.url.split("/shares")[1]
    head, at = hub.page("head")
    head.goto(f"{at}shares{tail}")
    seen(head, "share-asked")
    head.get_by_role("button", name="同意").click()
    head.get_by_text("生效中").first.wait_for()
    seen(head, "contract")
    contract = head.url.split("/shares/")[1]
    page.goto(f"{start}shares/{contract}")
    page.get_by_role("button", name="打开数据").click()
    page.get_by_text("50米跑").first.wait_for()
    first = page.locator("tbody tr").first.inner_text()
    assert (
        "＊" in first and re.search(r"138\*{4}\d{4}", words(page)) and not re.search(r"138\d{8}", words(page))
    )
    seen(page, "shared-rows")
    other, elsewhere = hub.page("teacher_parent", acting="teacher")
    assert other.goto(f"{elsewhere}shares/{contract}").status == 404
    asked = {"contract_id": contract.split("/")[1]}
    door = f"{start}api/read/data.shared_rows"
    client = hub.town.client(browser, "stranger")
    assert client.get(door, params=asked).status_code == 200
    assert hub.town.client(browser, "teacher_parent").get(
        f"{elsewhere}api/read/data.shared_rows", params=asked
    ).status_code in (403, 404)
    head.get_by_role("button", name="结束合约").first.click()
    head.locator("#id_reason").fill("研究已结束")
    head.locator("dialog").get_by_role("button", name="结束合约").click()
    head.get_by_text("已提前结束").first.wait_for()
    page.goto(f"{start}shares/{contract}")
    assert page.get_by_role("button", name="打开数据").count() == 0
    assert client.get(door, params=asked).status_code == 404


def test_a_parent_disputes_and_is_answered(hub: Any) -> None:
    page, start = hub.page("guardian", width=PHONE)
    page.goto(f"{start}known")
    seen(page, "known-phone")
    page.select_option("#field", label="座号")
    page.fill("#wanted", "18")
    page.fill("#says", "老师调过座位")
    page.get_by_role("button", name="送出").click()
    page.get_by_text("有答复时会告诉您").first.wait_for()
    clerk, at = hub.page("clerk")
    clerk.goto(at)
    assert "更正申请 1 件待答复" in words(clerk)
    clerk.goto(f"{at}corrections")
    assert "老师调过座位" in words(clerk)
    clerk.get_by_role("link", name="座号").first.click()
    seen(clerk, "correction")
    clerk.get_by_role("button", name="改正并答复").click()
    clerk.get_by_text("已改正并答复").first.wait_for()
    page.goto(f"{start}corrections/mine")
    assert "已按提出的改好" in words(page)
    seen(page, "answered-phone")
    page.goto(f"{start}known")
    seat = page.locator(".entry").filter(has=page.get_by_text("座号", exact=True))
    assert "18" in seat.inner_text()


def test_a_number_leads_to_the_row_of_the_file(hub: Any) -> None:
    page, start = hub.page("district_steward")
    page.goto(start)
    page.get_by_role("link", name="这些数字怎么来的").click()
    page.locator("main").get_by_role("link", name="由哪些字段算出").first.click()
    page.locator("main li a").first.click()
    assert "/lineage/" in page.url and page.locator("svg.lineage:visible").count() == 1
    page.locator(".card", has_text="最近的几条记录").get_by_role("link").first.click()
    page.get_by_role("heading", name="各方怎么说").wait_for()
    seen(page, "value-core")
    page.goto(f"{start}catalogue/{NAME}")
    assert "3,000" in words(page)
    seen(page, "catalogue")
    page.locator("main").get_by_role("link", name="成绩", exact=True).click()
    page.get_by_role("heading", name="最近的几条记录").wait_for()
    seen(page, "field")
    page.set_viewport_size({"width": PHONE, "height": 844})
    drawn = page.locator("svg.lineage:visible")
    assert drawn.count() == 1 and drawn.evaluate("one => one.getBoundingClientRect().right <= innerWidth")
    seen(page, "field-phone")
    page.set_viewport_size({"width": DESK, "height": 768})
    pupil = hub.pupils[workbooks.PUPILS - 1]
    page.locator(".card", has_text="最近的几条记录").get_by_role("link", name=pupil.name).first.click()
    page.get_by_text("工作表“体测”").wait_for()
    assert "采用" in page.locator(".card", has_text="各方怎么说").inner_text()
    seen(page, "value")
    clerk, at = hub.page("clerk")
    clerk.goto(f"{at}lineage/{page.url.split('/lineage/')[1]}")
    row = clerk.locator(".card", has_text="文件里的那一行")
    row.locator("mark").wait_for()
    assert "得数" in row.inner_text() and "体测汇总" in row.inner_text()
    seen(clerk, "row")
    clerk.get_by_role("link", name=re.compile("体测汇总")).first.click()
    assert "/imports/" in clerk.url
