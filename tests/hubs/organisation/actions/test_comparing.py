from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from jizuo.plain.demo.workbooks import pupil_register, pupils, staff, staff_register
from tests.hubs.organisation.actions.test_turning import act, run
from tests.hubs.organisation.importers.given import district, school, sheet, unit_named
from tests.hubs.organisation.importers.test_pupils import number
from tests.hubs.organisation.walking import clerk, walk

IMAGE = {
    "people": "select id, name, sex, birth_on, held_by, changed_at from person order by id",
    "affiliations": "select id, is_registered, is_present, class_id, end_on, changed_at from affiliation order by id",
    "pupils": "select id, status, entry_way, held_by, changed_at from pupil order by id",
}


@dataclass
class Batch:
    """What `compare` asks of a walked file."""

    batch_id: Any


def image(scope: Any) -> dict[str, Any]:
    return {name: run(scope, sql) for name, sql in IMAGE.items()}


def compare(scope: Any, walked: Any, **more: Any) -> Any:
    """Start a comparison, run its job; the comparison as a page sees it."""
    from jizuo.ground import jobs
    from jizuo.hubs.organisation import room  # noqa: F401
    from jizuo.hubs.organisation.actions import comparing
    from jizuo.hubs.organisation.queries import comparing as queries

    comparison_id = act(scope, comparing.start_comparison, batch_id=walked.batch_id, **more)
    ((job_id,),) = run(scope, "select job_id from comparison where id = %s", comparison_id)
    jobs.run_job(job_id=str(job_id), unit_no=scope.unit_no, grant_no=scope.grant_no)
    return act(scope, queries.comparison, comparison_id=comparison_id)


def lines(scope: Any, found: Any, **more: Any) -> list[Any]:
    from jizuo.hubs.organisation.queries import comparing as queries

    return act(scope, queries.comparison_lines, comparison_id=found.comparison_id, limit=10_000, **more)


def register(base: Any, scope: Any, rows: list[list[Any]], **more: Any) -> Any:
    return walk(base, scope, sheet(rows), "籍.xlsx", "pupil_register", source="register", **more)


HEADS = ["姓名", "年级", "班级", "身份证件号", "民族", "是否学籍在读一致"]


def people(first: int = 1, count: int = 12, klass: str = "1班", grade: str = "三年级") -> list[list[str]]:
    """Rows of pupils with numbers that no other test of the base gives: whose they are is asked across the base."""
    return [
        [
            f"王{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[place - 1]}",
            grade,
            klass,
            number("2017-10-23", place),
            "汉族",
            "是",
        ]
        for place in range(first, first + count)
    ]


@pytest.fixture
def desk(base: Any) -> Any:
    """A school of twelve pupils of one class, and its clerk."""
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walk(base, scope, sheet([HEADS, *people()]), "校.xlsx", "pupils").apply()
    return scope


