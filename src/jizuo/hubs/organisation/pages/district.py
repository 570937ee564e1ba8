"""The start of district, head and operator: the numbers first, what waits, the schools; the briefing as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages import format, shell
from jizuo.ground.pages.asks import Ask
from jizuo.ground.pages.charts import Chart, Series
from jizuo.ground.pages.parts import Action, Number, Todo
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Filter, Table
from jizuo.hubs.data.codes import name_of, tables
from jizuo.hubs.organisation.actions.counting import COUNTERS, recount
from jizuo.hubs.organisation.definitions import SMALLEST_GROUP, all_definitions
from jizuo.hubs.organisation.queries import numbers
from jizuo.hubs.organisation.queries.numbers import NUMBER_ROLES, Overview, SchoolLine, Schools, shown
from jizuo.plain.school_year import SCHEMES, SchoolYear
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

WEEKDAYS = (
    gettext_lazy("星期一"), gettext_lazy("星期二"), gettext_lazy("星期三"), gettext_lazy("星期四"),
    gettext_lazy("星期五"), gettext_lazy("星期六"), gettext_lazy("星期日"),
)  # fmt: skip
#: Short words for the axis of a chart, by grade code; a junior year is counted, since 五四 and 六三 name it apart.
GRADES = (
    dict(zip(("01", "02", "03", "04"), "托小中大", strict=True))
    | {f"1{n}": "一二三四五六"[n - 1] for n in range(1, 7)}
    | {f"2{n}": f"初{n}" for n in range(1, 5)}
    | {f"3{n}": f"高{'一二三'[n - 1]}" for n in range(1, 4)}
    | {f"4{n}": f"职{'一二三'[n - 1]}" for n in range(1, 4)}
)
STAGES = ("kindergarten", "primary", "junior", "senior", "vocational")
PUPIL_NUMBERS = ("registered", "present", "lent_in", "lent_out")


def lead(path: str) -> str:
    """The address of `path`, '' where the acting role may not open it."""
    return to(path) if shell.is_open_to(scopes.current().role, path) else ""


def where_now(found: Overview, unit_name: str) -> list[str]:
    """The line under the title: unit or its reach, school year, term and week, weekday."""
    today = scopes.current().today
    words = []
    if found.units > 1:
        words.append(_("%(count)s 所学校与单位") % {"count": format.figure(found.units)})
    else:
        words.append(unit_name)
    year = found.term or str(SchoolYear(found.year))
    if found.week:
        year += " " + _("第 %(week)s 周") % {"week": found.week}
    words.append(f"{year} {WEEKDAYS[today.weekday()]}")
    return words


def list_behind(key: str, is_many: bool) -> str:
    """Where a number leads: many units to the list of schools in its order, one unit to its people."""
    definition = all_definitions()[key]
    if is_many and key in numbers.SORTS:
        return lead(f"schools?sort=-{key}")
    return lead(definition.list)


def number(key: str, value: Any, found: Overview, **more: Any) -> Number:
    """A number card with everything behind its "?"."""
    told = all_definitions()[key]
    usual = {
        "unit": told.say("unit"),
        "href": list_behind(key, found.units > 1),
        "definition": f"{told.say('formula')}；{told.say('population')}",
        "source": told.say("source"),
        "at": found.counted_at,
        "more": to(f"definitions#{key}"),
    }
    return Number(told.say("title"), value, **(usual | more | ({"href": ""} if value is None else {})))


def words_of(found: Overview, *keys: str) -> str:
    """「在校 57,064　借入 212」: small numbers beside a big one; what has no data says so."""
    return "　".join(
        f"{all_definitions()[key].say('title')} {format.figure(found.totals[key])}" for key in keys
    )


def cards(found: Overview) -> list[Number]:
    """The cards of a unit or a district."""
    totals = found.totals
    many = found.units > 1
    missing = found.units - found.counted
    out = [
        number(
            "registered",
            totals["registered"],
            found,
            detail=words_of(found, "present", "lent_in", "lent_out"),
        ),
        number("staff", totals["staff"], found, detail=staff_words(found)),
        number("classes", totals["classes"], found, detail=mean_class(found)),
    ]
    if many:
        out.append(
            number(
                "freshness",
                found.fresh,
                found,
                unit=_("/ %(count)s 所") % {"count": format.figure(found.units)},
                detail=_("%(count)s 所还没有数据") % {"count": missing} if missing else _("每所都有数据"),
                tone="zhu" if missing else "",
                at=found.refreshed_at,
                href=lead("schools?sort=refreshed_at"),
            )
        )
    else:
        out.append(
            number(
                "freshness",
                format.recent(found.refreshed_at) if found.refreshed_at else None,
                found,
                unit="",
                at=found.refreshed_at,
                href=lead("imports"),
            )
        )
    return out


def ratio_word(ratio: float | Decimal | None) -> str | None:
    """1 : 10.5; None without data."""
    return None if ratio is None else f"1\u00a0:\u00a0{ratio:.1f}"


def staff_words(found: Overview) -> str:
    """What stands beside the number of staff: on the establishment, full-time teachers, pupils for each of them."""
    ratio = ratio_word(found.pupils_per_teacher)
    words = words_of(found, "established", "full_time")
    return f"{words}　{all_definitions()['pupils_per_teacher'].say('title')} {ratio or _('无数据')}"


def mean_class(found: Overview) -> str:
    """How many pupils a class has on average, in words; '' without either."""
    present, classes = found.totals["present"], found.totals["classes"]
    return (
        "" if present is None or not classes else _("平均每班 %(count).1f 人") % {"count": present / classes}
    )


def pupils_by_grade(found: Overview) -> Chart:
    """How many pupils each grade has, coloured by stage."""
    cells = found.by("registered", "stage", "grade")
    grades = sorted({grade for _stage, grade in cells if grade in GRADES})
    outside = numbers.is_outside()
    series = [
        Series(
            name_of("stage", stage),
            [shown(cells.get((stage, grade)), is_outside=outside) for grade in grades],
        )
        for stage in STAGES
        if any((stage, grade) in cells for grade in grades)
    ]
    told = all_definitions()["registered"]
    return Chart(
        "grades",
        _("各年级有多少在籍学生？"),
        "bar",
        [GRADES[grade] for grade in grades] or [""],
        series or [Series(told.say("title"), [None])],
        unit=told.say("unit"),
        is_stacked=True,
        definition=told.say("formula"),
        source=told.say("source"),
        at=found.counted_at,
        href=list_behind("registered", found.units > 1),
        href_word=_("看名单"),
        label_head=_("年级"),
    )


def sex_by_stage(found: Overview) -> Chart:
    """Boys and girls in each stage."""
    cells = found.by("registered", "stage", "sex")
    stages = [stage for stage in STAGES if any(key[0] == stage for key in cells)]
    outside = numbers.is_outside()
    series = [
        Series(label, [shown(cells.get((stage, sex)), is_outside=outside) for stage in stages])
        for sex, label in (("1", _("男")), ("2", _("女")))
    ]
    told = all_definitions()["registered"]
    return Chart(
        "sexes",
        _("各学段男女生各有多少？"),
        "bar",
        [name_of("stage", stage) for stage in stages] or [""],
        series if stages else [Series(told.say("title"), [None])],
        unit=told.say("unit"),
        is_lying=True,
        definition=told.say("formula"),
        source=told.say("source"),
        at=found.counted_at,
        size="short",
        label_head=_("学段"),
    )


def staff_by_kind(found: Overview) -> Chart:
    """Staff by establishment."""
    cells = found.by("staff", "kind")
    kinds = [row.code for row in tables()["staffing"] if (row.code,) in cells]
    if ("",) in cells:
        kinds.append("")
    outside = numbers.is_outside()
    told = all_definitions()["staff"]
    return Chart(
        "staff",
        _("教职工各是什么编制？"),
        "bar",
        [name_of("staffing", kind) or _("没有登记") for kind in kinds] or [""],
        [
            Series(
                told.say("title"),
                [shown(cells.get((kind,)), is_outside=outside) for kind in kinds] or [None],
            )
        ],
        unit=told.say("unit"),
        is_lying=True,
        definition=told.say("formula"),
        source=told.say("source"),
        at=found.counted_at,
        href=list_behind("staff", found.units > 1),
        size="short",
        label_head=_("编制"),
    )


def waiting(found: Overview, told_above: Sequence[Todo]) -> list[Todo]:
    """What waits for the reader and the acting role may open, the late first; told_above: what rooms above this one
    say."""
    told = found.waiting
    lines: list[Todo] = []

    def add(count: int | None, words: str, tag: str, tone: str, path: str, verb: str) -> None:
        if count and (href := lead(path)):
            lines.append(Todo(words % {"count": count}, tag, tone, href=href, href_word=verb))

    add(told.late, _("更正申请 %(count)s 件过了答复期限"), _("逾期"), "zhu", "corrections", _("答复"))
    add(told.held, _("名册 %(count)s 批等第二个人批准"), _("待批准"), "huang", "imports", _("审看"))
    add(told.faulty, _("名册 %(count)s 批有错要改"), _("有错"), "huang", "imports", _("修改"))
    add(told.ready, _("名册 %(count)s 批检查好了，还没有应用"), _("待应用"), "huang", "imports", _("应用"))
    add(found.same_people, _("疑似同一人 %(count)s 组"), _("比对"), "lan", "same-people", _("比对"))
    add(told.conflicts, _("两处说法不同 %(count)s 项"), _("核对"), "lan", "conflicts", _("核对"))
    add(
        told.corrections - told.late,
        _("更正申请 %(count)s 件待答复"),
        _("待答复"),
        "lan",
        "corrections",
        _("答复"),
    )
    add(told.sources, _("外部来源 %(count)s 个问题要看"), _("来源"), "zhu", "collect", _("去看"))
    add(told.shares_late, _("共享申请 %(count)s 件过了答复期限"), _("逾期"), "zhu", "shares", _("答复"))
    add(
        told.shares - told.shares_late,
        _("共享申请 %(count)s 件待答复"),
        _("待答复"),
        "lan",
        "shares",
        _("答复"),
    )
    if found.units == 1:
        add(
            found.totals["without_guardian"], _("%(count)s 名学生没有监护人"), _("缺数据"), "huang",
            "people/pupils?f.missing=guardian", _("补录"),
        )  # fmt: skip
        add(
            found.totals["without_phone"], _("%(count)s 名学生的监护人没有电话"), _("缺数据"), "huang",
            "people/pupils?f.missing=phone", _("补录"),
        )  # fmt: skip
    elif found.units > found.counted:
        add(
            found.units - found.counted, _("%(count)s 所还没有名册"), _("缺数据"), "huang", "schools?f.fresh=never",
            _("催办"),
        )  # fmt: skip
    return [*lines, *told_above]


def few(name: str) -> Callable[[SchoolLine], Any]:
    """The value of a pupils' column; a group too small is said so to whoever looks from outside."""

    def value(line: SchoolLine) -> Any:
        count = getattr(line, name)
        if shown(count, is_outside=numbers.is_outside()) is None and count is not None:
            return _("少于 %(count)s") % {"count": SMALLEST_GROUP}
        return count

    return value


