"""Lists out as Excel: text cells, a second factor over a hundred people, a record of who took what."""

from __future__ import annotations

import pytest

from jizuo.plain.workbook import read


def sheets(answer):
    return read.read(answer.content, "out.xlsx").sheets


def texts(sheet):
    return [[cell.text for cell in row] for row in sheet.rows]


def test_a_class_goes_out_as_text_and_is_written_down(place):
    klass, count = place.rows(
        "select class_id::text, count(*) from affiliation where role = 'pupil' and end_on is null group by 1 limit 1"
    )[0]
    desk = place.desk("clerk")
    answer = desk.client.get(
        f"{desk.at}/exports/pupils.xlsx?f.class={klass}&cols=name&cols=local_no&cols=phone"
    )
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    rows = texts(sheets(answer)[0])
    heading = next(place for place, row in enumerate(rows) if "姓名" in row)
    assert rows[heading] == ["序号", "姓名", "学号", "监护人电话"] and len(rows) - heading - 1 == count
    assert all(cell.kind in ("text", "empty") for row in sheets(answer)[0].rows[heading:] for cell in row)
    log = desk.client.get(f"{desk.at}/exports").content.decode()
    assert "学生名单" in log and "沈知远" in log
    subjects = place.rows(
        "select count(*) from audit_subject s join audit_entry e on e.id = s.entry_id where e.grant_no = %s", desk.grant_no
    )[0][0]  # fmt: skip
    assert subjects >= count


def test_over_a_hundred_people_ask_a_second_factor(place):
    plain = place.desk("clerk")
    answer = plain.client.get(f"{plain.at}/exports/pupils.xlsx")
    assert answer.status_code == 302 and "/me/step-up/" in answer["Location"]
    desk = place.desk("clerk", is_stepped_up=True)
    answer = desk.client.get(f"{desk.at}/exports/pupils.xlsx?split=class")
    classes = place.rows(
        "select count(distinct class_id) from affiliation where role = 'pupil' and end_on is null"
    )[0][0]
    assert answer.status_code == 200 and len(sheets(answer)) >= classes


def test_a_homeroom_teacher_takes_her_own_class_only(place):
    mine, other = (
        row[0] for row in place.rows("select id from org where kind = 'class' order by id limit 2")
    )
    desk = place.desk("homeroom_teacher", org_ids=[mine])
    count = place.rows("select count(*) from affiliation where class_id = %s and end_on is null", mine)[0][0]
    rows = texts(sheets(desk.client.get(f"{desk.at}/exports/pupils.xlsx"))[0])
    assert sum(row[0].isdecimal() for row in rows) == count
    assert desk.client.get(f"{desk.at}/exports/pupils.xlsx?f.class={other}").status_code == 422
    assert desk.client.get(f"{desk.at}/exports/staff.xlsx").status_code == 403


@pytest.mark.parametrize("role", ["teacher", "pupil", "guardian"])
def test_others_take_nothing(place, role):
    desk = place.desk(role)
    for path in ("exports", "exports/pupils.xlsx", "exports/staff.xlsx"):
        assert desk.client.get(f"{desk.at}/{path}").status_code == 403


def test_staff_go_out(place):
    desk = place.desk("head", is_stepped_up=True)
    rows = texts(sheets(desk.client.get(f"{desk.at}/exports/staff.xlsx?f.full_time=yes"))[0])
    assert any("专任" in row for row in rows)
