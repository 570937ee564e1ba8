"""Lists and the page of one person, over HTTP, role by role."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest


def read(desk, path, status=200):
    answer = desk.client.get(f"{desk.at}/{path}")
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:1500])
    return answer.content.decode()


def names(page):
    return re.findall(r'href="/as/\d+/people/[0-9a-f-]{36}">([^<]+)<', page)


def test_paging_shows_everybody_once_in_the_order_of_pinyin(place):
    desk = place.desk("clerk")
    wanted = [
        name for (name,) in place.rows(
            "select name from affiliation where role = 'pupil' and end_on is null order by sort_key collate \"C\", id"
        )
    ]  # fmt: skip
    seen, path = [], "people/pupils"
    while path:
        page = read(desk, path)
        seen += names(page)
        after = re.search(r'href="(/as/\d+/people/pupils\?[^"]*after=[^"]+)"', page)
        path = after.group(1).replace("&amp;", "&").removeprefix(f"{desk.at}/") if after else ""
    assert seen == wanted and len(wanted) > 50


def test_filters_narrow(place):
    desk = place.desk("clerk")
    girls = place.rows(
        "select count(*) from affiliation where role = 'pupil' and end_on is null and sex = '2'"
    )[0][0]
    assert f"共 {girls} 人" in " ".join(read(desk, "people/pupils?f.sex=2").split())
    klass, count = place.rows(
        "select class_id::text, count(*) from affiliation where role = 'pupil' and end_on is null group by 1 limit 1"
    )[0]
    assert f"共 {count} 人" in " ".join(read(desk, f"people/pupils?f.class={klass}").split())
    assert read(desk, "people/pupils?f.class=nonsense", 422)


def test_a_list_is_searched_by_pinyin(place):
    desk = place.desk("clerk")
    name, local = place.rows(
        "select name, local_no from affiliation where role = 'pupil' and local_no <> '' limit 1"
    )[0]
    from jizuo.plain import pinyin

    for text in (name, pinyin.initials(name), pinyin.search_keys(name)[1], local):
        assert name in names(read(desk, f"people/pupils?q={text}")), text


def test_a_clerk_sees_phones_in_clear_and_it_is_written_down(place):
    desk = place.desk("clerk")
    shown = read(desk, "people/pupils?cols=name&cols=phone")
    assert re.search(r">1[3-9]\d{9}<", shown)
    entry = place.rows(
        "select columns, row_count from audit_entry where grant_no = %s and door = 'organisation.pupil_list'"
        " order by id desc limit 1", desk.grant_no,
    )[0]  # fmt: skip
    assert entry == (["name", "phone"], 50)


@pytest.mark.parametrize("role", ["head"])
def test_others_of_the_office_see_masked_phones(place, role):
    shown = read(place.desk(role), "people/pupils?cols=name&cols=phone")
    assert "****" in shown and not re.search(r">1[3-9]\d{9}<", shown)


def test_a_homeroom_teacher_sees_her_class_and_no_other(place):
    mine, other = place.rows("select id from org where kind = 'class' order by id limit 2")
    desk = place.desk("homeroom_teacher", org_ids=[mine[0]])
    count = place.rows("select count(*) from affiliation where class_id = %s and end_on is null", mine[0])[0][
        0
    ]
    page = read(desk, "people/pupils")
    assert f"共 {count} 人" in " ".join(page.split()) and re.search(r">1[3-9]\d{9}<", page)
    stranger = place.rows("select id from affiliation where class_id = %s limit 1", other[0])[0][0]
    for path in ("", "/history", "/looked"):
        read(desk, f"people/{stranger}{path}", 404)
    own = place.rows("select id from affiliation where class_id = %s limit 1", mine[0])[0][0]
    assert "谁看过" in read(desk, f"people/{own}")
    read(desk, "people/staff", 403)


def test_a_teacher_sees_names_without_phones(place):
    mine = place.rows("select id from org where kind = 'class' order by id limit 1")[0][0]
    desk = place.desk("teacher", org_ids=[mine])
    assert not re.search(r">1[3-9]\d{9}<", read(desk, "people/pupils?cols=name&cols=phone"))
    own = place.rows("select id from affiliation where class_id = %s limit 1", mine)[0][0]
    page = read(desk, f"people/{own}")
    assert "显示全号" not in page and not re.search(r"1[3-9]\d{9}", page)


@pytest.mark.parametrize("role", ["pupil", "guardian"])
def test_a_family_sees_no_list(place, role):
    desk = place.desk(role)
    for path in ("people/pupils", "people/staff", f"people/{uuid4()}", "corrections"):
        read(desk, path, 403)


def test_another_school_finds_nothing(place):
    desk = place.desk("clerk", place.base.unit())
    person = place.rows("select id from affiliation limit 1")[0][0]
    for path in ("", "/history", "/looked"):
        read(desk, f"people/{person}{path}", 404)
    assert not names(read(desk, "people/pupils"))


def test_the_page_of_a_pupil_tells_what_is_held_and_who_owns_it(place):
    desk = place.desk("clerk")
    affiliation, name = place.rows(
        "select a.id, a.name from affiliation a where a.role = 'pupil' and exists"
        " (select 1 from guardian_of k where k.child_id = a.person_id) limit 1"
    )[0]
    page = read(desk, f"people/{affiliation}")
    for words in (name, "学籍系统", "家长本人", "监护人", "法定监护", "出生日期", "＊＊＊"):
        assert words in page, words
    assert not re.search(r"\d{17}[\dX]", page)
    looks = read(desk, f"people/{affiliation}/looked")
    assert "一个人的资料" in looks and "沈知远" in looks
    assert "登记以来没有变更" in read(desk, f"people/{affiliation}/history")


def test_a_number_is_revealed_once_with_reason_and_second_factor(place):
    affiliation, identifier = place.rows(
        "select a.id, i.id from affiliation a join person_identifier i on i.person_id = a.person_id"
        " where a.role = 'pupil' and i.kind = 'id:1' limit 1"
    )[0]
    path = f"people/{affiliation}/number/{identifier}"
    plain = place.desk("clerk")
    refused = plain.client.post(f"{plain.at}/{path}", {"reason": "核对户口簿"})
    assert refused.status_code == 302 and "/me/step-up/" in refused["Location"]
    desk = place.desk("clerk", is_stepped_up=True)
    assert desk.client.post(f"{desk.at}/{path}", {"reason": "看"}).status_code == 422
    shown = desk.client.post(f"{desk.at}/{path}", {"reason": "核对户口簿"})
    assert shown.status_code == 200 and re.search(r"\d{17}[\dX]", shown.content.decode())
    assert "no-store" in shown["Cache-Control"]
    note, columns = place.rows(
        "select note, columns from audit_entry where grant_no = %s and result = 'done' order by id desc limit 1",
        desk.grant_no,
    )[0]
    assert note == "核对户口簿" and columns == ["person_identifier.sealed"]
    for _more in range(19):
        assert desk.client.post(f"{desk.at}/{path}", {"reason": "核对户口簿"}).status_code == 200
    assert desk.client.post(f"{desk.at}/{path}", {"reason": "核对户口簿"}).status_code == 403


def test_a_wrong_value_is_said_and_answered(place):
    mine = place.rows("select id from org where kind = 'class' order by id limit 1")[0][0]
    teacher, clerk = place.desk("homeroom_teacher", org_ids=[mine]), place.desk("clerk")
    affiliation = place.rows("select id from affiliation where class_id = %s limit 1", mine)[0][0]
    told = {"field": "person.birth_on", "says": "应为 2017-03-24"}
    assert teacher.client.post(f"{teacher.at}/people/{affiliation}/wrong", told).status_code == 302
    page = read(clerk, "corrections")
    assert "应为 2017-03-24" in page and "出生日期" in page
    mine = read(teacher, "corrections/mine")
    correction = re.search(r'href="/as/\d+/(corrections/[0-9a-f-]{36})"', mine).group(1)
    path = f"{clerk.at}/{correction}/do/answer"
    assert clerk.client.post(path, {"answer": ""}).status_code == 422
    assert clerk.client.post(path, {"answer": "已按户口簿改正"}).status_code == 302
    assert clerk.client.post(path, {"answer": "已按户口簿改正"}).status_code == 409
    assert "已按户口簿改正" in read(teacher, f"people/{affiliation}")
    assert "已按户口簿改正" in read(teacher, "corrections/mine") and "已按户口簿改正" in read(
        teacher, correction
    )


def test_who_neither_asked_nor_answers_reads_no_words(place):
    mine = place.rows("select id from org where kind = 'class' order by id limit 1")[0][0]
    asker, other = (place.desk("homeroom_teacher", org_ids=[mine]) for _each in range(2))
    affiliation = place.rows("select id from affiliation where class_id = %s order by id desc limit 1", mine)[
        0
    ][0]
    told = {"field": "pupil.allergy", "wanted": "花生", "says": "家长来电"}
    assert asker.client.post(f"{asker.at}/people/{affiliation}/wrong", told).status_code == 302
    mine_page = read(asker, "corrections/mine")
    assert "花生" in mine_page and "家长来电" in mine_page
    correction = re.search(r'href="/as/\d+/(corrections/[0-9a-f-]{36})"', mine_page).group(1)
    assert "家长来电" in read(place.desk("clerk"), correction)
    for desk in (other, place.desk("clerk", place.base.unit()), place.desk("district_steward")):
        read(desk, correction, 404)
        assert "家长来电" not in read(desk, "corrections/mine")
    assert "家长来电" not in read(other, f"people/{affiliation}")
    head = read(place.desk("head"), correction)
    assert "过敏" in head and "花生" not in head and "家长来电" not in head


def test_an_office_reaches_every_page_from_its_menu_or_beside_one(place):
    from jizuo.ground.pages import shell

    for role in ("clerk", "head"):
        offered = [one for one in shell.offered() if one.in_menu and role in one.roles]
        desk = place.desk(role)
        start = read(desk, "")
        for one in offered:
            page = read(desk, one.beside) if role in one.beside_for else start
            assert f'{desk.at}/{one.path}"' in page, one.path


def test_a_certificate_is_one_tap_from_the_pupil_for_the_office(place):
    pupil = place.rows("select id from affiliation where role = 'pupil' and end_on is null limit 1")[0][0]
    staff = place.rows("select id from affiliation where role = 'staff' and end_on is null limit 1")[0][0]
    way = f"printing/certificates?who={pupil}"
    assert way in read(place.desk("clerk"), f"people/{pupil}")
    assert way not in read(place.desk("district_steward"), f"people/{pupil}")
    assert "printing/certificates" not in read(place.desk("clerk"), f"people/{staff}")


def test_staff_are_listed_with_what_they_are(place):
    desk = place.desk("head")
    page = read(desk, "people/staff")
    assert "专任" in page and "编制" in page
    count = place.rows(
        "select count(*) from staff s join affiliation a on a.id = s.id where a.end_on is null and s.is_full_time_teacher"
    )[0][0]
    assert f"共 {count} 人" in " ".join(read(desk, "people/staff?f.full_time=yes").split())
    someone = place.rows("select id from affiliation where role = 'staff' and end_on is null limit 1")[0][0]
    page = read(desk, f"people/{someone}")
    assert "编制类型" in page and "工号" in page and "人事关系在本单位" in page
    assert "学号" not in page and "在籍" not in page


@pytest.mark.parametrize(
    "path", ["people/pupils", "people/pupils?cols=name&cols=phone", "people/staff", "person", "corrections"]
)
def test_each_page_stays_within_twelve_queries(place, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = place.desk("clerk")
    if path == "person":
        path = f"people/{place.rows('select id from affiliation where role = %s limit 1', 'pupil')[0][0]}"
    with CaptureQueriesContext(connection) as seen:
        read(desk, path)
    asked = [q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))]
    assert len(asked) <= 12, (len(asked), [sql[:90] for sql in asked])


def test_every_pupil_says_whether_registered_and_present(place):
    """在籍 and 在校 are two facts; the ordinary case is said as well."""
    shown = read(place.desk("clerk"), "people/pupils?f.registered=yes&f.present=yes")
    assert shown.count(">在籍 在校<") == len(names(shown)) > 0
    borrowed = read(place.desk("clerk"), "people/pupils?f.registered=no&f.present=yes")
    assert borrowed.count(">不在籍 在校<") == len(names(borrowed))
    assert ">在籍 在校<" not in borrowed