def column(key: str, **more: Any) -> Column:
    """A figure column of the list of schools, called as its definition says."""
    value = few(key) if key in PUPIL_NUMBERS else None
    leads = more.pop("href", None)

    def href(line: SchoolLine) -> str:
        return leads(line) if getattr(line, key) is not None else ""

    title = all_definitions()[key].say("title")
    return Column(key, title, kind="figure", sort=True, value=value, href=href if leads else None, **more)


def columns() -> list[Column]:
    """The columns of the list of schools; numbers lead to the people behind them."""

    def people(path: str) -> Callable[[SchoolLine], str]:
        mark = "&" if "?" in path else "?"
        return lambda line: lead(f"{path}{mark}f.unit={line.unit_no}")

    return [
        Column("name", _("学校"), sort=True, href=lambda line: lead(f"people/pupils?f.unit={line.unit_no}")),
        Column("scheme", _("学制"), value=lambda line: scheme_name(line.scheme)),
        column("registered", href=people("people/pupils?f.registered=yes")),
        column("present", href=people("people/pupils?f.present=yes")),
        column("lent_in", shown=False),
        column("lent_out", shown=False),
        column("classes", href=people("classes")),
        column("staff", shown=False, href=people("people/staff?f.registered=yes")),
        column("established", shown=False),
        column("full_time", href=people("people/staff?f.full_time=yes&f.registered=yes")),
        Column(
            "pupils_per_teacher",
            all_definitions()["pupils_per_teacher"].say("title"),
            kind="figure",
            sort=True,
            value=lambda line: ratio_word(line.pupils_per_teacher),
        ),
        Column(
            "refreshed_at",
            _("名册更新"),
            kind="moment",
            sort=True,
            value=lambda line: line.refreshed_at or _("还没有"),
        ),
    ]


