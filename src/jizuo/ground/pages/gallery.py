"""Every part on one page with invented content, for people who write pages; mounted while developing only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jizuo.ground.pages.asks import Ask, Slice, cut
from jizuo.ground.pages.charts import Band, Chart, Series
from jizuo.ground.pages.parts import (
    Action,
    Cell,
    Entry,
    Number,
    ProblemRow,
    Progress,
    Sheet,
    Tab,
    Tile,
    Todo,
)
from jizuo.ground.pages.shell import Acting, Group, Link, Shell
from jizuo.ground.pages.tables import Bulk, Column, Filter, Table
from jizuo.ground.scope import DISTRICT_STEWARD, GUARDIAN, TEACHER, Scope

ADDRESS = "/gallery"
GRADES = [*"托小中大一二三四五六", *(f"初{n}" for n in range(1, 5)), "高一", "高二", "高三", "职一"]
MENU: dict[str, list[tuple[str, str, int | None]]] = {
    "": [("今日", "今", None), ("待办", "办", 12)],
    "人与校": [
        ("学校", "校", None),
        ("学生", "学", None),
        ("教职工", "师", None),
        ("异动与学籍对照", "异", None),
    ],
    "数据": [
        ("名册导入", "导", None),
        ("一数一源", "源", 3),
        ("数据质量", "质", None),
        ("目录与共享", "享", None),
    ],
}

SCHOOLS = [
    ("qiming", "启明小学", "五四", 1412, 36, 98, timedelta(hours=2), "中 83.2", "huang", 46),
    ("songyuan", "松原中学", "完中", 2036, 48, 171, timedelta(hours=3), "优 96.8", "lv", 3),
    (
        "lanjiang",
        "澜江实验九年一贯制学校",
        "九年一贯",
        2388,
        62,
        189,
        timedelta(hours=26),
        "良 92.1",
        "lv",
        21,
    ),
    ("xinjing", "新泾第三幼儿园", "幼儿园", 338, 12, 27, timedelta(days=9), "差 68.0", "zhu", 118),
    ("beizhai", "北寨小学（筹）", "六三", None, None, None, None, "", "", None),
]


class DemoShell(Shell):
    """The shell of a person who does not exist."""

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(
            Group(
                title, tuple(Link(word, ADDRESS, word == "今日", mark, count) for word, mark, count in links)
            )
            for title, links in MENU.items()
        )

    @property
    def bar(self) -> tuple[Link, ...]:
        links = [link for group in self.groups for link in group.links]
        return (links[0], links[1], links[3], links[6])

    @property
    def acting(self) -> tuple[Acting, ...]:
        return (
            Acting(12, "沈知远", "澜江区教育局", DISTRICT_STEWARD),
            Acting(31, "沈知远", "松原中学", TEACHER),
            Acting(48, "沈知远", "启明小学", GUARDIAN, "沈一诺"),
        )

    @property
    def search_href(self) -> str:
        return ADDRESS


class RegisterForm(forms.Form):
    """A form with each kind of field."""

    name = forms.CharField(label="姓名", max_length=50, help_text="与户口簿一致；少数民族姓名中间用「·」。")
    phone = forms.RegexField(
        r"^1\d{10}$", label="手机", error_messages={"invalid": "手机号应是 11 位数字，现在是 10 位。请补全。"}
    )
    relation = forms.ChoiceField(label="关系", choices=[("51", "父亲"), ("52", "母亲"), ("61", "祖父")])
    lives = forms.ChoiceField(
        label="就读方式", choices=[("1", "走读"), ("2", "住校")], widget=forms.RadioSelect, initial="1"
    )
    may_collect = forms.BooleanField(label="可以接送孩子", required=False)
    remark = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 2}))


def columns() -> list[Column]:
    return [
        Column("name", "学校", sort=True, href=lambda row: f"{ADDRESS}?school={row['id']}"),
        Column("kind", "学制", kind="short"),
        Column("pupils", "在籍", kind="figure", sort=True),
        Column("classes", "班级", kind="figure"),
        Column("teachers", "专任教师", kind="figure"),
        Column("fresh_at", "名册更新", kind="moment"),
        Column("grade", "质量", kind="tag", tone=lambda row: row["tone"]),
        Column(
            "open",
            "待整改",
            kind="figure",
            sort=True,
            tone=lambda row: "zhu" if (row["open"] or 0) > 100 else "",
        ),
        Column("code", "标识码", kind="short", shown=False),
    ]


def schools_table(request: HttpRequest, now: datetime) -> Table:
    filters = [
        Filter("stage", "学段", [("k", "幼儿园"), ("p", "小学"), ("j", "初中")]),
        Filter("fresh", "名册更新", [("week", "一周内"), ("older", "更早")]),
    ]
    ask = Ask.read(request.GET, columns(), filters, sort="name")
    names = ("id", "name", "kind", "pupils", "classes", "teachers", "ago", "grade", "tone", "open")
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in SCHOOLS]
    for row in rows:
        row["fresh_at"] = now - row["ago"] if row["ago"] else None
        row["code"] = "2131" + str(abs(hash(row["id"])) % 10**6).zfill(6)
    found = cut(rows, ask, sort_key="name")
    return Table(
        name="schools",
        title="学校",
        columns=columns(),
        slice=Slice(found.rows, has_next=True, last=found.last),
        ask=ask,
        address=ADDRESS,
        filters=filters,
        total=105,
        total_unit="所",
        export=f"{ADDRESS}?as=xlsx",
        pick=lambda row: row["id"],
        bulk=[Bulk("催名册", ADDRESS), Bulk("停用", ADDRESS, "zhu")],
        row_actions=lambda row: [Action("催办", href=ADDRESS)] if row["open"] else [],
        has_search=True,
        search_hint="校名、拼音或首字母",
    )


def charts() -> dict[str, Chart]:
    years = ["2022", "2023", "2024", "2025", "2026"]
    days = [str(day) for day in range(1, 31)]
    return {
        "stages": Chart(
            "stages",
            "各学段在籍人数（近五年）",
            "bar",
            years,
            [
                Series("幼儿园", [10900, 10600, 9900, 9300, 8655]),
                Series("小学", [24200, 24700, 25200, 24900, 24602]),
                Series("初中", [13400, 13600, 14100, 14800, 15320]),
                Series("高中与中职", [7600, 7900, 8100, 8500, 8594]),
            ],
            unit="人",
            is_stacked=True,
            definition="每年 9 月 15 日学籍系统在籍数",
            source="市学籍系统导入批次 2026-09-15-03",
            href=ADDRESS,
            label_head="年份",
        ),
        "grades": Chart(
            "grades",
            "各年级有多少在籍学生？",
            "bar",
            GRADES,
            [Series("在籍", [2100 + 97 * place for place, _grade in enumerate(GRADES)])],
            unit="人",
            source="市学籍系统",
        ),
        "now": Chart(
            "now",
            "现在各学段各有多少人？",
            "bar",
            ["幼儿园", "小学", "初中", "高中与中职"],
            [Series("在籍", [8655, 24602, 15320, 8594])],
            unit="人",
            is_lying=True,
            size="short",
            definition="在籍数，不含借入",
            source="市学籍系统",
            label_head="学段",
        ),
        "present": Chart(
            "present",
            "近 30 天到校率掉过吗？",
            "line",
            days,
            [
                Series(
                    "今年",
                    [
                        round(98.4 + 0.6 * ((day * 7) % 5) / 5, 1) if day != 19 else 97.0
                        for day in range(1, 31)
                    ],
                )
            ],
            unit="%",
            band=Band("往年同期", [97.8] * 30, [99.0] * 30),
            floor=96,
            decimals=1,
            definition="当日 9 点前到校人数 ÷ 应到人数；灰带为往年同期",
            source="晨点名",
            label_head="日",
        ),
        "sex": Chart(
            "sex",
            "男女各占多少？",
            "pie",
            ["男", "女"],
            [Series("在籍", [29811, 27360])],
            unit="人",
            size="short",
            source="市学籍系统",
            label_head="性别",
        ),
    }


def show(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    now = timezone.now()
    request.scope = Scope(DISTRICT_STEWARD, 1, (1,), grant_no=12)  # type: ignore[attr-defined]
    shell = DemoShell(request)
    wrong = RegisterForm({"name": "阿卜杜拉·买买提", "phone": "1390000771", "relation": "51", "lives": "1"})
    return render(
        request,
        "gallery.html",
        {
            "shell": shell,
            "scope": shell.scope,
            "now": now,
            "main": Action("发起填报", opens="confirm"),
            "others": [Action("导出简报", href=ADDRESS, is_download=True)],
            "blocked": Action("改好 3 处后可应用", because="还有 3 行要改"),
            "where": ["105 所学校与单位", "2026 学年第一学期 第 3 周 星期三"],
            "numbers": [
                Number(
                    "在籍学生",
                    57171,
                    href=ADDRESS,
                    definition="学籍在本区学校的学生，含借出，不含借入。",
                    source="市学籍系统导入批次 2026-09-15-03",
                    at=now,
                    detail="在校 57,064　借入 212　借出 319",
                ),
                Number(
                    "在编教职工",
                    7435,
                    href=ADDRESS,
                    detail="专任教师 5,453　师生比 1 : 10.5",
                    definition="编制类型为在编的人员，跨校任教的只计一次。",
                    source="教师系统",
                ),
                Number(
                    "今日到校率",
                    98.6,
                    "%",
                    decimals=1,
                    shift=0.3,
                    shift_word="比昨天",
                    better="up",
                    detail="未说明缺席 37 人，其中 5 人超过 1 小时",
                    definition="9 点前到校人数 ÷ 应到人数。",
                    source="晨点名",
                ),
                Number("要改的行", 3, tone="zhu", detail="改好前，其余 1,412 行也不会写入"),
                Number("校车覆盖", None, detail="还没有学校上报", definition="有校车座位的学生数。"),
                Number("逾期整改", 11, "件", shift=2, shift_word="比上周", better="down"),
            ],
            "table": schools_table(request, now),
            "empty_table": Table(
                name="slips",
                title="激活单",
                columns=[Column("name", "批次")],
                slice=Slice(()),
                ask=Ask(columns=("name",)),
                empty="还没有发过激活单。先选班级，再一次为全班生成。",
                empty_actions=[Action("为班级生成激活单", href=ADDRESS)],
            ),
            "charts": charts(),
            "todo": [
                Todo("监护人电话缺失 46 人", "逾期 1 天", "zhu", href=ADDRESS, href_word="启明小学"),
                Todo("出生日期更正（户口簿）", "今日", "huang", href=ADDRESS, href_word="松原中学"),
                Todo("共享申请：区卫健委 视力监测", "3 天", "lan", href=ADDRESS, href_word="审核"),
                Todo("同名疑似同一人 9 组", "5 天", "lan", "其中 2 组同校同班", ADDRESS, "比对"),
            ],
            "tabs": [
                Tab("要改的", ADDRESS, True, 3),
                Tab("有变化", ADDRESS, count=58),
                Tab("新来", ADDRESS, count=236),
                Tab("离开", ADDRESS, count=241),
            ],
            "heads": ["姓名", "班级", "身份证件号", "出生日期"],
            "problems": [
                ProblemRow(
                    "一年级!C37",
                    [Cell("张若曦"), Cell("一（3）班"), Cell("3.10105E+17", True), Cell("2020-02-11")],
                    "号码被 Excel 改坏，后几位已丢失。",
                    "请设为文本格式后重填",
                ),
                ProblemRow(
                    "一年级!E52",
                    [
                        Cell("阿卜杜拉·买买提"),
                        Cell("一（4）班"),
                        Cell("6531 ********** 0018"),
                        Cell("2020-13-02", True),
                    ],
                    "没有 13 月；",
                    "按证件号应为 2020-01-02",
                    [Action("采用", post=ADDRESS)],
                ),
                ProblemRow(
                    "三年级!B19",
                    [Cell("周子墨"), Cell("三年7班", True), Cell("3101 ********** 2235"), Cell("2018-05-30")],
                    "本校三年级只有 1–6 班",
                    "",
                    [Action("选一个班", opens="confirm")],
                ),
            ],
            "entries": [
                Entry("姓名", "单思齐", "学籍系统", href=ADDRESS, href_word="读音 Shàn"),
                Entry("监护人电话", "138 **** 9012", "家长本人", "8 月 30 日", was="137 **** 5560"),
                Entry("现住址", "剑河新村 88 号", "学校", "9 月 1 日"),
                Entry("血型", None, "家长本人"),
            ],
            "form": RegisterForm(),
            "wrong_form": wrong,
            "running": Progress(
                "正在检查 2026 秋季学生名册.xlsx",
                62,
                95,
                poll=f"{ADDRESS}/progress",
                cancel=ADDRESS,
                detail="876 / 1,415 行",
            ),
            "waiting": Progress("等待前面的 2 件", state="waiting"),
            "failed": Progress(
                "正在应用批次 2026-09-15-03",
                40,
                state="failed",
                detail="第 5 段与现状冲突，前 4 段已写入并记录",
                href=ADDRESS,
                href_word="从第 5 段继续",
            ),
            "sheet": Sheet("各校在籍学生", "澜江区教育局", "7K2M-94QX", "沈知远", now),
            "tiles": [
                Tile("假", "请假", ADDRESS),
                Tile("课", "课后服务", ADDRESS, "lan"),
                Tile("证", "在读证明", ADDRESS, "huang"),
                Tile("码", "学码", ADDRESS, "lv"),
            ],
            "reply": [
                Todo("秋季社会实践告家长书", "待签", "zhu", "今天 18:00 前・四（2）班 41 / 44 已回", ADDRESS),
                Todo(
                    "监护人电话有两种说法",
                    "确认",
                    "huang",
                    "学校名册写的是 137…5560，请确认哪一个对",
                    ADDRESS,
                ),
            ],
            "paste_columns": ["姓名", "班级", "证件号"],
            "mark": "沈知远 09-16 10:32",
        },
    )


def show_part(request: HttpRequest, part: str) -> HttpResponse:
    """One part alone, for blocks that load by themselves."""
    if part == "progress":
        context = {
            "progress": Progress("正在检查 2026 秋季学生名册.xlsx", 100, 0, "done", detail="1,415 行都看过了")
        }
        return render(request, "parts/_progress.html", context)
    if part == "later":
        return render(request, "parts/_empty.html", {"title": "已取来", "text": "这一块是后来取的。"})
    raise Http404(part)
