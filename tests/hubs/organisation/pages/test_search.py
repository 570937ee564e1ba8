"""The search page, role by role."""

from __future__ import annotations

import re

import pytest

from jizuo.plain import pinyin


def hits(desk, text):
    answer = desk.client.get(f"{desk.at}/search", {"q": text})
    assert answer.status_code == 200, answer.content.decode()[:1500]
    page = answer.content.decode()
    return page, re.findall(r'class="go" href="/as/\d+/people/([0-9a-f-]{36})"', page)


@pytest.fixture
def somebody(place):
    """(affiliation, name, 基座号, 学号, class) of one pupil."""
    return place.rows(
        "select id::text, name, base_no, local_no, class_id::text from affiliation"
        " where role = 'pupil' and local_no <> '' and length(name) = 3 order by id limit 1"
    )[0]


def test_a_person_is_found_by_everything_people_type(place, somebody):
    desk = place.desk("clerk")
    wanted, name, base_no, local_no, _class = somebody
    full = pinyin.search_keys(name)[1]
    for text in (name, name[:2], full, full.upper(), pinyin.initials(name), base_no, local_no):
        assert wanted in hits(desk, text)[1], text


def test_a_class_is_found_as_it_is_written(place):
    desk = place.desk("clerk")
    for text in ("一（2）班", "1.2", "一2"):
        page, _people = hits(desk, text)
        assert re.search(r'class="chip" href="/as/\d+/classes/[0-9a-f-]{36}">一（2）班', page), text


def test_the_wall_stands_round_a_search(place, somebody):
    stranger = place.desk("clerk", place.base.unit())
    assert hits(stranger, somebody[1])[1] == []
    other = place.rows("select id from org where kind = 'class' and id <> %s::uuid limit 1", somebody[4])[0][
        0
    ]
    teacher = place.desk("teacher", org_ids=[other])
    assert hits(teacher, somebody[1])[1] == []
    own = place.desk("teacher", org_ids=[somebody[4]])
    assert hits(own, somebody[1])[1] == [somebody[0]]


def test_the_district_finds_schools_and_people(place, somebody):
    bureau = place.base.unit("某区教育局", kind="bureau")
    with place.base.owner() as owner:
        owner.execute("update unit set parent_no = %s where unit_no = %s", [bureau, place.unit_no])
        owner.execute("update base_state set version = version + 1 where key = 'units'")
    desk = place.desk("district_steward", bureau)
    page, people = hits(desk, somebody[1])
    assert somebody[0] in people and "启明小学" in page
    page, _people = hits(desk, "qmxx")
    assert f"people/pupils?f.unit={place.unit_no}" in page
    assert f"f.unit={place.unit_no}" in desk.client.get(f"{desk.at}/people/pupils").content.decode()


def test_a_full_number_is_asked_for_by_post_and_kept_in_the_audit(place, base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers import numbers

    affiliation, kind, blind, sealed = place.rows(
        "select a.id::text, i.kind, i.blind, i.sealed from affiliation a join person_identifier i"
        " on i.person_id = a.person_id where a.role = 'pupil' and i.kind = 'id:1' limit 1"
    )[0]
    number = numbers.unseal(kind, bytes(blind), bytes(sealed))
    desk = place.desk("clerk")
    page, people = hits(desk, number)
    assert people == [] and "按证件号查找" in page
    answer = desk.client.post(f"{desk.at}/search", {"number": number})
    assert answer.status_code == 302 and answer["Location"].endswith(affiliation)
    doors = place.rows("select door from audit_entry where grant_no = %s", desk.grant_no)
    assert ("organisation.find_by_number",) in doors
    stranger = place.desk("clerk", base.unit())
    shown = stranger.client.post(f"{stranger.at}/search", {"number": number})
    assert shown.status_code == 200 and "没有这个证件号" in shown.content.decode()
    for _more in range(19):
        stranger.client.post(f"{stranger.at}/search", {"number": number})
    assert stranger.client.post(f"{stranger.at}/search", {"number": number}).status_code == 403
    assert desk.client.post(f"{desk.at}/search", {"number": number[:6]}).status_code == 422
    assert scopes.current_or_none() is None


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "﷽", "   ", "x" * 300, "\x00"])
def test_odd_words_find_nothing_and_break_nothing(place, text):
    assert hits(place.desk("clerk"), text)[1] == []


def test_a_search_asks_little(place, somebody):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.queries import search

    scope = place.base.scope(place.unit_no, "clerk")
    with CaptureQueriesContext(connection) as seen, scopes.use(scope):
        search.find(text=somebody[1])
    asked = [q for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))]
    assert len(asked) <= 4
