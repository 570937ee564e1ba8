"""Standards drafted, published, built and used as datasets."""

from __future__ import annotations

import pytest

from tests.ground.test_builder import ending
from tests.hubs.data.standing import body, bureau, draft, element, fresh_name, published, visits

__all__ = ["ending"]


@pytest.fixture
def desk(base):
    return bureau(base)


def rows_in(desk, scope, name, rows, source="school"):
    """Put rows into a made dataset; returns the count."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    with scopes.use(scope), scopes.open_transaction("test"):
        return put(
            dataset=name,
            columns=("id", "unit_no", "visitor", "sex", "came_on", "people"),
            rows=[(new_id(), scope.unit_no, *row) for row in rows],
            source=source,
        )


def test_a_standard_is_drafted_published_built_and_used(desk):
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    version_id = published(desk, visits(name))
    view = desk.door(desk.steward, queries.standard_version, version_id=version_id)
    assert (view.state, view.table_state, view.number) == ("published", "done", "1.0")
    known = datasets.get(name)
    assert known.table == f"made_{name}_v1" and known.wall == "unit" and known.key == ("visitor", "came_on")
    assert datasets.all_datasets()[name].fields["sex"].code_table == "sex"
    count = rows_in(
        desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2), ("孙立", "1", "2026-09-02", 1)]
    )
    assert (count.new, count.changed) == (2, 0)
    assert desk.door(desk.steward, queries.standard_view, name=name).table == known.table


def test_a_name_belongs_to_one_standard(desk):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    draft(desk, visits(name))
    for taken in (name, "pupil"):
        with pytest.raises(BadInput) as refused:
            desk.door(desk.second, standards.start_standard, name=taken, title="另一个")
        assert "已有标准" in refused.value.problems[0].what
    for bad in ("Visit", "1visit", "a" * 31, "来访"):
        with pytest.raises(BadInput):
            desk.door(desk.steward, standards.start_standard, name=bad, title="来访")


def test_a_draft_is_published_once(desk):
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data.actions import standards

    version_id, seen = draft(desk, visits(fresh_name()))
    desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    for again in (standards.publish_standard, standards.save_draft, standards.discard_draft):
        given = {"seen": seen} if again is standards.publish_standard else {}
        given |= {"body": visits("x")} if again is standards.save_draft else {}
        with pytest.raises(Conflict) as refused:
            desk.door(desk.steward, again, version_id=version_id, **given)
        assert "已经发布" in str(refused.value.detail)
    assert desk.build() == ["done"]


def test_two_who_publish_at_once_make_one_plan(desk):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    version_id, seen = draft(desk, visits(name))

    def publish(scope):
        try:
            desk.door(scope, standards.publish_standard, version_id=version_id, seen=seen)
            return "published"
        except Conflict:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        ends = sorted(both.map(publish, (desk.steward, desk.second)))
    assert ends == ["published", "refused"]
    with desk.base.owner() as owner:
        plans = owner.execute(
            "select count(*) from schema_plan where plan ->> 'standard' = %s", [name]
        ).fetchone()[0]
    assert plans == 1
    desk.build()


def test_what_was_changed_since_it_was_looked_at_is_not_published(desk):
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data.actions import standards

    version_id, seen = draft(desk, visits(fresh_name()))
    desk.door(desk.second, standards.save_element, version_id=version_id, element=element("car"))
    with pytest.raises(Conflict) as refused:
        desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    assert "刚被改过" in str(refused.value.detail)


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        ([element(f"c{n}") for n in range(201)], "应有 1 到 200 列"),
        ([element("xmin")], "列名被保留"),
        ([], "应有 1 到 200 列"),
        ([element("a", type="code", code="nothing")], "没有代码表"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_table_is_kept_as_a_draft_and_not_published(desk, elements, said):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    version_id, seen = draft(desk, body(fresh_name(), *elements))
    assert any(
        said in one.what
        for one in desk.door(desk.steward, queries.standard_draft, version_id=version_id).faults
    )
    with pytest.raises(BadInput) as refused:
        desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    assert any(said in one.what for one in refused.value.problems)


def test_words_that_sql_reserves_are_columns_like_others(desk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.data.queries.rows import rows

    name, words = fresh_name("order"), ("select", "order", "user", "table", "where", "limit")
    published(desk, body(name, *(element(word) for word in words), key=("select", "order")))
    mine = desk.clerks[0]
    with scopes.use(mine), scopes.open_transaction("test"):
        put(
            dataset=name,
            columns=("id", "unit_no", *words),
            rows=[(new_id(), mine.unit_no, *"abcdef")],
            source="school",
        )
    assert desk.door(mine, rows, dataset=name, order_by="order").rows[0]["limit"] == "f"


def test_master_datasets_of_the_base_keep_claims_and_conflicts(desk):
    """What a made table holds comes from the believed source, as in a room's own dataset."""
    from django.db import connection

    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.data.queries.rows import rows

    name = fresh_name()
    owned = visits(name, element("seat", "座位", owner="school"), is_master=True)
    published(desk, owned)
    mine, record = desk.clerks[0], new_id()

    def say(source, seat):
        with scopes.use(mine), scopes.open_transaction("test"):
            return put(
                dataset=name, columns=("id", "unit_no", "visitor", "came_on", "seat"),
                rows=[(record, mine.unit_no, "钱敏", "2026-09-01", seat)], source=source,
            )  # fmt: skip

    say("school", "A1")
    assert say("family", "B2").conflicts == 1
    assert desk.door(mine, rows, dataset=name).rows[0]["seat"] == "A1"
    with scopes.use(mine), scopes.open_transaction("test"), connection.cursor() as cursor:
        cursor.execute("select source from claim where record_id = %s order by source", [record])
        assert cursor.fetchall() == [("family",), ("school",)]


