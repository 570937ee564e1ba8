"""Who changes class, rests or leaves; what the register says of it; the children whom schooling may have lost."""

from __future__ import annotations

from datetime import date

from tests.hubs.organisation.importers.given import sheet
from tests.journeys.conftest import PATIENCE_MS, picture
from tests.journeys.september import newcomers
from tests.journeys.september.school import GRADES, Desk, School, id_number, roster

OTHER_SCHOOL = "临州市江北区实验小学"
HEADS = ("姓名", "年级", "班级", "身份证件号", "民族", "学生当前状态", "是否学籍在读一致")
STRANGER, STRANGERS_NUMBER = "江一诺", 301
COUNTED = (
    "select o.entry_year, o.class_no, count(*) from affiliation a join org o on o.unit_no = a.unit_no and o.id = a.class_id"
    " where a.unit_no = %s and a.role = 'pupil' and a.end_on is null group by 1, 2 order by 1 desc, 2"
)
MOVEMENT = (
    "select kind, state, register_no, closed_by from movement where unit_no = %s and affiliation_id = %s"
)


def ask(clerk: Desk, name: str, kind: str, **fields: str) -> str:
    """Ask for a movement by the page; returns where it stands, below the acting role."""
    clerk.go("moving/new")
    clerk.page.fill("#who-text", name)
    clerk.press("找学生")
    clerk.page.locator(".todo a", has_text=name).first.click()
    clerk.page.locator(".todo a", has_text=kind).first.click()
    for field, value in fields.items():
        clerk.page.fill(f"[name={field}]", value)
    places = clerk.page.locator("[name=to_class_id]")
    if places.count():
        places.select_option(index=1)
    clerk.press("登记，请校长决定")
    clerk.see("已登记，等校长决定")
    return str(clerk.page.url.removeprefix(clerk.start))


def agree(head: Desk, path: str) -> None:
    head.go(path)
    head.press("同意")
    head.page.locator(".toast, .note, main").get_by_text("现在是").first.wait_for()


def first_of(school: School, entry_year: int, class_no: int) -> str:
    """The pupil in the first seat of a class."""
    return str(
        school.one(
            "select name from affiliation where class_id = %s and role = 'pupil' and end_on is null and seat_no = 1",
            school.class_id(entry_year, class_no),
        )
    )


def class_is_changed(school: School, clerk: Desk, head: Desk) -> None:
    """With a reason, and by the head's word only."""
    entry_year = school.year - 1
    here, there = (school.class_id(entry_year, number) for number in (1, 2))
    name = first_of(school, entry_year, 1)
    _person, pupil = school.pupil(name)
    path = ask(clerk, name, "调班", reason="与双胞胎妹妹同班")
    in_class = "select class_id from affiliation where id = %s"
    assert clerk.page.get_by_role("button", name="同意", exact=True).count() == 0
    assert school.one(in_class, pupil) == here, "asked for, nothing has moved"
    agree(head, path)
    assert school.one(in_class, pupil) == there
    assert school.rows(MOVEMENT, school.unit_no, pupil) == [("class", "closed", "", "school")]
    clerk.go(f"classes/{there}")
    assert name in clerk.words()


def goes_to_the_register(clerk: Desk, path: str, number: str) -> None:
    """Papers come, it is sent, the register gives its number."""
    clerk.go(path)
    send = clerk.page.get_by_role("button", name="已报学籍系统", exact=True)
    assert send.is_disabled(), "papers are missing"
    for box in clerk.page.locator("[name=papers]").all():
        box.check()
    clerk.press("记下收到的材料")
    clerk.see("材料已记下")
    send.click()
    clerk.page.fill("[name=register_no]", number)
    clerk.press("登记业务号")
    clerk.see("现在是“学籍系统已办”")


def one_rests_one_leaves(school: School, clerk: Desk, head: Desk) -> tuple[str, str]:
    """A 休学 and a 转出 up to the register's numbers; returns whom they are of."""
    resting, leaving = (first_of(school, school.year - 2, number) for number in (1, 2))
    before = school.pupils()
    for name, kind, number, told in (
        (resting, "休学", "XX2026001", {"until_on": f"{date.today().replace(day=1).replace(year=date.today().year + 1)}"}),
        (leaving, "转出", "ZC2026002", {"other_text": OTHER_SCHOOL}),
    ):  # fmt: skip
        path = ask(clerk, name, kind, reason="住院手术" if kind == "休学" else "随父母工作调动", **told)
        agree(head, path)
        _person, pupil = school.pupil(name)
        assert school.one("select is_present from affiliation where id = %s", pupil) is False
        goes_to_the_register(clerk, path, number)
        ((_kind, state, told_number, closed_by),) = school.rows(MOVEMENT, school.unit_no, pupil)
        assert (state, told_number, closed_by) == ("registered", number, "")
    assert school.pupils() == before, "the register has not spoken: both stand in the list"
    picture(clerk.page, f"movement-{school.plan.scheme}")
    return resting, leaving


