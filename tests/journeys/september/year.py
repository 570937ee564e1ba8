"""The classes go up, go back, and go up again; the oldest leave with a certificate, for the school that takes them in."""

from __future__ import annotations

from typing import Any

from tests.hubs.organisation.actions.test_turning import IMAGE
from tests.journeys.conftest import picture
from tests.journeys.september.school import (
    CLASSES_OF_A_GRADE,
    GRADES,
    LARGE_AGE,
    PUPILS_OF_THE_LARGE,
    Desk,
    School,
)

ELSEWHERE = "临州市江北区第二中学"


def image(school: School) -> dict[str, Any]:
    return {name: school.rows(sql) for name, sql in IMAGE.items()}


def classes_go_up(school: School, clerk: Desk) -> None:
    """Preview, apply, undo, apply; the numbers of the page are those of the base each time."""
    plan = school.plan
    going_up = plan.classes - CLASSES_OF_A_GRADE
    clerk.go("turning")
    assert [clerk.number(label) for label in ("升级的班", "结束的班", "毕业")] == [
        going_up,
        CLASSES_OF_A_GRADE,
        plan.graduates,
    ]
    for place, grade in enumerate(GRADES[: plan.years]):
        after = GRADES[place + 1] + "年级" if place + 1 < plan.years else "—"
        assert clerk.row(f"{grade}年级")[:2] == [f"{grade}年级", after]
    assert clerk.row(plan.leaving)[2:] == ["毕业", str(CLASSES_OF_A_GRADE), str(plan.graduates)]
    picture(clerk.page, f"turn-{plan.scheme}")
    before = image(school)
    apply(school, clerk)
    clerk.confirm("撤销升级")
    clerk.see("已撤销")
    clerk.offers("升级")
    assert image(school) == before, "undone, everything stands as it stood"
    assert school.pupils() == plan.pupils
    apply(school, clerk)


def apply(school: School, clerk: Desk) -> None:
    plan = school.plan
    clerk.confirm("升级")
    clerk.offers("撤销升级")
    assert f"毕业 {plan.graduates}" in clerk.words() and f"结束的班 {CLASSES_OF_A_GRADE}" in clerk.words()
    assert school.pupils() == plan.pupils - plan.graduates
    assert school.rows(
        "select entry_year, count(*) from org where unit_no = %s and kind = 'class' and closed_on is not null group by 1",
        school.unit_no,
    ) == [(school.entries[-1], CLASSES_OF_A_GRADE)]
    adults = "select count(*) from affiliation where unit_no = %s and role = 'guardian' and end_on is null"
    assert school.one(adults, school.unit_no) == plan.pupils - plan.graduates, (
        "who came for a child goes with it"
    )


def the_oldest_leave(school: School, clerk: Desk) -> list[str]:
    """Certificate numbers, destinations, the batch; returns the names of those handed to the next school."""
    plan = school.plan
    clerk.go("graduates")
    clerk.page.fill("[name=prefix]", "LJ")
    clerk.press("保存规则")
    clerk.press(f"给 {plan.graduates} 人编号")
    clerk.see(f"已给 {plan.graduates} 名毕业生编号")
    numbers = school.rows(
        "select certificate_no from graduation where unit_no = %s order by 1", school.unit_no
    )
    assert [number for (number,) in numbers] == [
        f"LJ{school.year}{serial:04}" for serial in range(1, plan.graduates + 1)
    ]
    boxes = clerk.page.locator("[name=pick]")
    names = [one.strip() for one in clerk.page.locator("label:has([name=pick])").all_inner_texts()]
    assert len(names) == plan.graduates
    for place in range(1, plan.graduates):
        boxes.nth(place).check()
    clerk.page.select_option("#to-unit", str(school.next_no))
    clerk.press("给打勾的登记去向")
    clerk.see(f"已登记 {plan.graduates - 1} 人的去向")
    clerk.page.locator("[name=pick]").first.check()
    clerk.page.fill("#to-text", ELSEWHERE)
    clerk.press("给打勾的登记去向")
    clerk.see("已登记 1 人的去向")
    assert clerk.row(names[0])[3] == ELSEWHERE
    clerk.press("移交")
    clerk.see("已移交")
    picture(clerk.page, f"graduates-{plan.scheme}")
    return names[1:]


def the_next_school_takes_them(school: School, clerk: Desk, names: list[str]) -> None:
    """The batch stands on the desk of the next school, whose clerk lets the same people in as its new pupils."""
    clerk.go("graduates")
    assert f"{school.name}：{len(names)} 人" in clerk.words()
    clerk.go("intake")
    clerk.press("带入名单")
    clerk.see(f"带入 {len(names)} 名移交来的毕业生")
    assert clerk.number("还没来") == len(names)
    came = school.rows(
        "select i.name, i.stage, i.school_year, i.person_id = a.person_id, h.state from intake i"
        " join affiliation a on a.unit_no = %s and a.role = 'pupil' and a.person_id = i.person_id"
        " join handover h on h.unit_no = i.unit_no and h.way = 'in' where i.unit_no = %s",
        school.unit_no, school.next_no,
    )  # fmt: skip
    assert sorted(came) == sorted((name, "junior", school.year, True, "taken") for name in names)


def large_classes_are_warned_of(school: School, clerk: Desk) -> None:
    """One class above the bound stands in the list, and no other."""
    clerk.go("large-classes")
    (row,) = clerk.page.locator("main tbody tr").all()
    assert row.locator("td").all_inner_texts() == [
        f"{GRADES[LARGE_AGE]}（1）班",
        str(PUPILS_OF_THE_LARGE),
        "大班额",
    ]
