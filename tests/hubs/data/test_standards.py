"""A standard's body as a plan, its print, and who reads a dataset."""

from __future__ import annotations

from tests.hubs.data.standing import element, visits


def test_a_body_becomes_the_wish_for_a_table(base):
    told = visits("visit", element("money", "金额", type="decimal", precision=8, scale=2))
    plan = told.plan(2)
    assert plan.table == "made_visit_v2" and plan.indexes == (("visitor", "came_on"),)
    assert [column.db_type for column in plan.columns][-2:] == ["varchar(20)", "numeric(8, 2)"]
    assert told.element("sex").code == "sex" and told.element("nothing") is None


def test_a_print_tells_drafts_apart(base):
    from jizuo.hubs.data.standards import print_of

    assert print_of(visits("visit")) == print_of(visits("visit"))
    assert print_of(visits("visit")) != print_of(visits("visit", element("more")))


def test_rooms_tell_who_reads(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import standards

    def answer(dataset):
        return [standards.Reader("indicator", "来访人数", ("people",))] if dataset == "visit_x" else []

    standards.tell_readers(answer)
    standards.tell_readers(answer)
    try:
        with scopes.use(base.scope(base.unit())), scopes.open_transaction("test"):
            assert [one.title for one in standards.readers_of("visit_x")] == ["来访人数"]
            assert standards.readers_of("other_x") == []
    finally:
        standards._asked.remove(answer)
