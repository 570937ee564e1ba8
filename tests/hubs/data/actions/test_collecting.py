from __future__ import annotations

from jizuo.ground import scope as scopes
from tests.hubs.data.collecting_given import MAPPING, row, serve, source, work


def test_bad_rows_are_put_aside_and_mended(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    rows = [row(number) for number in range(30)]
    rows[3]["xk"], rows[7]["kch"], rows[9]["xk"] = "语问", "", "占星"
    at = source(base, "http", serve(outside, rows))
    run = at.run()
    assert (run.state, run.quarantined) == ("applied", 3), run
    assert len(at.courses()) == 27
    first, second, third = at.aside()
    assert first.cells["kcmc"] == "课程3" and first.faults[0]["suggestion"] == "语文"
    assert second.faults[0]["code"] == "empty" and second.faults[0]["column"] == "kch"

    from jizuo.hubs.data.actions import collecting
    from jizuo.hubs.data.collecting import Mended

    with scopes.use(at.scope):
        collecting.discard_rows(connector_id=at.connector_id, row_ids=[third.row_id], reason="不是课程")
        run_id = collecting.retry_rows(
            connector_id=at.connector_id,
            rows=[Mended(first.row_id, {"xk": "语文"}), Mended(second.row_id, {"kch": "K0007"})],
        )
    work(base, at.scope)
    assert at.view(run_id).state == "applied"
    assert len(at.courses()) == 29 and not at.aside() and len(at.aside("mended")) == 2
    # What was given up stays given up when it comes the same again.
    at.run()
    assert [one.row_id for one in at.aside("discarded")] == [third.row_id]
    assert {one.cells["kcmc"] for one in at.aside()} == {"课程3", "课程7"}


def test_a_row_mended_wrongly_stays_open(base, outside, open_hosts):
    from jizuo.hubs.data.actions import collecting
    from jizuo.hubs.data.collecting import Mended

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1), row(2, xk="语问")]))
    at.run()
    (bad,) = at.aside()
    with scopes.use(at.scope):
        collecting.retry_rows(connector_id=at.connector_id, rows=[Mended(bad.row_id, {"xk": "数问"})])
    work(base, at.scope)
    (still,) = at.aside()
    assert still.cells["xk"] == "数问" and still.row_id == bad.row_id


def test_any_run_is_replayed_from_its_kept_file(base, outside, open_hosts):
    from jizuo.hubs.data.actions import collecting

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1), row(2)]), mapping={"kch": "code", "xk": "title"})
    first = at.run()
    assert {title for _code, title in at.courses()} == {"语文"}
    at.save(mapping=MAPPING)
    outside.answers.clear()
    with scopes.use(at.scope):
        run_id = collecting.replay_run(run_id=first.run_id)
    work(base, at.scope)
    assert at.view(run_id).state == "applied"
    assert [title for _code, title in at.courses()] == ["课程1", "课程2"]
