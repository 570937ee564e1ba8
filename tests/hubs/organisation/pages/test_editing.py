"""The form of one person over HTTP, and saying of a held field that it is wrong."""

from __future__ import annotations

import re


def pupil_of(place):
    return place.rows(
        "select id from affiliation where role = 'pupil' and end_on is null order by id desc limit 1"
    )[0][0]


def test_a_clerk_types_over_and_sees_who_holds_the_rest(place):
    desk, link = place.desk("clerk"), pupil_of(place)
    assert f"people/{link}/edit" in desk.client.get(f"{desk.at}/people/{link}").content.decode()
    page = desk.client.get(f"{desk.at}/people/{link}/edit").content.decode()
    told = dict(re.findall(r'<input class="form-control" id="[^"]+" name="([^"]+)" value="([^"]*)"', page))
    assert "pupil.allergy" in told and "person.base_no" not in told
    posted = desk.client.post(f"{desk.at}/people/{link}/edit", {**told, "pupil.allergy": "芒果"})
    assert posted.status_code == 302
    assert "芒果" in desk.client.get(f"{desk.at}/people/{link}").content.decode()


def test_a_held_field_leads_to_its_own_form(place):
    desk, link = place.desk("clerk"), pupil_of(place)
    page = desk.client.get(f"{desk.at}/people/{link}/wrong?field=person.former_name").content.decode()
    assert "曾用名" in page and 'value="person.former_name"' in page
    assert desk.client.get(f"{desk.at}/people/{link}/wrong?field=person.nothing").status_code == 404
    posted = desk.client.post(
        f"{desk.at}/people/{link}/wrong",
        {"field": "person.former_name", "wanted": "王小明", "says": "户口簿"},
    )
    assert posted.status_code == 302
    assert "王小明" in desk.client.get(f"{desk.at}/corrections/mine").content.decode()


def test_others_have_no_form(place):
    link = pupil_of(place)
    for role in ("head", "district_steward"):
        desk = place.desk(role)
        assert desk.client.get(f"{desk.at}/people/{link}/edit").status_code == 403
    stranger = place.desk("clerk", place.base.unit())
    assert stranger.client.get(f"{stranger.at}/people/{link}/edit").status_code == 404