def test_sample_rows_stay_in_their_unit_and_go_with_the_draft(desk):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    version_id, seen = draft(desk, visits(fresh_name()))
    twin = bureau(desk.base)
    heads, rows = ["来访人", "来访日期"], [["钱敏", "2026-09-01"], ["", "九月"]]
    desk.door(desk.steward, standards.lay_trial, version_id=version_id, heads=heads, rows=rows)
    found = desk.door(desk.steward, queries.standard_trial, version_id=version_id)
    assert (found.rows, found.good, len(found.faults)) == (2, 1, 2)
    assert desk.door(twin.steward, queries.standard_trial, version_id=version_id).rows == 0
    desk.door(twin.steward, standards.lay_trial, version_id=version_id, heads=heads, rows=rows[:1])
    assert desk.door(desk.steward, queries.standard_trial, version_id=version_id).rows == 2
    with pytest.raises(BadInput):
        desk.door(desk.steward, standards.lay_trial, version_id=version_id, heads=heads, rows=rows * 300)
    desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    desk.build()
    with desk.base.owner() as owner:
        left = owner.execute("select unit_no from trial_row where version_id = %s", [version_id]).fetchall()
    assert (desk.unit_no,) not in left


def test_a_refused_plan_goes_back_to_a_draft(desk):
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    version_id, seen = draft(desk, visits(fresh_name()))
    plan_id = desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    with pytest.raises(Conflict):
        desk.door(desk.steward, standards.reopen_standard, version_id=version_id)
    with desk.base.owner() as owner:
        owner.execute("update schema_plan set state = 'refused', why = '试' where id = %s", [plan_id])
    desk.door(desk.steward, standards.reopen_standard, version_id=version_id)
    view = desk.door(desk.steward, queries.standard_version, version_id=version_id)
    assert (view.state, view.table_state) == ("draft", "")


def test_schools_look_and_do_not_draft(desk):
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    draft(desk, visits(name))
    clerk = desk.clerks[0]
    with pytest.raises(NotAllowed):
        desk.door(clerk, standards.start_standard, name=fresh_name(), title="x")
    with pytest.raises(NotFound):
        desk.door(clerk, queries.standard_view, name=name)
    assert name not in [line.name for line in desk.door(clerk, queries.standard_list, text="")]
    assert name in [line.name for line in desk.door(desk.steward, queries.standard_list, text="")]


def test_killed_in_the_middle_the_builder_leaves_the_standard_waiting(base, server, make_database, ending):
    """kill -9 between the making of the table and its end: nothing half made, and the next builder finishes."""
    import os
    import signal

    import psycopg

    from tests.ground.test_builder import SLEEPY, builder_process
    from tests.live import django_on, wait_for

    found = make_database()
    with psycopg.connect(found.owner, autocommit=True) as owner:
        owner.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key) values (1, 'bureau', '东江区教育局', '东江', '')"
        )
    name = fresh_name()
    with django_on(found.app):
        from jizuo.ground import acting
        from jizuo.ground import scope as scopes
        from jizuo.hubs.data import datasets
        from jizuo.hubs.data.actions import standards
        from jizuo.hubs.data.queries import standards as queries

        scope = acting.base_job_scope(1)

        def door(call, **given):
            with scopes.use(scope):
                return call(**given)

        version_id = door(standards.start_standard, name=name, title="来访")
        seen = door(standards.save_draft, version_id=version_id, body=visits(name))
        with psycopg.connect(server.root(found.database), autocommit=True) as root:
            root.execute(SLEEPY)
            door(standards.publish_standard, version_id=version_id, seen=seen)
            first = builder_process(server, found.database)
            ending(first)
            busy = (
                "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
                " and query ilike 'create policy%'"
            )
            wait_for(lambda: root.execute(busy).fetchone(), 40)
            os.kill(first.pid, signal.SIGKILL)
            first.wait(10)
            root.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and wait_event = 'PgSleep'"
            )
            root.execute("drop event trigger sleepy; drop function pg_temp_sleep()")
        view = door(queries.standard_version, version_id=version_id)
        assert (view.state, view.table_state) == ("published", "waiting")
        assert name not in datasets.all_datasets()
        ending(builder_process(server, found.database))
        wait_for(lambda: door(queries.standard_version, version_id=version_id).table_state == "done", 40)
        door(queries.standard_list, text="")
        assert datasets.get(name).table == f"made_{name}_v1"
