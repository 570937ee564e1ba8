"""Naming owners: the effect first, then the replay; sources with a place among the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.hubs.data.actions.given import conflicts, held_by, newcomer, person_of
from tests.hubs.data.actions.test_settling import call


@pytest.fixture
def all_units(typist):
    """A steward who reaches every unit of the base."""
    with typist.base.owner() as owner:
        units = tuple(no for (no,) in owner.execute("select unit_no from unit where unit_no > 0").fetchall())
    return replace(typist.base.scope(typist.unit_no, "district_steward", grant_no=79), units=units)


@pytest.fixture(autouse=True)
def _as_it_was(typist):
    """The register of owners belongs to the whole base: each test leaves it empty."""
    yield
    with typist.base.owner() as owner:
        owner.execute("delete from field_owner")
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")


def take_jobs(typist, scope, name="data.replay"):
    """The arguments of the jobs that wait, which are let go."""
    from jizuo.ground import scope as scopes

    with typist.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text((0, *scope.units))])
        waiting = owner.execute(
            "select id::text, unit_no, args from job where state = 'waiting' and kind = %s", [name]
        ).fetchall()
        owner.execute("delete from job where state = 'waiting' and kind = %s", [name])
    return [args for _id, _unit, args in waiting]


def replay(scope, **args):
    from jizuo.hubs.data.jobs.owning import note_replayed, replay_chunk

    count, changed, _conflicts, _last = call(scope, replay_chunk, after=None, **args)
    call(scope, note_replayed, **args)
    return count, changed


def test_another_owner_shows_its_effect_and_the_replay_brings_it(typist, all_units):
    from jizuo.hubs.data.actions.owning import end_owner, set_owner
    from jizuo.hubs.data.queries.owning import owned_fields, owner_effect

    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    silent, _link = newcomer(typist)
    typist.put("person", ("id", "sex"), [(silent, "1")], "register")
    effect = call(all_units, owner_effect, dataset="person", field="sex", source="school")
    assert effect.changed >= 1 and effect.silent >= 1
    assert person_of(typist, person, "sex") == ("1",)
    call(all_units, set_owner, dataset="person", field="sex", source="school", reason="试点")
    (args,) = take_jobs(typist, all_units)
    assert args == {"dataset": "person", "field": "sex", "of_unit": None}
    replay(all_units, dataset="person", field="sex", of_unit=None)
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("2",), "school")
    assert conflicts(typist, person) == [
        ("sex", "school", "2", "register", "1", "open"),
        ("sex", "register", "1", "school", "2", "withdrawn"),
    ]
    assert person_of(typist, silent, "sex") == ("1",)
    # From now on the school is heard.
    typist.put("person", ("id", "sex"), [(silent, "2")])
    assert person_of(typist, silent, "sex") == ("2",)
    (field,) = [one for one in call(all_units, owned_fields, dataset="person") if one.field == "sex"]
    assert (field.owner, field.is_standard) == ("school", False)
    call(all_units, end_owner, line_id=field.lines[0].line_id, reason="试点结束")
    replay(all_units, dataset="person", field="sex", of_unit=None)
    assert (person_of(typist, person, "sex"), held_by(typist, person)["sex"]) == (("1",), "register")


def test_a_unit_may_have_an_owner_of_its_own(typist, all_units):
    """`pupil` stands behind the unit's wall: one school's owner leaves another school alone."""
    from jizuo.hubs.data.actions.owning import set_owner

    other = typist.base.unit()
    there = typist.base.scope(other, "clerk")
    reach = replace(
        typist.base.scope(typist.unit_no, "district_steward", grant_no=80), units=(typist.unit_no, other)
    )
    links = {}
    for unit_no, scope in ((typist.unit_no, typist.scope), (other, there)):
        person, link = newcomer(typist, unit_no=unit_no, at=scope)
        columns = ("id", "unit_no", "person_id", "entry_way")
        for source, value in (("register", "1"), ("school", "2")):
            typist.put("pupil", columns, [(link, unit_no, person, value)], source, at=scope)
        links[unit_no] = link
    call(
        reach,
        set_owner,
        dataset="pupil",
        field="entry_way",
        source="school",
        unit_no=other,
        reason="民办自主招生",
    )
    replay(reach, dataset="pupil", field="entry_way", of_unit=other)

    def held(unit_no):
        return typist.rows("select entry_way from pupil where id = %s", links[unit_no], unit=unit_no)

    assert (held(typist.unit_no), held(other)) == ([("1",)], [("2",)])
    # What comes later follows each unit's owner, in one put of both.
    rows = [(link, unit_no, "3") for unit_no, link in links.items()]
    typist.put("pupil", ("id", "unit_no", "entry_way"), rows, "register", at=reach)
    assert (held(typist.unit_no), held(other)) == ([("3",)], [("2",)])
    typist.put(
        "pupil", ("id", "unit_no", "entry_way"), [(a, b, "4") for a, b, _c in rows], "school", at=reach
    )
    assert (held(typist.unit_no), held(other)) == ([("3",)], [("4",)])


def test_a_day_to_come_waits_and_a_day_gone_by_is_refused(typist, all_units):
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
    from jizuo.hubs.data.actions.owning import set_owner
    from jizuo.hubs.data.queries.owning import owned_fields

    given = {"dataset": "person", "field": "sex", "source": "school", "reason": "试点"}
    tomorrow = all_units.today + timedelta(days=1)
    assert call(all_units, set_owner, **given, begin_on=tomorrow) is None
    (field,) = [one for one in call(all_units, owned_fields, dataset="person") if one.field == "sex"]
    assert (field.owner, [line.is_ahead for line in field.lines]) == ("register", [True])
    with pytest.raises(BadInput, match="没有改"):
        call(all_units, set_owner, **given, begin_on=all_units.today - timedelta(days=1))
    with pytest.raises(BadInput):
        call(all_units, set_owner, **(given | {"source": "nobody"}))
    with pytest.raises(BadInput):
        call(all_units, set_owner, **(given | {"reason": " "}))
    with pytest.raises(Conflict):
        call(all_units, set_owner, **(given | {"source": "register"}))
    with pytest.raises(NotFound):
        call(all_units, set_owner, **(given | {"field": "merged_into"}))
    with pytest.raises(NotAllowed):
        call(typist.base.scope(typist.unit_no, "district_steward"), set_owner, **given)
    with pytest.raises(NotAllowed):
        call(typist.scope, set_owner, **given)


def test_an_added_source_has_its_place(typist, all_units):
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.data.actions.owning import add_source
    from jizuo.hubs.data.queries.owning import source_list

    told = {"name": "card_system", "title": "一卡通", "english": "Card", "kind": "system", "rank": 35}
    call(all_units, add_source, **told)
    call(all_units, add_source, **told)
    names = [one.name for one in call(all_units, source_list)]
    assert names.index("school") < names.index("card_system") < names.index("family")
    person, _link = newcomer(typist, source="card_system", political="03")
    typist.put("person", ("id", "political"), [(person, "13")], "family")
    assert person_of(typist, person, "political") == ("03",)
    typist.put("person", ("id", "political"), [(person, "13")], "school")
    assert person_of(typist, person, "political") == ("13",)
    with pytest.raises(Conflict):
        call(all_units, add_source, **(told | {"title": "别的"}))
    with pytest.raises(BadInput):
        call(all_units, add_source, **(told | {"name": "Card System", "kind": "decision", "rank": 0}))


def test_groups_are_counted_as_they_move_and_folded_by_night(typist, all_units):
    """The tally and a count of what is open say the same, before and after the night."""
    from jizuo.hubs.data.jobs.owning import fold_tallies

    def told():
        group = "dataset, field, owner, source, cause"
        counted = f"select {group}, count(*) from field_conflict where state = 'open' group by {group}"
        tally = f"select {group}, sum(delta) from conflict_tally group by {group} having sum(delta) <> 0"
        return set(typist.rows(counted)), set(typist.rows(tally))

    for value in ("1", "2", "9", "1"):
        person, _link = newcomer(typist, sex="2")
        typist.put("person", ("id", "sex"), [(person, value)], "register")
        typist.put("person", ("id", "sex"), [(person, "9")])
        counted, tally = told()
        assert counted == tally and counted
    before = typist.rows("select count(*) from conflict_tally")
    call(typist.base.scope(typist.unit_no, "operator"), fold_tallies)
    assert told()[0] == told()[1] and typist.rows("select count(*) from conflict_tally") < before
