"""One source per field over HTTP: a steward's register, a school's own differences."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.hubs.data.actions.given import newcomer, person_of


@pytest.fixture
def place(base, typist):
    """A bureau above a school with one pupil on whom register and school differ; a steward and a clerk signed in."""
    from jizuo.hubs.organisation import people  # noqa: F401  the rooms are loaded

    bureau = base.unit(kind="bureau")
    with base.owner() as owner:
        owner.execute("update unit set parent_no = %s where unit_no = %s", [bureau, typist.unit_no])
        owner.execute("update base_state set version = version + 1 where key = 'units'")
    found = SimpleNamespace(base=base, typist=typist)
    for name, unit_no, role in (("steward", bureau, "district_steward"), ("clerk", typist.unit_no, "clerk")):
        account = base.account(name)
        grant = base.grant(account, unit_no, role)
        setattr(found, name, SimpleNamespace(client=base.client(account), at=f"/as/{grant}/owners"))
    found.person, _link = newcomer(typist, name="何以安", sex="2", name_reading="he yian")
    typist.put("person", ("id", "sex"), [(found.person, "1")], "register")
    typist.put("person", ("id", "name_reading"), [(found.person, "he yi an")], "family")
    return found


def read(who, path="", status=200, **query):
    answer = who.client.get(who.at + path, query)
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer.content.decode()


GROUP = {"dataset": "person", "field": "sex", "owner": "register", "source": "school"}


def test_the_register_names_the_owner_of_every_field(place):
    text = read(place.steward, dataset="person")
    assert "性别" in text and "学籍（教师）管理信息系统" in text and "改来源" in text
    assert "改来源" not in read(place.clerk, dataset="person")
    assert read(place.clerk, "/change", status=403, dataset="person", field="sex")
    read(place.steward, status=404, dataset="nothing")
    assert "家庭" in read(place.clerk, "/sources")


def test_a_change_shows_its_effect_before_it_is_made(place):
    form = {"dataset": "person", "field": "sex", "source": "school", "unit": "", "act": "look"}
    answer = place.steward.client.post(f"{place.steward.at}/change", form)
    text = answer.content.decode()
    assert answer.status_code == 200 and "如果今天就改" in text and "何以安" in text
    assert person_of(place.typist, place.person, "sex") == ("1",)
    refused = place.steward.client.post(f"{place.steward.at}/change", form | {"act": "apply"})
    assert refused.status_code == 422 and "没有写理由" in refused.content.decode()


def test_a_steward_goes_from_the_groups_to_one_pupil_and_decides(place):
    groups = read(place.steward, "/conflicts", dataset="person")
    assert "性别" in groups and "都保留现值" in groups
    lines = read(place.steward, "/conflicts/list", **GROUP)
    assert "何以安" in lines and "男" in lines and "女" in lines
    ((one,),) = place.typist.rows(
        "select id from field_conflict where record_id = %s and field = 'sex'", place.person
    )
    answer = place.steward.client.post(f"{place.steward.at}/conflicts/list", {"one": one, "verdict": "take"})
    assert answer.status_code == 302
    assert person_of(place.typist, place.person, "sex") == ("2",)
    assert "撤回裁定" in read(place.steward, "/conflicts/list", **GROUP, state="settled")
    place.steward.client.post(f"{place.steward.at}/conflicts/list", {"one": one, "verdict": "reopen"})
    assert person_of(place.typist, place.person, "sex") == ("1",)


def test_a_school_settles_its_own_and_is_told_who_settles_the_rest(place):
    text = read(place.clerk, "/conflicts")
    assert "权威来源不在学校" in text
    group = {**GROUP, "field": "name_reading", "owner": "school", "source": "family", "verdict": "keep",
             "remember": "1", "reason": "以身份证为准"}  # fmt: skip
    answer = place.clerk.client.post(f"{place.clerk.at}/conflicts", group, follow=True)
    assert re.search(r"已处理 [1-9]", answer.content.decode())
    rules = read(place.clerk, "/rules")
    assert "以身份证为准" in rules and "保留现值" in rules
    refused = place.clerk.client.post(
        f"{place.clerk.at}/conflicts", {**GROUP, "verdict": "keep"}, follow=True
    )
    assert "学校不能裁定" in refused.content.decode()


def test_a_stranger_s_decision_comes_to_nothing(place):
    stranger = place.base.account("外校")
    grant = place.base.grant(stranger, place.base.unit(), "clerk")
    client = place.base.client(stranger)
    ((one,),) = place.typist.rows(
        "select id from field_conflict where record_id = %s and field = 'sex'", place.person
    )
    answer = client.post(f"/as/{grant}/owners/conflicts/list", {"one": one, "verdict": "keep"}, follow=True)
    assert "没有这一处不一致" in answer.content.decode()
    back = client.post(
        f"/as/{grant}/owners/conflicts", {"one": one, "verdict": "keep", "back": "https://example.org/"}
    )
    assert back["Location"].startswith("/as/")
