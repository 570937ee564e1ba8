"""The check over a real base: what it opens and closes, alone and beside what changed; the same either way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.data.quality_given import build, of
from tests.hubs.organisation.given import within


@pytest.fixture
def town(base: Any) -> SimpleNamespace:
    return build(base)


def test_a_failure_opens_closes_itself_and_opens_again(town: Any) -> None:
    town.check()
    school = town.schools[0]
    at = school.pupils[0][1]
    assert at not in of(town.failures(), "seat_range")
    town.write("update affiliation set seat_no = 300, changed_at = now() where id = %s", at)
    done = town.check()
    assert done["affiliation"].whole == 0 and done["affiliation"].touched == 1
    assert of(town.failures(), "seat_range") == {at}
    town.write("update affiliation set seat_no = 30, changed_at = now() where id = %s", at)
    town.check()
    assert of(town.failures(), "seat_range") == set()
    assert at in of(town.failures("closed"), "seat_range")
    town.write("update affiliation set seat_no = 301, changed_at = now() where id = %s", at)
    town.check()
    times = []
    from django.db import connection

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select times from quality_failure where rule = 'seat_range' and record_id = %s", [at]
            )
            times.extend(cursor.fetchall())

    within(town.base.scope(school.unit_no), read)
    assert times == [(2,)]


#: One thing that happens in a school: statements with the place of an id taken by chance from a table.
HAPPENS = [
    ("affiliation", "update affiliation set seat_no = (seat_no + 7) %% 13, changed_at = now() where id = %s"),
    ("affiliation", "update affiliation set class_id = (select id from org o where o.unit_no = affiliation.unit_no"
     " and kind = 'class' order by md5(o.id::text || now()::text) limit 1), changed_at = now()"
     " where id = %s and role = 'pupil'"),
    ("affiliation", "update affiliation set end_on = '2026-09-10', changed_at = now() where id = %s"),
    ("affiliation", "update affiliation set end_on = null, changed_at = now() where id = %s"),
    ("affiliation", "update affiliation set sex = '9', changed_at = now() where id = %s"),
    ("affiliation", "update affiliation set is_present = not is_present, changed_at = now() where id = %s"),
    ("affiliation", "update affiliation set local_no = '7', changed_at = now() where id = %s"),
    ("person", "update person set phone = '1390000' || (random() * 99)::int, changed_at = now() where id = %s"),
    ("person", "update person set birth_on = '1960-01-01', changed_at = now() where id = %s"),
    ("person", "update person set ethnic = 'zz', changed_at = now() where id = %s"),
    ("pupil", "update pupil set entry_year = 1990 + (random() * 40)::int, changed_at = now() where id = %s"),
    ("pupil", "update pupil set status = '07', changed_at = now() where id = %s"),
    ("pupil", "update pupil set address = '', changed_at = now() where id = %s"),
    ("org", "update org set entry_year = entry_year - 4, changed_at = now() where id = %s"),
    ("org", "update org set closed_on = '2026-09-01', changed_at = now() where id = %s"),
    ("org", "update org set closed_on = null, class_no = class_no, changed_at = now() where id = %s"),
    ("guardian_of", "delete from guardian_of where id = %s"),
    ("guardian_of", "update guardian_of set is_legal = not is_legal, changed_at = now() where id = %s"),
    ("guardian_of", "update guardian_of set is_no_contact = true, end_on = '2027-01-01', changed_at = now() where id = %s"),
    ("guardian_of", "update guardian_of set end_on = '2026-09-02', changed_at = now() where id = %s"),
    ("staff", "update staff set subject_code = 'x', certificate = 'y', changed_at = now() where id = %s"),
    ("staff", "update staff set is_full_time_teacher = not is_full_time_teacher, changed_at = now() where id = %s"),
    ("enrolment", "update enrolment set role = 'teacher', changed_at = now() where id = %s"),
    ("enrolment", "delete from enrolment where id = %s"),
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_beside_what_changed_the_check_finds_what_a_whole_one_finds(
    town: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    import random

    from django.db import connection

    from jizuo.ground import acting
    from jizuo.hubs.data.actions import quality_checking

    monkeypatch.setattr(quality_checking, "MOST_TOUCHED", 10)
    chance = random.Random(seed)
    scope = acting.base_job_scope(town.bureau)

    def ids(table: str) -> list[UUID]:
        def read() -> list[UUID]:
            with connection.cursor() as cursor:
                cursor.execute(f"select id from {table} order by id")
                return [one for (one,) in cursor.fetchall()]

        return within(scope, read)

    town.check()
    for _round in range(6):
        for _change in range(chance.randint(1, 6)):
            table, statement = chance.choice(HAPPENS)
            there = ids(table)
            if there:
                town.write(statement, chance.choice(there))
        done = town.check()
        assert all(one.whole == 0 for one in done.values())
        kept, scores = town.failures(), town.scores()
        town.check(full=True)
        assert town.failures() == kept
        assert town.scores() == scores


def test_a_rule_that_asks_for_the_day_is_run_anew_on_a_new_day(town: Any) -> None:
    from datetime import timedelta

    from jizuo.ground import acting

    today = acting.today()
    school = town.schools[0]
    town.write("update guardian_of set end_on = %s, changed_at = now() where child_id = %s", today + timedelta(days=2),
               school.pupils[2][0])  # fmt: skip
    town.check()
    at = school.pupils[2][1]
    assert at not in of(town.failures(), "pupil_guardian")
    done = town.check(today=today + timedelta(days=3))
    assert done["pupil"].whole > 0
    assert at in of(town.failures(), "pupil_guardian")


def test_a_switched_off_rule_lets_its_failures_go(town: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    town.check()
    school = town.schools[0]
    before = {unit for unit, rule, _record in town.failures() if rule == "staff_certificate"}
    assert before == {one.unit_no for one in town.schools}
    with scopes.use(town.base.scope(town.bureau, "district_steward")):
        quality_rules.switch_quality_rule(
            code="staff_certificate", is_on=False, reason="本校没有专任教师", unit_no=school.unit_no
        )
    town.check()
    after = {unit for unit, rule, _record in town.failures() if rule == "staff_certificate"}
    assert after == before - {school.unit_no}
    with scopes.use(town.base.scope(town.bureau, "district_steward")):
        quality_rules.switch_quality_rule(code="staff_certificate", is_on=False, reason="全区先不查")
        quality_rules.switch_quality_rule(
            code="staff_certificate", is_on=True, reason="这所要查", unit_no=school.unit_no
        )
    town.check()
    assert {unit for unit, rule, _record in town.failures() if rule == "staff_certificate"} == {
        school.unit_no
    }


def test_a_waived_record_stays_waived_until_it_is_mended(town: Any) -> None:
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.ground.pages.asks import Ask
    from jizuo.hubs.data.actions import quality_failures
    from jizuo.hubs.data.queries import quality_failures as queries

    school, other = town.schools
    at = school.pupils[0][1]
    town.write(
        "update affiliation set seat_no = 300, changed_at = now() where id = any(%s)",
        [at, other.pupils[0][1]],
    )
    town.check()
    with scopes.use(town.base.scope(school.unit_no, "clerk")):
        (row,) = queries.failing_rows(code="seat_range", ask=Ask()).slice.rows
        with pytest.raises(BadInput):
            quality_failures.waive_failures(code="seat_range", failure_ids=[row.failure_id], reason=" ")
        assert (
            quality_failures.waive_failures(
                code="seat_range", failure_ids=[row.failure_id], reason="确是如此"
            )
            == 1
        )
    town.check(full=True)
    assert at in of(town.failures("waived"), "seat_range")
    with scopes.use(town.base.scope(other.unit_no, "clerk")), pytest.raises(NotFound):
        quality_failures.take_up_failures(code="seat_range", failure_ids=[row.failure_id])
    town.write("update affiliation set seat_no = 3, changed_at = now() where id = %s", at)
    town.check()
    assert at in of(town.failures("closed"), "seat_range")


def test_another_school_s_failing_rows_do_not_exist(town: Any) -> None:
    """With the wall up a clerk's reach sees its own; the twin, without it, sees both."""
    from django.db import connection

    school, other = town.schools
    town.write("update affiliation set seat_no = 300, changed_at = now() where id = any(%s)",
               [school.pupils[0][1], other.pupils[0][1]])  # fmt: skip
    town.check()

    def read() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("select unit_no from quality_failure where rule = 'seat_range'")
            return {unit for (unit,) in cursor.fetchall()}

    assert within(town.base.scope(school.unit_no), read) == {school.unit_no}
    with town.base.owner() as owner:
        owner.execute("alter table quality_failure disable row level security")
        owner.execute("alter table quality_failure no force row level security")
    try:
        assert within(town.base.scope(school.unit_no), read) >= {school.unit_no, other.unit_no}
    finally:
        with town.base.owner() as owner:
            owner.execute("alter table quality_failure enable row level security")
            owner.execute("alter table quality_failure force row level security")