def scheme_name(code: str) -> str:
    """学制 in words; '' where nobody has said it."""
    return SCHEMES[code].name if code in SCHEMES else code


def filters() -> list[Filter]:
    """How the list of schools is narrowed."""
    return [
        Filter("scheme", _("学制"), [(code, one.name) for code, one in SCHEMES.items()]),
        Filter("kind", _("种类"), [("school", _("学校")), ("bureau", _("教育局")), ("centre", _("中心"))]),
        Filter(
            "fresh",
            _("名册"),
            [("fresh", _("30 天内更新过")), ("stale", _("超过 30 天")), ("never", _("还没有"))],
        ),
    ]


def school_ask(request: ActingRequest, size: int = 50) -> Ask:
    """What the address asks of the list of schools."""
    return Ask.read(request.GET, columns(), filters(), sort="name", size=size)


def school_table(found: Schools, ask: Ask) -> Table:
    """The list of schools."""
    return Table(
        "schools",
        _("学校"),
        columns(),
        found.slice,
        ask,
        address=to("schools"),
        filters=filters(),
        total=found.count,
        total_unit=_("所"),
        export=to("schools/export"),
        empty=_("还没有学校。先在“单位”里建立，或导入带学校的名册。"),
        has_search=True,
        search_hint=_("校名或拼音"),
        is_wide=True,
    )