def export(school: School, resting: str, gone: tuple[str, ...], changed: str) -> bytes:
    """The register's export: everybody but those it has let go, one at rest, one of another ethnic group, one who is
    nowhere else."""
    rows = [list(HEADS)]
    found = school.rows(
        "select a.name, o.entry_year, o.class_no, p.ethnic from affiliation a join org o on o.unit_no = a.unit_no"
        " and o.id = a.class_id join person p on p.id = a.person_id where a.unit_no = %s and a.role = 'pupil'"
        " and a.end_on is null order by o.entry_year, o.class_no, a.seat_no, a.name",
        school.unit_no,
    )  # fmt: skip
    numbers = {row[0]: row[3] for row in roster(school.plan, school.year)}
    numbers |= dict(zip(newcomers.names(), newcomers.numbers_of(school.plan, school.year), strict=True))
    for name, entry_year, class_no, _ethnic in found:
        if name not in gone:
            rests = name == resting
            rows.append([
                name, f"{GRADES[school.year - entry_year]}年级", f"{class_no}班", numbers[name],
                "回族" if name == changed else "汉族", "休学" if rests else "在读", "否" if rests else "是",
            ])  # fmt: skip
    stranger = id_number(school.plan, STRANGERS_NUMBER, school.year)
    rows.append([STRANGER, "一年级", "1班", stranger, "汉族", "在读", "是"])
    return sheet(rows)


def the_register_is_compared(school: School, clerk: Desk, resting: str, leaving: str) -> None:
    """Each difference by name with who must act; then the export is applied, closes both movements, and tells of a child
    whom nobody knows to be anywhere."""
    lost, changed = (first_of(school, school.year - 4, number) for number in (1, 2))
    clerk.go("imports/new?importer=pupil_register")
    clerk.page.locator("[name=is_full]").check()
    newcomers.check_import(clerk, "学籍系统导出.xlsx", export(school, resting, (leaving, lost), changed))
    batch = clerk.page.url.removeprefix(clerk.start)
    clerk.go("registers")
    clerk.press("比对")
    clerk.page.get_by_text("两边的人数").first.wait_for(timeout=PATIENCE_MS)
    picture(clerk.page, f"comparison-{school.plan.scheme}")
    pupils = school.pupils()
    assert (clerk.number("学籍系统"), clerk.number("基座在籍")) == (pupils - 1, pupils)
    assert clerk.row(lost)[2] == clerk.row(leaving)[2] == "只在基座"
    assert clerk.row(STRANGER)[2] == "只在登记系统"
    assert clerk.row(changed)[2] == "内容不同 民族"
    there = school.rows(COUNTED, school.unit_no)
    for entry_year, class_no, count in there:
        name = f"{GRADES[school.year - entry_year]}（{class_no}）班"
        assert clerk.row(name)[::2] == [name, str(count)], "the base's side, class by class"
    lines = school.rows(
        "select kind, count(*) from comparison_line where unit_no = %s group by 1 order by 1", school.unit_no
    )
    assert lines == [("absent", 1), ("differing", 1), ("only_base", 2), ("only_register", 1)]
    assert clerk.number("差异") == sum(count for _kind, count in lines)
    clerk.go(batch)
    newcomers.apply_checked(clerk)
    for name, kind in ((resting, "suspend"), (leaving, "transfer_out")):
        _person, pupil = school.pupil(name)
        ((of, state, _number, closed_by),) = school.rows(MOVEMENT, school.unit_no, pupil)
        assert (of, state, closed_by) == (kind, "closed", "register")
    assert school.pupils() == pupils - 2 + 1
    clerk.go("missing")
    (row,) = clerk.page.locator("main tbody tr").all()
    assert row.locator("td").all_inner_texts()[0] == lost and "离校后没有下一所学校" in row.inner_text()
    picture(clerk.page, f"missing-{school.plan.scheme}")
