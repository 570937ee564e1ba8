from datetime import timedelta

from jizuo.ground import scope as scopes
from tests.ground.files.given import CSV, OTHER, THIRD, address, keep_as
from tests.ground.files.test_scan import Clamd, Daemon


def test_both_are_on_the_timetable_and_one_of_each_waits_at_a_time(base):
    from procrastinate.contrib.django import app

    from jizuo.ground.files import jobs

    timed = {task.task.name: task for task in app.periodic_registry.periodic_tasks.values()}
    assert {jobs.SCAN, jobs.SWEEP} <= set(timed)
    for name in (jobs.SCAN, jobs.SWEEP):
        assert timed[name].task.queueing_lock == timed[name].task.lock == name


def test_the_night_sweeps_every_unit_and_takes_nothing_that_is_used(base, home):
    from jizuo.ground.files import actions, jobs

    first, second = base.unit(), base.unit()
    keep_as(base, first, CSV)
    keep_as(base, second, OTHER)
    for unit_no, content in ((second, CSV), (first, THIRD)):
        ref = keep_as(base, unit_no, content)
        with scopes.use(base.scope(unit_no)):
            actions.drop_file(file_id=ref.file_id)
    jobs.sweep_now(0)
    assert home.exists(address(THIRD)), "within the grace"
    with base.owner() as owner:
        owner.execute("update stored_bytes set seen_at = seen_at - %s", [actions.GRACE + timedelta(hours=1)])
    jobs.sweep_now(0)
    there = {content: home.exists(address(content)) for content in (CSV, OTHER, THIRD)}
    assert there == {CSV: True, OTHER: True, THIRD: False}


def test_a_scan_goes_on_until_nothing_waits(base, home, monkeypatch):
    import socket

    from jizuo.ground.files import jobs, scan

    assert jobs.scan_now(0) == 0, "no scanner is set up"
    daemon = Daemon(socket.AF_INET, ("127.0.0.1", 0))
    monkeypatch.setattr(scan, "is_on", lambda: True)
    monkeypatch.setattr(scan, "configured", lambda: Clamd("tcp:{}:{}".format(*daemon.where)))
    for number in range(52):
        keep_as(base, base.unit() if number < 2 else 1, f"姓名\n张{number}\n".encode())
    assert jobs.scan_now(0) == 52
    assert jobs.scan_now(0) == 0


def test_a_restored_store_is_checked_in_the_place_of_the_own_one(base, home, tmp_path):
    from jizuo.ground.files import jobs
    from jizuo.ground.files.store import DiskStore
    from jizuo.ground.keys import ring

    keep_as(base, base.unit(), CSV)
    with scopes.use(jobs.whole_base()):
        assert jobs.verify_all().is_whole
        assert jobs.verify_all(held=DiskStore(tmp_path / "empty", ring())).missing == [address(CSV)]