def start(request: ActingRequest) -> HttpResponse:
    """The start of a district or a school's head."""
    ask = school_ask(request, 20)
    told = numbers.day_start(ask=ask)
    found = told.overview
    unit_name = request.unit_name
    others = [Action(_("导出简报"), href=to("briefing"), is_download=True)]
    main = Action(_("导入名册"), href=to("imports"))
    context = {
        "title": f"{format.prose_day(scopes.current().today)}　{unit_name}",
        "where": where_now(found, unit_name),
        "found": found,
        "main": main if scopes.current().role in COUNTERS - {scopes.HEAD} else None,
        "others": others,
        "cards": cards(found),
        "waiting": waiting(found, told.told),
        "grades": pupils_by_grade(found),
        "sexes": sex_by_stage(found),
        "staff": staff_by_kind(found),
        "table": school_table(told.schools, ask) if told.schools else None,
        "grade_rows": [] if told.schools else grade_rows(found),
    }
    return render(request, "organisation/district.html", context)


def grade_rows(found: Overview) -> list[dict[str, Any]]:
    """One school's pupils grade by grade: classes, registered, present, boys, girls."""
    registered = found.by("registered", "stage", "grade")
    present = found.by("present", "stage", "grade")
    classes = found.by("classes", "stage", "grade")
    sexes = found.by("registered", "stage", "grade", "sex")
    places = sorted(
        registered.keys() | present.keys() | classes.keys(), key=lambda place: (place[1] or "z", place)
    )
    return [
        {
            "grade": name_of("grade", grade) or _("没有分年级"),
            "classes": classes.get((stage, grade), 0),
            "registered": registered.get((stage, grade), 0),
            "present": present.get((stage, grade), 0),
            "boys": sexes.get((stage, grade, "1"), 0),
            "girls": sexes.get((stage, grade, "2"), 0),
        }
        for stage, grade in places
    ]


def schools(request: ActingRequest) -> HttpResponse:
    """The list of schools alone."""
    ask = school_ask(request)
    return render(
        request, "organisation/schools.html", {"table": school_table(numbers.school_list(ask=ask), ask)}
    )


def out_line(line: SchoolLine) -> dict[str, Any]:
    """A school's line in a workbook; what is missing says so."""
    values: dict[str, Any] = {
        "name": line.name,
        "scheme": scheme_name(line.scheme),
        "refreshed_at": format.table_day(line.refreshed_at) or _("无数据"),
    }
    for key in SCHOOL_NUMBERS:
        raw = getattr(line, key)
        values[key] = few(key)(line) if key in PUPIL_NUMBERS else raw
        if values[key] is None:
            values[key] = _("无数据")
    return values


SCHOOL_NUMBERS = (
    "registered", "present", "lent_in", "lent_out", "classes", "staff", "established", "full_time",
    "pupils_per_teacher",
)  # fmt: skip


def school_sheet() -> ListSheet:
    """Every school as a sheet."""
    lines = numbers.every_school()
    return ListSheet(
        _("各校概况"),
        [
            OutColumn("name", _("学校")),
            OutColumn("scheme", _("学制")),
            *(OutColumn(key, all_definitions()[key].say("title")) for key in SCHOOL_NUMBERS),
            OutColumn("refreshed_at", _("名册更新")),
        ],
        [out_line(line) for line in lines],
        notes=[_("人数少于 %(count)s 的不显示") % {"count": SMALLEST_GROUP}] if numbers.is_outside() else (),
    )


