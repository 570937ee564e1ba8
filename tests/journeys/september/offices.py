"""What an office does once the classes stand: who teaches what, paper, accounts and slips."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hubs.organisation.importers.given import sheet
from tests.journeys.conftest import picture
from tests.journeys.september.newcomers import apply_checked, check_import
from tests.journeys.september.school import CLASSES_OF_A_GRADE, GRADES, Desk, School, staff_names

SUBJECTS = ("语文", "数学")
PASSWORD = "apricot-window-84"
PAPERS = {"class_list": "班级名单", "seat_cards": "座位卡", "door_sign": "门贴"}

SEND = """async () => {
  const form = document.querySelector('form[action$="class.pdf"]');
  const answer = await fetch(form.action, {method: 'POST', body: new FormData(form)});
  return [answer.headers.get('content-type'), (await answer.text()).slice(0, 4)];
}"""


def teachers_are_named(school: School, clerk: Desk) -> None:
    """The 任课表 as a cross table: a homeroom teacher and two subjects for each class of the new year."""
    plan, teachers = school.plan, staff_names(school.plan)
    rows = [["班级", "班主任", *SUBJECTS]]
    for grade in range(plan.years):
        for number in range(1, CLASSES_OF_A_GRADE + 1):
            at = len(rows) - 1
            own, other = teachers[at], teachers[(at + 1) % len(teachers)]
            rows.append([f"{GRADES[grade]}（{number}）班", own, own, other])
    clerk.go("imports/new")
    clerk.page.get_by_label("任课表").first.check()
    check_import(clerk, "任课表.xlsx", sheet(rows))
    apply_checked(clerk)
    named = (
        "select role, count(*), count(distinct org_id) from enrolment where unit_no = %s and end_on is null"
    )
    assert school.rows(f"{named} group by 1 order by 1", school.unit_no) == [
        ("homeroom_teacher", plan.classes, plan.classes),
        ("teacher", len(SUBJECTS) * plan.classes, plan.classes),
    ]
    clerk.go(f"classes/{school.class_id(school.year, 1)}")
    assert teachers[0] in clerk.words()


def papers_are_printed(school: School, clerk: Desk) -> None:
    """Class list, seat cards and door sign come as PDF, and each copy is written down."""
    clerk.go("printing")
    page = clerk.page
    page.select_option("#of-class", str(school.class_id(school.year, 1)))
    for copies, kind in enumerate(PAPERS, 1):
        page.select_option("#of-kind", kind)
        page.fill("#of-copies", str(copies))
        # What a click opens in a tab of its own is not for a test to read: the same form is sent from the page.
        assert page.evaluate(SEND) == ["application/pdf", "%PDF"]
    clerk.go("printing/copies")
    shown = [row.split("\t")[:3] for row in page.locator("main tbody tr").all_inner_texts()]
    assert [int(copies) for _title, _paper, copies in reversed(shown)] == [1, 2, 3], "the newest first"
    assert all(title in row[0] for row, title in zip(reversed(shown), PAPERS.values(), strict=True)), shown
    kept = school.rows(
        "select kind, copies from print_copy where unit_no = %s order by copies", school.unit_no
    )
    assert kept == [(kind, copies) for copies, kind in enumerate(PAPERS, 1)]
    picture(page, f"copies-{school.plan.scheme}")


def families_get_slips(school: School, clerk: Desk, folder: Path) -> tuple[str, str]:
    """Accounts for every guardian, slips for a class; returns (child, code) of an adult with one child."""
    clerk.go("slips")
    clerk.page.select_option("#who", "guardians")
    clerk.press("为没有账号的人开通")
    clerk.see("人都有账号了")
    adults = school.rows(
        "select person_id from affiliation where unit_no = %s and role = 'guardian' and end_on is null",
        school.unit_no,
    )
    assert school.one(
        "select count(*) from account where person_id = any(%s)", [person for (person,) in adults]
    ) == len({*adults})
    class_id = school.class_id(school.year, 1)
    there = school.rows(
        "select g.guardian_id, count(*), array_agg(a.name) from guardian_of g join affiliation a"
        " on a.person_id = g.child_id and a.unit_no = %s and a.role = 'pupil' and a.end_on is null"
        " group by 1 having %s = any(array_agg(a.class_id))",
        school.unit_no,
        class_id,
    )
    clerk.go(f"slips?f.class={class_id}&f.role=guardian")
    clerk.page.select_option("#format", "txt")
    button = clerk.page.get_by_role("button", name=re.compile(r"给这 \d+ 人都做纸条"))
    with clerk.page.expect_download() as told:
        button.click()
    path = folder / f"slips-{school.plan.scheme}.txt"
    told.value.save_as(path)
    lines = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    assert sorted(line[1].count("班 ") for line in lines) == sorted(n for _adult, n, _names in there)
    line, name = next((line, line[1]) for line in lines if line[1].count("班 ") == 1)
    assert [name] in [[f"一（1）班 {one}" for one in names] for _adult, _n, names in there]
    return name.removeprefix("一（1）班 "), line[5]
