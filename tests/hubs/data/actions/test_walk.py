"""The walk with a small importer: its states, its guards, its undo."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.hubs.data.given import applied, campuses, counts
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import clerk, land


def test_land_check_preview_apply_undo(desk):
    walked = desk.bring(campuses("东校区", 西校区="西门街 3 号"))
    assert walked.state == "ready"
    assert counts(walked) == {"new": 2}
    assert sorted(change.label for change in walked.changes("new")) == ["东校区", "西校区"]
    assert desk.orgs() == {}
    walked.apply()
    assert walked.state == "applied"
    assert desk.orgs() == {"东校区": "", "西校区": "西门街 3 号"}
    receipt = walked.batch.receipt
    assert receipt["tables"] == ["org"] and receipt["rows"] == 2 and len(receipt["raw_sha256"]) == 64
    walked.undo()
    assert walked.state == "undone"
    assert walked.batch.receipt["undo"] == {
        "removed": 2, "restored": 0, "brought_back": 0, "kept_count": 0, "kept": [],
    }  # fmt: skip
    assert desk.orgs() == {}


def test_the_same_file_twice_at_once_is_a_conflict(desk):
    from jizuo.ground.errors import Conflict

    first = land(desk.base, desk.scope, campuses("东校区"), "a.txt", "campuses")
    with pytest.raises(Conflict, match="同一个文件正在导入"):
        land(desk.base, desk.scope, campuses("东校区"), "b.txt", "campuses")
    first.run()
    # Once the first waits for a person, the file may come again: nothing runs meanwhile.
    assert land(desk.base, desk.scope, campuses("东校区"), "c.txt", "campuses").run().state == "ready"


def test_two_schools_at_once_do_not_meet(desk):
    other = desk.base.unit()
    mine = land(desk.base, desk.scope, campuses("东校区"), "a.txt", "campuses")
    theirs = land(desk.base, clerk(desk.base, other), campuses("东校区"), "a.txt", "campuses")
    for walked in (mine, theirs):
        walked.run()
    mine.apply()
    theirs.apply()
    assert set(desk.orgs()) == {"东校区"}
    assert len(rows_of(desk.base, other, "select 1 from org")) == 1


def test_two_uploads_of_one_file_in_two_threads(desk):
    """The bytes meet at one lock: exactly one lands."""
    import threading

    from django.db import connection

    from jizuo.ground.errors import Conflict

    told = []

    def send():
        try:
            land(desk.base, desk.scope, campuses("东校区"), "a.txt", "campuses")
            told.append("landed")
        except Conflict:
            told.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["conflict", "conflict", "landed"]


def test_discard(desk):
    from jizuo.ground.errors import Conflict

    walked = desk.bring(campuses("东校区"))
    walked.step("discard_batch")
    assert walked.state == "discarded" and desk.orgs() == {}
    for verb in ("apply_batch", "discard_batch", "undo_batch", "recheck_batch"):
        with pytest.raises(Conflict):
            walked.step(verb)


def test_another_units_batch_does_not_exist(desk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import imports as queries

    walked = desk.bring(campuses("!"))
    stranger = clerk(desk.base, desk.base.unit())
    for verb in ("apply_batch", "undo_batch", "approve_batch", "recheck_batch", "discard_batch"):
        with pytest.raises(NotFound):
            walked.step(verb, stranger)
    with scopes.use(stranger):
        with pytest.raises(NotFound):
            queries.batch(batch_id=walked.batch_id)
        assert queries.batch_list().rows == []
        assert queries.problem_list(batch_id=walked.batch_id).rows == []
        assert queries.change_list(batch_id=walked.batch_id).rows == []
    assert walked.state == "faulty"


def test_a_file_cannot_be_landed_at_another_unit(desk):
    import io

    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.ground.files import actions as files
    from jizuo.hubs.data.actions import walk as actions

    other = desk.base.unit()
    with scopes.use(desk.scope):
        kept = files.keep(io.BytesIO(campuses("东校区")), name="a.txt", kind="roster", grade=4)
        with pytest.raises(NotFound):
            actions.land_batch(importer="campuses", file_id=kept.file_id, title="a", unit_no=other)


def test_unknown_importers_and_files_are_refused(desk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.data.actions import walk as actions

    with scopes.use(desk.scope):
        with pytest.raises(BadInput, match="没有“nothing”这种导入"):
            actions.land_batch(importer="nothing", file_id=uuid4(), title="x")
        with pytest.raises(NotFound):
            actions.land_batch(importer="campuses", file_id=uuid4(), title="x")


@pytest.mark.parametrize("role", ["teacher", "homeroom_teacher", "pupil", "guardian", "district_leader"])
def test_who_may_not_import(desk, role):
    from jizuo.ground.errors import NotAllowed

    walked = desk.bring(campuses("东校区"))
    with pytest.raises(NotAllowed):
        walked.step("apply_batch", clerk(desk.base, desk.unit_no, role))


def test_choices_are_remembered_for_a_unit_only(desk):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk as actions

    with scopes.use(desk.scope):
        actions.remember(kind="value", importer="campuses", key="东", value="东校区")
        actions.remember(kind="value", importer="campuses", key="东", value="东区")
    assert rows_of(desk.base, desk.unit_no, "select key, value from mapping") == [("东", "东区")]
    assert rows_of(desk.base, desk.base.unit(), "select key from mapping") == []


def test_a_batch_and_its_steps_stand_in_the_audit(desk):
    walked = applied(desk, campuses("东校区"))
    doors = rows_of(
        desk.base,
        desk.unit_no,
        "select door, result from audit_entry where note = %s order by id",
        f"batch {walked.batch_id}",
    )
    assert ("data.apply_batch", "done") in doors and ("data.apply_stage", "done") in doors
