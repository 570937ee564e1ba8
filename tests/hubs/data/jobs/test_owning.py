"""A replay goes through every record in chunks, and the night starts what has come due."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from tests.hubs.data.actions.given import newcomer, person_of
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


def test_a_replay_in_chunks_reaches_every_record_once(typist, monkeypatch):  # noqa: F811
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.jobs import owning

    people = []
    for _n in range(5):
        person, _link = newcomer(typist, sex="2")
        typist.put("person", ("id", "sex"), [(person, "1")], "register")
        people.append(person)
    with typist.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{typist.unit_no}}}"])
        owner.execute("update person set sex = '9' where id = any(%s)", [people])
    monkeypatch.setattr(owning, "CHUNK", 2)
    steward = typist.base.scope(typist.unit_no, "district_steward", grant_no=82)
    run = SimpleNamespace(tell=lambda *_given: None)
    with scopes.use(steward):
        done = owning.replay(run, dataset="person", field="sex", of_unit=None)
        assert done["records"] >= 5 and done["changed"] == 5
        assert owning.replay(run, dataset="person", field="sex", of_unit=None)["changed"] == 0
    assert {person_of(typist, person, "sex") for person in people} == {("1",)}


def test_the_night_starts_each_line_whose_day_has_come_and_none_twice(typist):  # noqa: F811
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.jobs import owning

    scope = typist.base.scope(typist.unit_no, "operator")
    with typist.base.owner() as owner:
        for field, day in (("sex", scope.today), ("phone", scope.today.replace(year=scope.today.year + 1))):
            owner.execute(
                "insert into field_owner (id, dataset, field, source, begin_on, reason)"
                " values (%s, 'person', %s, 'school', %s, '')",
                [new_id(), field, day],
            )
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
    try:
        with scopes.use(replace(scope, units=(*scope.units, 0))):
            assert owning.start_due_replays() == [("person", "sex")]
            owning.note_replayed(dataset="person", field="sex", of_unit=None)
            assert owning.start_due_replays() == []
    finally:
        with typist.base.owner() as owner:
            owner.execute("delete from field_owner")
            owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
