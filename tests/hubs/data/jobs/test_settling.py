"""A large group is settled some at a time and goes on where it broke off."""

from __future__ import annotations

from types import SimpleNamespace

from tests.hubs.data.actions.given import conflicts, newcomer
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


def test_a_group_is_settled_in_parts_until_none_is_open(typist, monkeypatch):  # noqa: F811
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.jobs import settling

    people = []
    for _n in range(5):
        person, _link = newcomer(typist, sex="2")
        typist.put("person", ("id", "sex"), [(person, "1")], "register")
        people.append(person)
    monkeypatch.setattr(settling, "SETTLED_AT_ONCE", 2)
    told = []
    run = SimpleNamespace(tell=lambda done, total, word: told.append(done))
    group = {"dataset": "person", "field": "sex", "owner": "register", "source": "school"}
    steward = typist.base.scope(typist.unit_no, "district_steward", grant_no=81)
    with scopes.use(steward):
        assert settling.settle(run, group=group, verdict="keep", rule_id="")["settled"] == 5
        assert settling.settle(run, group=group, verdict="keep", rule_id="")["settled"] == 0
    assert told[:3] == [2, 4, 5]
    assert {one[-1] for person in people for one in conflicts(typist, person)} == {"settled"}