def test_who_oversees_a_school_gets_counts_and_never_a_row(town: Any) -> None:
    from jizuo.ground.errors import NotAllowed
    from jizuo.ground.pages.asks import Ask
    from jizuo.hubs.data.queries import quality as queries
    from jizuo.hubs.data.queries import quality_failures

    school = town.schools[0]
    town.write("update affiliation set seat_no = 300, changed_at = now() where id = %s", school.pupils[0][1])
    town.check()
    for role in ("district_steward", "district_admin", "district_leader"):
        with scopes.use(town.base.scope(town.bureau, role)):
            now = queries.quality_now(unit_no=school.unit_no)
            seat = next(one for one in now.worst if one.code == "seat_range")
            assert seat.failing is None, "one record is a group too small"
            for door in (
                lambda: quality_failures.failing_rows(code="seat_range", ask=Ask()),
                lambda: quality_failures.export_failing(code="seat_range"),
                quality_failures.quality_tasks,
            ):
                with pytest.raises(NotAllowed):
                    door()
    with scopes.use(town.base.scope(school.unit_no, "head")):
        now = queries.quality_now()
        assert next(one for one in now.worst if one.code == "seat_range").failing == 1


def test_a_homeroom_teacher_gets_her_own_class_only(town: Any) -> None:
    from jizuo.hubs.data.queries import quality_failures as queries

    school = town.schools[0]
    first, second = school.pupils[0][1], school.pupils[-1][1]
    town.write("update pupil set address = '', changed_at = now() where id = any(%s)", [first, second])
    town.check()
    for org_id, count in zip(school.classes, (1, 1), strict=True):
        with scopes.use(town.base.scope(school.unit_no, "homeroom_teacher", org_ids=(org_id,))):
            tasks = {one.code: one.count for one in queries.quality_tasks()}
            assert tasks["pupil_address"] == count
            assert "staff_certificate" not in tasks
    with scopes.use(town.base.scope(school.unit_no, "clerk")):
        assert {one.code: one.count for one in queries.quality_tasks()}["pupil_address"] == 2


