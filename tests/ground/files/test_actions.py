import io
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from jizuo.ground import scope as scopes
from tests.ground.files.given import CSV, OTHER, THIRD, address, files_in, keep, keep_as, operator

SOON = timedelta(hours=-1)


@pytest.fixture
def school(base):
    return base.unit()


def test_a_kept_file_is_a_row_and_its_bytes(base, school, home):
    ref = keep_as(base, school, CSV, "../名单.csv")
    assert (ref.name, ref.size, ref.type) == ("名单.csv", len(CSV), "text/csv")
    assert files_in(base, school) == [("名单.csv", "roster", 3)]
    assert home.verify(address(CSV)).size == len(CSV)


def test_two_units_share_the_bytes_and_not_the_row(base, school, home):
    from jizuo.ground.errors import NotFound
    from jizuo.ground.files import queries

    other = base.unit()
    mine, theirs = keep_as(base, school, CSV), keep_as(base, other, CSV)
    assert mine.file_id != theirs.file_id
    assert len([kept for kept in home.iter_all() if kept.sha256 == address(CSV)]) == 1
    with scopes.use(base.scope(school)), pytest.raises(NotFound):
        queries.get_checked_file(file_id=theirs.file_id)


@pytest.mark.parametrize(
    ("name", "content", "word", "fix"),
    [
        ("名单.xlsx", b"MZ\x90\0" + b"\0" * 90, "程序", "可以上传"),
        ("名单.xls", b"<html><table></table></html>", "网页", "另存为 .xlsx"),
        ("名单.xlsx", b"", "空的", "重新选择"),
        ("名单.pdf", b"%PDF-1.4\n", "不能上传这种文件", "csv、et"),
    ],
)
def test_a_refused_file_leaves_nothing_and_says_why(base, school, home, name, content, word, fix):
    from jizuo.ground.errors import BadInput

    before = {kept.sha256 for kept in home.iter_all()}
    with scopes.use(base.scope(school)), pytest.raises(BadInput) as caught:
        keep(io.BytesIO(content), name)
    (problem,) = caught.value.problems
    assert problem.where == name
    assert word in problem.what
    assert fix in problem.fix
    assert {kept.sha256 for kept in home.iter_all()} == before
    assert files_in(base, school) == []


def test_a_dropped_file_frees_its_bytes_after_the_grace(base, school, home):
    from jizuo.ground.errors import NotFound
    from jizuo.ground.files import actions, jobs

    content = f"姓名\n{school}\n".encode()
    ref = keep_as(base, school, content)
    held = address(content)
    with scopes.use(base.scope(school)):
        actions.drop_file(file_id=ref.file_id)
        with pytest.raises(NotFound):
            actions.drop_file(file_id=ref.file_id)
    with scopes.use(operator(base)):
        jobs.sweep()
        assert home.exists(held), "within the grace"
        assert jobs.sweep(grace=SOON).unused >= 1
    assert not home.exists(held)


def test_a_sweep_that_does_not_see_a_unit_takes_nothing_from_it(base, school, home):
    from jizuo.ground.files import jobs

    content = f"姓名\n看不见{school}\n".encode()
    ref = keep_as(base, school, content)
    with scopes.use(scopes.base_scope()):
        jobs.sweep(grace=SOON)
    assert home.exists(address(content))
    with scopes.use(base.scope(school)):
        from jizuo.ground.files import queries

        assert queries.get_checked_file(file_id=ref.file_id).size == len(content)


def test_without_the_reference_the_blind_sweep_would_take_it(base, school, home):
    from jizuo.ground.files import jobs

    content = f"姓名\n变异{school}\n".encode()
    keep_as(base, school, content)
    held = address(content)
    with base.owner() as owner:
        owner.execute("alter table stored_file drop constraint stored_file_content")
    try:
        with scopes.use(scopes.base_scope()):
            jobs.sweep(grace=SOON)
        assert not home.exists(held)
    finally:
        with base.owner() as owner:
            owner.execute(
                "select set_config('app.units', (select array_agg(unit_no)::text from unit), false)"
            )
            owner.execute(
                "delete from stored_file f where not exists"
                " (select 1 from stored_bytes b where b.sha256 = f.sha256)"
            )
            owner.execute(
                "alter table stored_file add constraint stored_file_content"
                " foreign key (sha256) references stored_bytes (sha256) on delete restrict"
            )


def test_bytes_without_a_row_are_swept_and_young_ones_stay(base, school, home):
    from jizuo.ground.files import jobs

    stray = home.put(io.BytesIO(f"孤儿{school}".encode()))
    with scopes.use(operator(base)):
        assert jobs.sweep().orphans == 0
        assert home.exists(stray.sha256)
        assert jobs.sweep(grace=SOON).orphans == 1
    assert not home.exists(stray.sha256)


def test_keeping_and_sweeping_the_same_bytes_at_once_never_loses_them(base, school, home):
    from django.db import connection

    from jizuo.ground.files import jobs, queries

    content = f"姓名\n竞争{school}\n".encode()
    stop, faults = time.monotonic() + 3, []

    def sweep():
        try:
            with scopes.use(operator(base)):
                while time.monotonic() < stop:
                    jobs.sweep(grace=SOON)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    rounds = 0
    while time.monotonic() < stop:
        from jizuo.ground.errors import Conflict
        from jizuo.ground.files import actions

        try:
            ref = keep_as(base, school, content)
        except Conflict:
            continue
        assert b"".join(home.open(address(content))) == content
        with scopes.use(base.scope(school)):
            queries.get_checked_file(file_id=ref.file_id)
            actions.drop_file(file_id=ref.file_id)
        rounds += 1
    sweeper.join()
    assert faults == []
    assert rounds > 5


def test_the_check_of_everything_names_what_is_missing_and_damaged(base, school, home):
    from jizuo.ground.files import jobs

    gone, bad = address(CSV), address(OTHER)
    for content in (CSV, OTHER, THIRD):
        keep_as(base, school, content)
    told = []
    with scopes.use(operator(base)):
        assert jobs.verify_all(tell=lambda found: told.append(found.count)).is_whole
        path = home._path(bad)
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        home.delete(gone)
        found = jobs.verify_all()
        assert (found.missing, found.damaged) == ([gone], [bad])
        assert found.count == told[-1] == 3


def test_every_keeping_leaves_its_audit_entry(base, school, home):
    before = datetime.now(UTC)
    keep_as(base, school, CSV)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school}}}"])
        found = owner.execute(
            "select door, result from audit_entry where unit_no = %s and at >= %s", [school, before]
        ).fetchall()
    assert found == [("ground.record_file", "done")]
