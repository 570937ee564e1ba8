"""The walk with a small importer: its states, its guards, its undo."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from tests.hubs.data.given import Campuses, campuses
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import clerk, land, walk


@pytest.fixture(scope="module")
def importer(base):
    """The importer of campuses, registered for this module only."""
    from jizuo.hubs.data import importers
    from jizuo.project import rooms

    rooms.plates()
    made = Campuses()
    importers.register(made)
    yield made
    importers._importers.pop(made.name)


@pytest.fixture
def desk(base, importer):
    """A school of its own: `bring(content, **options)` walks a file to its preview."""
    unit_no = base.unit()
    scope = clerk(base, unit_no)

    def bring(content, at=None, **more):
        return walk(base, at or scope, content, "校区.txt", "campuses", **more)

    def orgs():
        return dict(
            rows_of(
                base,
                unit_no,
                "select name, location from org where unit_no = %s and closed_on is null",
                unit_no,
            )
        )

    return SimpleNamespace(base=base, unit_no=unit_no, scope=scope, bring=bring, orgs=orgs, importer=importer)


def applied(desk, content, **more):
    walked = desk.bring(content, **more)
    assert walked.state == "ready", walked.batch
    walked.apply()
    assert walked.state == "applied"
    return walked


def counts(walked):
    return {key: n for key, n in walked.batch.counts["org"].items() if n}


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


def test_the_preview_shows_old_and_new_value(desk):
    applied(desk, campuses(东校区="东门街 1 号"))
    walked = desk.bring(campuses(东校区="东门街 2 号"))
    (change,) = walked.changes("changed")
    assert (change.before, change.after) == ({"地点": "东门街 1 号"}, {"地点": "东门街 2 号"})


def test_the_same_file_again_says_nothing_new(desk):
    applied(desk, campuses("东校区"))
    before = rows_of(desk.base, desk.unit_no, "select id, xmin::text, changed_at from org")
    again = desk.bring(campuses("东校区"))
    assert again.state == "applied" and again.batch.receipt["is_nothing"] is True
    assert counts(again) == {"same": 1}
    assert rows_of(desk.base, desk.unit_no, "select id, xmin::text, changed_at from org") == before


def test_a_fault_is_mended_in_place_and_the_raw_file_stays(desk):
    from jizuo.ground.errors import Conflict

    walked = desk.bring(campuses("!", "西校区"))
    assert walked.state == "faulty"
    (problem,) = walked.problems("error")
    assert (problem.row_no, problem.column, problem.value) == (1, "A", "!")
    with pytest.raises(Conflict):
        walked.step("apply_batch")
    raw = walked.batch.raw_file
    walked.mend(("", 1, "A", "东校区"))
    assert walked.state == "ready" and walked.problems() == [] and walked.batch.raw_file == raw
    walked.apply()
    assert set(desk.orgs()) == {"东校区", "西校区"}


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


NAMES = [f"第{n}校区" for n in range(12)]


def test_too_many_gone_waits_for_a_second_person(desk):
    from jizuo.ground.errors import Conflict, NotAllowed

    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:6]), is_full=True)
    assert walked.state == "held"
    assert "6" in walked.batch.hold_reason and "12" in walked.batch.hold_reason
    assert len(walked.changes("gone")) == 6
    with pytest.raises(Conflict):
        walked.step("apply_batch")
    with pytest.raises(NotAllowed, match="需要另一个人批准"):
        walked.step("approve_batch")
    # The head's role of the same account is the same person.
    from jizuo.hubs.identity.models import Account

    account = Account.objects.get(pk=desk.scope.account_id)
    head = desk.base.grant(account, desk.unit_no, "head")
    with pytest.raises(NotAllowed):
        walked.step(
            "approve_batch", desk.base.scope(desk.unit_no, "head", grant_no=head, account_id=account.pk)
        )
    walked.step("approve_batch", clerk(desk.base, desk.unit_no, "head", "沈知远"))
    assert walked.state == "ready"
    walked.apply()
    assert set(desk.orgs()) == set(NAMES[:6])
    walked.undo()
    assert set(desk.orgs()) == set(NAMES)


def test_few_gone_need_nobody(desk):
    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:8]), is_full=True)
    assert walked.state == "ready" and counts(walked) == {"same": 8, "gone": 4}


def test_an_approval_counts_for_what_was_seen(desk):
    """After the base moved, more would leave than was approved: the second person is asked again."""
    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:6]), is_full=True)
    walked.step("approve_batch", clerk(desk.base, desk.unit_no, "head", "沈知远"))
    applied(desk, campuses("新校区"))
    walked.apply()
    assert walked.state == "held", walked.batch
    assert "7" in walked.batch.hold_reason
    assert len(desk.orgs()) == 13


def test_an_effect_that_changed_since_the_preview_goes_back_to_preview(desk):
    applied(desk, campuses(东校区="东门街 1 号"))
    walked = desk.bring(campuses(东校区="东门街 2 号"))
    applied(desk, campuses(东校区="东门街 3 号", 西校区="x"))
    walked.apply()
    # Same new value for the same record: only what would be written counts, so this one may go through.
    assert walked.state == "applied" and desk.orgs()["东校区"] == "东门街 2 号"

    late = desk.bring(campuses(南校区="南门街 1 号"))
    applied(desk, campuses(南校区="南门街 9 号"))
    late.apply()
    assert late.state == "ready", late.batch
    assert desk.orgs()["南校区"] == "南门街 9 号"
    (change,) = late.changes("changed")
    assert change.before == {"地点": "南门街 9 号"}
    late.apply()
    assert late.state == "applied" and desk.orgs()["南校区"] == "南门街 1 号"


def test_discard(desk):
    from jizuo.ground.errors import Conflict

    walked = desk.bring(campuses("东校区"))
    walked.step("discard_batch")
    assert walked.state == "discarded" and desk.orgs() == {}
    for verb in ("apply_batch", "discard_batch", "undo_batch", "recheck_batch"):
        with pytest.raises(Conflict):
            walked.step(verb)


def test_undo_keeps_and_lists_what_changed_since(desk):
    applied(desk, campuses(东校区="1", 西校区="1", 南校区="1"))
    second = applied(desk, campuses(东校区="2", 西校区="2", 北校区="2", 中校区="2"))
    # After the second batch: one changed row, and one row it had brought, are changed again.
    applied(desk, campuses(西校区="3", 中校区="3"))
    second.undo()
    assert second.state == "undone"
    assert desk.orgs() == {"东校区": "1", "西校区": "3", "南校区": "1", "中校区": "3"}
    undo = second.batch.receipt["undo"]
    assert (undo["removed"], undo["restored"], undo["kept_count"]) == (1, 1, 2)
    assert sorted((table, label) for table, _id, label in undo["kept"]) == [
        ("org", "中校区"),
        ("org", "西校区"),
    ]


def test_undo_in_the_reverse_order_goes_all_the_way_back(desk):
    first = applied(desk, campuses(东校区="1"))
    second = applied(desk, campuses(东校区="2"))
    second.undo()
    assert desk.orgs() == {"东校区": "1"}
    first.undo()
    assert desk.orgs() == {}


def test_an_undo_is_not_undone_and_not_made_twice(desk):
    from jizuo.ground.errors import Conflict

    walked = applied(desk, campuses("东校区"))
    walked.undo()
    for verb in ("undo_batch", "apply_batch", "recheck_batch"):
        with pytest.raises(Conflict, match="已撤销"):
            walked.step(verb)
    # The way forward is the file itself.
    applied(desk, campuses("东校区"))
    assert set(desk.orgs()) == {"东校区"}


def test_another_units_batch_does_not_exist(desk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data import queries

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
    from jizuo.hubs.data import jobs

    walked = applied(desk, campuses("东校区"))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "undo_rows", lambda *_given: 1 / 0)
        walked.undo()
    assert walked.state == "applied" and walked.batch.error == "ZeroDivisionError"
    assert set(desk.orgs()) == {"东校区"}
    walked.undo()
    assert walked.state == "undone"


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