def test_a_download_names_only_the_own_school_and_is_written_down(town: Any) -> None:
    from jizuo.hubs.data.queries import quality_failures as queries

    school = town.schools[0]
    town.check()
    with scopes.use(town.base.scope(school.unit_no, "clerk")):
        rows = queries.export_failing()
    staff = {link for _person, link in school.staff}
    assert {one.record_id for rule, one in rows if rule.code == "staff_certificate"} <= staff
    assert all(one.name for _rule, one in rows)
    with town.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        (count, columns) = owner.execute(
            "select row_count, columns from audit_entry where door = 'data.export_failing' and unit_no = %s",
            [school.unit_no],
        ).fetchone()
    assert (count, columns) == (len(rows), ["name"])


def test_tables_that_the_planner_does_not_know_are_checked_whole(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a first load a loop over the touched would run over everything, time and again."""
    from jizuo.hubs.data.actions import quality_checking

    town.check()
    link = town.schools[0].pupils[0][1]
    with town.base.owner() as owner:
        # The server's own analyze may come at any moment; here it must not.
        owner.execute("alter table pupil set (autovacuum_enabled = false)")
        owner.execute("select pg_stat_force_next_flush()")
    town.write("update pupil set address = address")
    town.write("update pupil set address = '甲路一号', changed_at = now() where id = %s", link)
    town.write("select pg_stat_force_next_flush()")
    monkeypatch.setattr(quality_checking, "MANY", -1)
    assert town.check()["pupil"].whole > 0
    with town.base.owner() as owner:
        for table in ("pupil", "affiliation", "person", "org", "guardian_of", "school"):
            owner.execute(f"analyze {table}")
        owner.execute("select pg_stat_force_next_flush()")
    town.write("update pupil set address = '甲路二号', changed_at = now() where id = %s", link)
    assert town.check()["pupil"].whole == 0
