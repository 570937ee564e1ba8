"""A job of the walk that breaks: the batch says so, and can be tried again."""

from __future__ import annotations

from tests.hubs.data.given import applied, campuses


def test_an_apply_that_breaks_says_so_and_can_be_made_again(desk):
    """Nothing is half written, and the batch does not stay in 应用中 for ever."""
    walked = desk.bring(campuses("东校区"))
    desk.importer.broken = RuntimeError("no such luck")
    try:
        walked.apply()
    finally:
        desk.importer.broken = None
    assert walked.state == "failed" and walked.batch.error == "RuntimeError"
    assert desk.orgs() == {}
    walked.step("recheck_batch")
    assert walked.state == "ready"
    walked.apply()
    assert set(desk.orgs()) == {"东校区"}


def test_a_preview_that_breaks_says_so(desk):
    desk.importer.broken = RuntimeError("no such luck")
    try:
        walked = desk.bring(campuses("东校区"))
    finally:
        desk.importer.broken = None
    assert walked.state == "failed"
    walked.step("recheck_batch")
    assert walked.state == "ready"


def test_an_undo_that_breaks_leaves_the_batch_applied(desk, monkeypatch):
    from jizuo.hubs.data.actions import applying

    walked = applied(desk, campuses("东校区"))
    with monkeypatch.context() as patched:
        patched.setattr(applying, "undo_rows", lambda *_given: 1 / 0)
        walked.undo()
    assert walked.state == "applied" and walked.batch.error == "ZeroDivisionError"
    assert set(desk.orgs()) == {"东校区"}
    walked.undo()
    assert walked.state == "undone"
