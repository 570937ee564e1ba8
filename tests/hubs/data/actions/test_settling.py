"""Deciding between sources: one by one, by group, by a rule that is remembered, and taking it back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.hubs.data.actions.given import claims, conflicts, held_by, newcomer, person_of


@pytest.fixture
def steward(typist):
    """A steward of the district that the typist's school is in."""
    return typist.base.scope(typist.unit_no, "district_steward", grant_no=78)


def call(scope, door, **given):
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return door(**given)


def open_ids(typist, person):
    return [
        row[0]
        for row in typist.rows(
            "select id from field_conflict where record_id = %s and state = 'open' order by field, source",
            person,
        )
    ]


def differing(typist, **more):
    """A pupil of whom the register says 1 and the school 2."""
    person, _link = newcomer(typist, sex="2", **more)
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    return person


def test_what_is_kept_stays_settled_until_somebody_says_something_else(typist, steward):
    from jizuo.hubs.data.actions.settling import settle_conflict

    person = differing(typist)
    (one,) = open_ids(typist, person)
    call(steward, settle_conflict, conflict_id=one, verdict="keep")
    typist.put("person", ("id", "sex", "political"), [(person, "2", "13")])
    assert conflicts(typist, person)[0][-1] == "settled"
    typist.put("person", ("id", "sex"), [(person, "9")])
    assert conflicts(typist, person) == [("sex", "register", "1", "school", "9", "open")]


def test_a_taken_value_stands_before_every_source_and_can_be_given_back(typist, steward):
    from jizuo.hubs.data.actions.settling import reopen_conflict, settle_conflict

    person = differing(typist)
    (one,) = open_ids(typist, person)
    call(steward, settle_conflict, conflict_id=one, verdict="take")
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("2",), "settled")
    # The register repeats itself; what was decided stays.
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    assert person_of(typist, person, "sex") == ("2",) and open_ids(typist, person) == []
    call(steward, reopen_conflict, conflict_id=one)
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("1",), "register")
    assert claims(typist, person)["settled"] == {}
    assert conflicts(typist, person)[-1] == ("sex", "register", "1", "school", "2", "open")


def test_a_school_decides_what_is_its_own_and_nothing_of_the_register_s(typist):
    from jizuo.ground.errors import Conflict, NotAllowed, NotFound
    from jizuo.hubs.data.actions.settling import settle_conflict

    person = differing(typist, name_reading="shan")
    typist.put("person", ("id", "name_reading"), [(person, "dan")], "family")
    reading, sex = open_ids(typist, person)
    with pytest.raises(NotAllowed, match="权威来源"):
        call(typist.scope, settle_conflict, conflict_id=sex, verdict="keep")
    call(typist.scope, settle_conflict, conflict_id=reading, verdict="take")
    assert person_of(typist, person, "name_reading") == ("dan",)
    with pytest.raises(Conflict):
        call(typist.scope, settle_conflict, conflict_id=reading, verdict="take")
    with pytest.raises(NotFound):
        call(typist.scope, settle_conflict, conflict_id=uuid4(), verdict="keep")
    # Another school's difference does not exist.
    stranger = typist.base.scope(typist.base.unit(), "clerk")
    with pytest.raises(NotFound):
        call(stranger, settle_conflict, conflict_id=sex, verdict="keep")


def test_a_remembered_rule_settles_those_that_come_and_is_forgotten_again(typist, steward):
    from jizuo.hubs.data.actions.settling import Group, end_rule, settle_group
    from jizuo.hubs.data.queries.conflicts import conflict_groups, settle_rules

    def former(said):
        person, _link = newcomer(typist, former_name=said)
        typist.put("person", ("id", "former_name"), [(person, "张 三")], "register")
        return person

    first = former("张三")
    groups = [one for one in call(steward, conflict_groups, dataset="person") if one.field == "former_name"]
    assert [(one.owner, one.source, one.cause) for one in groups] == [("register", "school", "writing")]
    group = Group("person", "former_name", "register", "school", "writing")
    assert (
        call(steward, settle_group, group=group, verdict="keep", remember=True, reason="空格不算")
        == groups[0].count
    )
    assert open_ids(typist, first) == []
    assert open_ids(typist, former("张·三")) == []
    # Another cause is asked about.
    assert len(open_ids(typist, former("李四"))) == 1
    (rule,) = [one for one in call(steward, settle_rules) if one.field == "former_name"]
    assert rule.settled >= 2
    call(steward, end_rule, rule_id=rule.rule_id)
    assert len(open_ids(typist, former("张　三"))) == 1


def test_what_is_asked_wrongly_is_refused_in_words(typist, steward):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions.settling import Group, settle_group

    group = Group("person", "former_name", "register", "school", held="张三")
    with pytest.raises(BadInput, match="不是代码"):
        call(steward, settle_group, group=group, verdict="keep")
    with pytest.raises(BadInput, match="没有记住"):
        call(
            steward,
            settle_group,
            group=Group("person", "sex", "register", "school"),
            verdict="keep",
            remember=True,
        )
    with pytest.raises(BadInput, match="怎样处理"):
        call(steward, settle_group, group=Group("person", "sex", "register", "school"), verdict="maybe")