def briefing_sheets(found: Overview, unit_name: str) -> list[ListSheet]:
    """The briefing: each number with definition and source, pupils by stage and grade, the schools."""
    values: dict[str, Any] = {key: found.totals.get(key) for key in all_definitions()}
    values["pupils_per_teacher"] = ratio_word(found.pupils_per_teacher)
    values["freshness"] = found.fresh
    subtitle = f"{unit_name}　{format.table_day(scopes.current().today)}"
    rows = [
        {
            "title": told.say("title"),
            "value": _("无数据") if values[key] is None else format.figure(values[key]),
            "unit": told.say("unit"),
            "formula": told.say("formula"),
            "population": told.say("population"),
            "source": told.say("source"),
            "at": format.recent(found.counted_at),
        }
        for key, told in all_definitions().items()
    ]
    heads = (
        ("title", _("数字")), ("value", _("值")), ("unit", _("单位")), ("formula", _("口径")),
        ("population", _("统计范围")), ("source", _("来源")), ("at", _("统计时间")),
    )  # fmt: skip
    sheets = [
        ListSheet(_("简报"), [OutColumn(key, word) for key, word in heads], rows, subtitle=subtitle),
        ListSheet(
            _("分年级"),
            [
                OutColumn("grade", _("年级")),
                OutColumn("classes", _("班级数")),
                OutColumn("registered", _("在籍")),
                OutColumn("present", _("在校")),
                OutColumn("boys", _("男")),
                OutColumn("girls", _("女")),
            ],
            [
                {
                    key: few_word(value) if isinstance(value, int) and key != "classes" else value
                    for key, value in row.items()
                }
                for row in grade_rows(found)
            ],
            subtitle=subtitle,
        ),
    ]
    return [*sheets, school_sheet()] if found.units > 1 else sheets


def few_word(count: int) -> str:
    """A count, or the word for a group too small to be shown outside its school."""
    if shown(count, is_outside=numbers.is_outside()) is None:
        return _("少于 %(count)s") % {"count": SMALLEST_GROUP}
    return str(count)


def workbook(request: ActingRequest, name: str, sheets: list[ListSheet]) -> HttpResponse:
    """A workbook to be saved."""
    unit_name = request.unit_name
    footer = f"{unit_name} {timezone.localtime():%Y-%m-%d %H:%M}"
    response = HttpResponse(
        write_list(sheets, landscape=True, footer=footer),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


def briefing(request: ActingRequest) -> HttpResponse:
    """The numbers of today as a workbook."""
    unit_name = request.unit_name
    day = format.table_day(scopes.current().today)
    return workbook(
        request, f"{unit_name}{_('简报')}{day}.xlsx", briefing_sheets(numbers.overview(), unit_name)
    )


def export_schools(request: ActingRequest) -> HttpResponse:
    """The list of schools as a workbook."""
    return workbook(
        request, f"{_('各校概况')}{format.table_day(scopes.current().today)}.xlsx", [school_sheet()]
    )


def definitions(request: ActingRequest) -> HttpResponse:
    """What each number means."""
    lines = [
        {
            "key": key,
            "title": told.say("title"),
            "formula": told.say("formula"),
            "unit": told.say("unit"),
            "population": told.say("population"),
            "source": told.say("source"),
        }
        for key, told in all_definitions().items()
    ]
    return render(request, "organisation/definitions.html", {"lines": lines, "smallest": SMALLEST_GROUP})


def count_again(request: ActingRequest) -> HttpResponse:
    """Count the own unit, and all below a bureau, anew."""
    if request.method == "POST":
        scope = scopes.current()
        recount(unit_no=scope.unit_no)
        below = len(scope.units) - 1
        messages.success(
            request,
            ngettext(
                "已重新统计本单位，另有 %(count)s 个单位排队",
                "已重新统计本单位，另有 %(count)s 个单位排队",
                below,
            )
            % {"count": below}
            if below
            else _("已重新统计。"),
        )
    return redirect(to(""))


DISTRICT = scopes.DISTRICT_ROLES | {scopes.OPERATOR}
PAGES = [
    Page(
        "schools",
        schools,
        gettext_lazy("学校"),
        DISTRICT,
        group="people",
        icon="校",
        order=10,
        name="schools",
    ),
    Page("schools/export", export_schools, gettext_lazy("导出学校"), DISTRICT, in_menu=False),
    Page("briefing", briefing, gettext_lazy("导出简报"), NUMBER_ROLES, in_menu=False),
    Page("definitions", definitions, gettext_lazy("数字的口径"), scopes.STAFF_ROLES, in_menu=False),
    Page("recount", count_again, gettext_lazy("重新统计"), COUNTERS, in_menu=False),
]
