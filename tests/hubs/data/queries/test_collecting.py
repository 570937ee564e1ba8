from __future__ import annotations

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from tests.hubs.data.collecting_given import MAPPING, row, serve, source, work


def test_a_trial_shows_rows_and_writes_nothing(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting
    from jizuo.hubs.data.queries.collecting import sampled

    open_hosts("127.0.0.1")
    rows = [row(1, xk=" 语文 "), row(2, xk="语问"), row(3)]
    at = source(base, "http", serve(outside, rows), mapping={})
    with scopes.use(at.scope), pytest.raises(NotFound):
        sampled(at.connector_id)
    with scopes.use(at.scope):
        connecting.try_connector(connector_id=at.connector_id)
    work(base, at.scope)
    told = at.told()
    assert told.columns == ["kch", "kcmc", "xk"] and told.sample_said == ""
    at.save(mapping=MAPPING)
    with scopes.use(at.scope):
        seen = sampled(at.connector_id)
    assert seen.heads == ["课程名称", "课程代码", "学科"] or len(seen.heads) == 3
    assert seen.fault_count == 1 and "语问" in seen.faults[0][1]
    assert seen.was and seen.total == 3
    assert not at.courses() and not at.runs()


def test_a_failed_trial_says_why(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting

    at = source(base, "http", serve(outside, [row(1)]), mapping={})
    with scopes.use(at.scope):
        connecting.try_connector(connector_id=at.connector_id)
    work(base, at.scope)
    assert "本机" in at.told().sample_said


def test_another_unit_s_connector_does_not_exist(base, outside, open_hosts):
    """With a twin: the same calls in one's own unit go through."""
    from jizuo.hubs.data.actions import collecting, connecting
    from jizuo.hubs.data.collecting import Mended
    from jizuo.hubs.data.queries import collecting as queries

    open_hosts("127.0.0.1")
    theirs = source(base, "http", serve(outside, [row(1), row(2, xk="语问")]))
    run = theirs.run()
    (bad,) = theirs.aside()
    ours = source(base, "http", serve(outside, [row(1)], "/ours"))
    calls = [
        lambda at: queries.connector(connector_id=theirs.connector_id),
        lambda at: queries.collect_runs(connector_id=theirs.connector_id),
        lambda at: queries.collect_run(run_id=run.run_id),
        lambda at: queries.quarantined_rows(connector_id=theirs.connector_id),
        lambda at: queries.sampled(theirs.connector_id),
        lambda at: connecting.save_connector(connector_id=theirs.connector_id, title="x"),
        lambda at: connecting.try_connector(connector_id=theirs.connector_id),
        lambda at: connecting.switch_connector(connector_id=theirs.connector_id, is_on=True),
        lambda at: connecting.reset_mark(connector_id=theirs.connector_id),
        lambda at: collecting.run_connector(connector_id=theirs.connector_id),
        lambda at: collecting.replay_run(run_id=run.run_id),
        lambda at: collecting.retry_rows(connector_id=theirs.connector_id, rows=[Mended(bad.row_id)]),
        lambda at: collecting.discard_rows(
            connector_id=theirs.connector_id, row_ids=[bad.row_id], reason="x"
        ),
        lambda at: connecting.retire_connector(connector_id=theirs.connector_id),
    ]
    for call in calls:
        with scopes.use(ours.scope), pytest.raises(NotFound):
            call(ours)
    with scopes.use(ours.scope):
        assert [one.connector_id for one in queries.connectors()] == [ours.connector_id]
        with pytest.raises(NotFound):
            collecting.retry_rows(connector_id=ours.connector_id, rows=[Mended(bad.row_id)])
    with scopes.use(theirs.scope):
        queries.connector(connector_id=theirs.connector_id)
        queries.quarantined_rows(connector_id=theirs.connector_id)
        connecting.save_connector(connector_id=theirs.connector_id, title="x")
        collecting.discard_rows(connector_id=theirs.connector_id, row_ids=[bad.row_id], reason="x")
        connecting.retire_connector(connector_id=theirs.connector_id)