def test_an_export_of_the_same_school_agrees_and_changes_nothing(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    unit = unit_named("启明小学")
    walk(base, scope, pupils(district(), unit), "校.xlsx", "pupils").apply()
    walked = walk(
        base, scope, pupil_register(district(), unit), "籍.xlsx", "pupil_register", source="register"
    )
    before = image(scope)
    found = compare(scope, walked)
    assert found.state == "done" and found.doubt == {}
    there, here = found.counts["total"]
    assert there == len(unit.pupils) == here
    assert all(there == here for there, here in found.counts["classes"].values())
    assert not {"only_register", "only_base"} & set(found.counts["kinds"]), lines(scope, found)[:5]
    # 空挂 and 在读无籍 of the demonstration are named one by one.
    own = [district().pupils[place] for place in unit.pupils]
    assert found.counts["kinds"].get("absent", 0) == sum(one.attend != unit.id for one in own)
    borrowed = sum(one.attend == unit.id != one.unit for one in district().pupils)
    assert found.counts["kinds"].get("unregistered", 0) == borrowed
    assert image(scope) == before
    again = compare(scope, walked)
    assert again.counts == found.counts
    assert run(scope, "select count(distinct comparison_id) from comparison_line") <= [(1,)]


def test_each_difference_is_named_with_who_must_act(base, desk):
    export = people(2, 12)
    export[0][4], export[4][0] = "回族", "王己己"
    export[1][2] = "2班"
    export[2][5] = "否"
    walked = register(base, desk, [HEADS, *export])
    found = compare(desk, walked)
    assert found.counts["total"] == [12, 12]
    told = {(one.kind, one.field, one.name): one for one in lines(desk, found) if one.field != "entry_way"}
    gone = told["only_base", "", "王甲"]
    assert gone.act == "end" and gone.affiliation_id and gone.class_name == "三（1）班"
    new = told["only_register", "", "王寅"]
    assert new.act == "bring_in" and new.place.endswith("!13") and new.affiliation_id is None
    ethnic = told["differing", "ethnic", "王乙"]
    assert (ethnic.here, ethnic.there, ethnic.act) == ("＊＊＊", "＊＊＊", "ask")
    name = told["differing", "name", "王己己"]
    assert (name.here, name.there, name.act) == ("王己", "王己己", "ask")
    moved = told["differing", "class_id", "王丙"]
    assert (moved.here, moved.there, moved.act) == ("三（1）班", "三（2）班", "source")
    assert told["absent", "", "王丁"].act == "check"
    assert len(told) == 6, sorted(told)


def test_both_sides_of_every_class_are_explained_by_lines(base, desk):
    export = [*people(3, 7), *people(10, 5, "2班")]
    found = compare(desk, register(base, desk, [HEADS, *export]))
    told = lines(desk, found)
    for class_id, (there, here) in found.counts["classes"].items():
        name = {str(one.class_id): one.class_name for one in told}.get(class_id, "三（2）班")
        plus = sum(one.kind == "only_register" and str(one.class_id) == class_id for one in told)
        plus += sum(one.field == "class_id" and one.there == name for one in told)
        minus = sum(one.kind == "only_base" and str(one.class_id) == class_id for one in told)
        minus += sum(one.field == "class_id" and one.here == name for one in told)
        assert there - here == plus - minus, (name, there, here, plus, minus)


def test_an_export_of_strangers_is_refused_and_may_be_compared_anyway(base, desk):
    strangers = [[f"李{one[0][1]}", *one[1:3], number("2018-07-08", place), *one[4:]]
                 for place, one in enumerate(people(), 1)]  # fmt: skip
    walked = register(base, desk, [HEADS, *strangers])
    found = compare(desk, walked)
    assert found.state == "refused"
    assert found.doubt == {"code": "strangers", "count": 12, "of": 12, "shift": 0}
    assert lines(desk, found) == []
    found = compare(desk, walked, anyway=True)
    assert found.state == "done" and found.counts["kinds"] == {"only_base": 12, "only_register": 12}


def test_half_an_export_is_refused(base, desk):
    found = compare(desk, register(base, desk, [HEADS, *people(1, 5)]))
    assert (found.state, found.doubt["code"], found.doubt["count"]) == ("refused", "half", 5)


def test_last_year_s_export_is_refused(base, desk):
    found = compare(desk, register(base, desk, [HEADS, *people(grade="二年级")]))
    assert (found.state, found.doubt["code"], found.doubt["shift"]) == ("refused", "other_year", 1)


def test_another_school_s_export_is_refused_for_good(base, desk):
    from tests.hubs.organisation.given import within

    def identify() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("update school set identifier = '3100000001' where unit_no = %s", [desk.unit_no])

    within(desk, identify)
    rows = [["学校标识码", *HEADS], *(["3100000002", *one] for one in people())]
    walked = register(base, desk, rows)
    assert walked.state == "faulty"
    found = compare(desk, walked, anyway=True)
    assert (found.state, found.doubt["code"]) == ("refused", "other_school")


def test_a_comparison_of_its_kind_runs_once_at_a_time(base, desk):
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.organisation.actions import comparing

    walked = register(base, desk, [HEADS, *people()])
    act(desk, comparing.start_comparison, batch_id=walked.batch_id)
    with pytest.raises(Conflict):
        act(desk, comparing.start_comparison, batch_id=walked.batch_id)
    own = walk(base, desk, sheet([HEADS, *people()]), "校.xlsx", "pupils")
    with pytest.raises(BadInput):
        act(desk, comparing.start_comparison, batch_id=own.batch_id)


def test_staff_are_compared_by_their_register(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    unit = unit_named("启明小学")
    walk(base, scope, staff(district(), unit), "校.xlsx", "staff").apply()
    walked = walk(
        base, scope, staff_register(district(), unit), "师.xlsx", "staff_register", source="register"
    )
    found = compare(scope, walked)
    assert found.state == "done"
    assert found.counts["total"][0] == len(unit.staff)
    assert "only_register" not in found.counts["kinds"], lines(scope, found)[:3]


def test_another_unit_s_comparison_does_not_exist(base, desk):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.queries import comparing as queries

    found = compare(desk, register(base, desk, [HEADS, *people()]))
    stranger = clerk(base, base.unit())
    with pytest.raises(NotFound):
        act(stranger, queries.comparison_lines, comparison_id=found.comparison_id)
    assert [one.comparison_id for one in act(desk, queries.comparisons)] == [found.comparison_id]
    assert act(stranger, queries.comparisons) == []


def test_the_district_compares_every_school_and_sees_two_registrations(base):
    from jizuo.ground import jobs
    from jizuo.hubs.organisation.actions import comparing
    from jizuo.hubs.organisation.queries import comparing as queries

    bureau = base.unit("澜江区教育局", kind="bureau")
    steward = clerk(base, bureau, role="district_steward")
    schools = [school(base, parent=bureau) for _one in range(2)]
    desks = [clerk(base, unit_no) for unit_no in schools]
    listed = [[HEADS, *people()], [HEADS, *people(13, 4), *people(1, 8, grade="四年级")]]
    listed[1][5:] = [
        [f"赵{place}", "三年级", "1班", number("2018-09-09", place), "汉族", "是"] for place in range(8)
    ]
    for scope, rows in zip(desks, listed, strict=True):
        walk(base, scope, sheet(rows), "校.xlsx", "pupils").apply()
    register(base, desks[0], listed[0])
    # The second school's register also lists a child whose 学籍 is at the first.
    register(base, desks[1], [*listed[1], listed[0][1]])
    steward = base.scope(bureau, "district_steward", grant_no=steward.grant_no, account_id=steward.account_id)
    ref = act(steward, comparing.start_district_comparison)
    jobs.run_job(job_id=str(ref.job_id), unit_no=bureau, grant_no=steward.grant_no)
    assert [one.state for one in act(steward, queries.comparisons)] == ["done", "done"]
    (twice,) = act(steward, queries.doubled_registrations)
    assert (twice.name, twice.by_register, {twice.unit_no, twice.other_no}) == ("王甲", True, set(schools))
    from jizuo.ground.errors import NotAllowed

    with pytest.raises(NotAllowed):
        act(desks[0], queries.doubled_registrations)


@pytest.fixture
def district_desk(base: Any) -> Any:
    """(steward, three clerks) of a bureau and its three schools of eleven to thirteen pupils, their registers landed. The
    same names stand in each."""
    from jizuo.hubs.organisation import room  # noqa: F401

    bureau = base.unit("澜江区教育局", kind="bureau")
    acting = clerk(base, bureau, role="district_steward")
    desks = [clerk(base, school(base, parent=bureau)) for _one in range(3)]
    for place, scope in enumerate(desks):
        rows = [[*one[:3], number("2017-10-23", 20 * place + order), *one[4:]]
                for order, one in enumerate(people(1, 11 + place), 1)]  # fmt: skip
        walk(base, scope, sheet([HEADS, *rows]), "校.xlsx", "pupils").apply()
        # The second school's register lacks a pupil, and one has another 民族.
        told = [[*one] for one in rows[place % 2 :]]
        told[0][4] = "回族" if place == 1 else told[0][4]
        register(base, scope, [HEADS, *told])
    steward = base.scope(bureau, "district_steward", grant_no=acting.grant_no, account_id=acting.account_id)
    return steward, desks


def compare_district(scope: Any) -> Any:
    """The job's result."""
    from jizuo.ground import jobs
    from jizuo.hubs.organisation.actions import comparing

    ref = act(scope, comparing.start_district_comparison)
    jobs.run_job(job_id=str(ref.job_id), unit_no=scope.unit_no, grant_no=scope.grant_no)
    ((state, result),) = run(scope, "select state, result from job where id = %s", ref.job_id)
    assert state == "done"
    return json.loads(result)


def told_of(scope: Any, unit_no: int) -> tuple[Any, list[Any]]:
    """(counts, lines) of a unit's newest comparison."""
    from jizuo.hubs.organisation.queries import comparing as queries

    found = next(one for one in act(scope, queries.comparisons) if one.unit_no == unit_no)
    return found, [(one.ordinal, one.kind, one.field, one.name, one.act) for one in lines(scope, found)]


def test_units_compared_together_have_what_each_has_alone(base, district_desk):
    steward, desks = district_desk
    assert compare_district(steward)["states"] == {"done": 3}
    together = {one.unit_no: told_of(one, one.unit_no) for one in desks}
    for scope in desks:
        found, told = together[scope.unit_no]
        alone = compare(scope, Batch(found.register_batch))
        assert alone.counts == found.counts
        assert told_of(scope, scope.unit_no)[1] == told
    assert [one[0].counts["total"] for one in together.values()] == [[11, 11], [11, 12], [13, 13]]
    first, second, third = (
        {(kind, field) for _no, kind, field, *_rest in told} for _found, told in together.values()
    )
    assert ("only_base", "") in second and ("differing", "ethnic") in second
    assert not {"only_base", "only_register"} & {kind for kind, _field in first | third}
    for _found, told in together.values():
        assert [one[0] for one in told] == list(range(len(told)))


def test_an_export_that_cannot_be_read_fails_alone(base, district_desk):
    from jizuo.ground.files import store

    steward, desks = district_desk
    ((sha256,),) = run(
        desks[1],
        "select f.sha256 from batch b join stored_file f on f.id = b.stage_file where b.importer = 'pupil_register'",
    )
    store.current().delete(sha256)
    result = compare_district(steward)
    assert result == {"states": {"done": 2, "failed": 1}, "units": 3}
    found, told = told_of(desks[1], desks[1].unit_no)
    assert (found.state, found.doubt["code"], told) == ("failed", "failed", [])


def test_a_unit_that_compares_by_itself_is_left_alone(base, district_desk):
    from jizuo.hubs.organisation.actions import comparing
    from jizuo.hubs.organisation.queries import comparing as queries

    steward, desks = district_desk
    (export,) = [one for one in act(desks[0], queries.register_exports) if one.kind == "pupil"]
    own = act(desks[0], comparing.start_comparison, batch_id=export.batch_id)
    assert compare_district(steward)["states"] == {"waiting": 1, "done": 2}
    assert told_of(desks[0], desks[0].unit_no)[0].comparison_id == own


def test_a_run_that_was_cut_off_goes_on_after_its_last_units(base, district_desk, monkeypatch):
    from jizuo.ground import jobs
    from jizuo.hubs.organisation.actions import comparing

    steward, desks = district_desk
    monkeypatch.setattr(comparing, "UNITS_A_CHUNK", 1)
    written = comparing.compare_exports

    def die(**given: Any) -> Any:
        if given["exports"][0].unit_no == desks[1].unit_no:
            raise jobs.Superseded
        return written(**given)

    monkeypatch.setattr(comparing, "compare_exports", die)
    ref = act(steward, comparing.start_district_comparison)
    jobs.run_job(job_id=str(ref.job_id), unit_no=steward.unit_no, grant_no=steward.grant_no)
    states = "select unit_no, state from comparison order by unit_no, id"
    assert run(steward, states) == [(desks[0].unit_no, "done")]
    monkeypatch.setattr(comparing, "compare_exports", written)
    jobs.run_job(job_id=str(ref.job_id), unit_no=steward.unit_no, grant_no=steward.grant_no)
    assert run(steward, states) == [(one.unit_no, "done") for one in desks]
    ((result,),) = run(steward, "select result from job where id = %s", ref.job_id)
    assert json.loads(result) == {"states": {"done": 3}, "units": 3}


def test_where_units_cannot_be_compared_together_the_one_at_fault_fails(base, district_desk, monkeypatch):
    from jizuo.hubs.organisation.queries import comparing as queries

    steward, desks = district_desk
    match = queries.match

    def stumble(kind: str, exports: Any) -> Any:
        if desks[2].unit_no in exports:
            raise ValueError("a row that nobody thought of")
        return match(kind, exports)

    monkeypatch.setattr(queries, "match", stumble)
    assert compare_district(steward)["states"] == {"done": 2, "failed": 1}
    assert told_of(desks[2], desks[2].unit_no)[0].doubt == {"code": "failed", "words": "ValueError"}


def test_a_district_s_run_asks_no_more_for_more_units(base, district_desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.hubs.organisation.queries import comparing as queries

    steward, _desks = district_desk
    compare_district(steward)
    with CaptureQueriesContext(connection) as three:
        compare_district(steward)
    exports = queries.newest_exports
    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as one:
        patch.setattr(queries, "newest_exports", lambda *, kind: exports(kind=kind)[:1])
        compare_district(steward)
    assert len(three) == len(one) < 80
