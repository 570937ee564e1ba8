"""The outermost door on a real base: its order, its refusals, its one audit entry."""

from __future__ import annotations

import pytest

from jizuo.ground.ids import new_id


@pytest.fixture(scope="module")
def doors(base):
    """Doors of this module, as a room would declare them; taken out again."""
    from django.db import connection

    from jizuo.ground import audit, facts
    from jizuo.ground import doors as ground_doors
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict

    class Doors:
        order: list[str] = []

        @staticmethod
        @ground_doors.action(title="写", roles=["clerk"])
        def write_one(*, value: str) -> str:
            """Write one remembered mapping; returns where it ran."""
            Doors.order.append("body")
            assert scopes.in_transaction() and connection.in_atomic_block
            keep(value)
            facts.tell("test.Written", value_id=str(new_id()))
            return scopes.current().role

        @staticmethod
        @ground_doors.action(title="外", roles=["clerk"])
        def write_two(*, values: list[str], fails: bool = False) -> None:
            """Two inner doors and perhaps a fault after them."""
            for value in values:
                Doors.write_one(value=value)
            if fails:
                raise Conflict("后来出错")

        @staticmethod
        @ground_doors.action(title="内", roles=["head"])
        def inner_of_head(*, value: str) -> None:
            """Not the clerk's, but an inner call joins the outer door's grant."""
            keep(value)

        @staticmethod
        @ground_doors.action(title="借道", roles=["clerk"])
        def through(*, value: str) -> None:
            """Calls a door the role itself may not open."""
            Doors.inner_of_head(value=value)

        @staticmethod
        @ground_doors.source(title="读", roles=["clerk"])
        def look(*, people: list = [], columns: tuple = (), count: int = 0) -> int:  # noqa: B006
            """Disclose what is asked."""
            if columns:
                audit.disclose(columns, people)
            audit.counted(count)
            return count

        @staticmethod
        @ground_doors.source(title="再验", roles=["clerk"], second_factor=True)
        def secret() -> int:
            """Wants a second factor."""
            return 1

        @staticmethod
        @ground_doors.action(title="坏", roles=["clerk"])
        def broken(*, text: str) -> None:
            """Run what the test asks, as a bug would."""
            if text == "bug":
                raise ZeroDivisionError("a bug")
            with connection.cursor() as cursor:
                cursor.execute(text)

        @staticmethod
        @ground_doors.action(title="换范围", roles=["clerk"])
        def change_scope(*, unit_no: int) -> None:
            """Try to reach further in the middle."""
            with scopes.use(scopes.base_scope((unit_no,))):
                pass

        @staticmethod
        @ground_doors.action(title="再开", roles=["clerk"])
        def open_again() -> None:
            """Try to open a second transaction."""
            with scopes.open_transaction("x"):
                pass

    def keep(value):
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, 'value', 't', %s, '1')",
                [new_id(), scopes.current().unit_no, value],
            )

    yield Doors
    for name in [name for name in ground_doors.all_doors() if name.startswith("tests.")]:
        del ground_doors.all_doors()[name]


@pytest.fixture
def school(base):
    return base.unit()


@pytest.fixture
def clerk(base, school):
    from jizuo.ground import scope as scopes

    with scopes.use(
        base.scope(school, "clerk", grant_no=school, account_id=new_id(), request_id=new_id().hex)
    ) as scope:
        yield scope


def rows(base, unit_no, text):
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{unit_no}}}"])
        return owner.execute(text).fetchall()


def entries(base, unit_no):
    return rows(base, unit_no, "select door, result, columns, row_count, note from audit_entry order by id")


def kept(base, unit_no):
    return [key for (key,) in rows(base, unit_no, "select key from mapping order by key")]


# ---------------------------------------------------------------------------- order


def test_the_outermost_door_goes_in_its_fixed_order(doors, clerk, monkeypatch):
    from contextlib import contextmanager

    from jizuo.ground import audit
    from jizuo.ground import doors as ground_doors
    from jizuo.ground import scope as scopes

    order = doors.order
    order.clear()
    check, opened, write = ground_doors.check, scopes.open_transaction, audit.write

    @contextmanager
    def noted(*args, **kwargs):
        with opened(*args, **kwargs):
            order.append("begin")
            yield
        order.append("commit")

    monkeypatch.setattr(ground_doors, "check", lambda door: (order.append("check"), check(door))[1])
    monkeypatch.setattr(scopes, "open_transaction", noted)
    monkeypatch.setattr(audit, "write", lambda *a: (order.append("audit"), write(*a))[1])
    assert doors.write_one(value="a") == "clerk"
    assert order == ["check", "begin", "body", "audit", "commit"]


def test_inner_doors_join_and_leave_one_entry(base, doors, school, clerk):
    doors.write_two(values=["a", "b"])
    assert kept(base, school) == ["a", "b"]
    assert entries(base, school) == [("tests.write_two", "done", [], 0, "")]


def test_a_fault_after_inner_doors_takes_everything_back(base, doors, school, clerk):
    from jizuo.ground.errors import Conflict

    with pytest.raises(Conflict):
        doors.write_two(values=["a", "b"], fails=True)
    assert kept(base, school) == []
    assert rows(base, school, f"select 1 from fact where unit_no = {school}") == []
    assert entries(base, school) == [("tests.write_two", "refused", [], 0, "conflict")]


def test_the_outer_door_answers_for_its_inner_ones(base, doors, school, clerk):
    from jizuo.ground.errors import NotAllowed

    doors.through(value="x")
    assert kept(base, school) == ["x"]
    with pytest.raises(NotAllowed):
        doors.inner_of_head(value="y")
    assert kept(base, school) == ["x"]


def test_the_scope_never_changes_midway(base, doors, school, clerk):
    """RLS-5."""
    with pytest.raises(RuntimeError, match="cannot change"):
        doors.change_scope(unit_no=school + 1)
    with pytest.raises(RuntimeError, match="only transaction"):
        doors.open_again()
    assert [entry[1] for entry in entries(base, school)] == ["failed", "failed"]


def test_without_a_scope_there_is_no_door_and_no_row(base, doors):
    """RLS-6: an exception, not an empty list."""
    from jizuo.ground import audit, facts, grants, jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.models import Batch

    for reach in (
        lambda: doors.write_one(value="a"),
        lambda: Batch.objects.count(),
        lambda: Batch.objects.create(unit_no=1),
        lambda: facts.tell("x"),
        lambda: jobs.start("x", "x"),
        lambda: audit.disclose(["a"], []),
        lambda: grants.end([1]),
        lambda: scopes.current(),
    ):
        with pytest.raises(scopes.NoScope):
            reach()


# ---------------------------------------------------------------------------- grants


def test_only_the_roles_of_the_plate_come_in(base, doors, school):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed

    for role in sorted(scopes.ROLES - {"clerk"}):
        with scopes.use(base.scope(school, role)), pytest.raises(NotAllowed):
            doors.write_one(value=role)
    assert kept(base, school) == []
    assert {entry[1] for entry in entries(base, school)} <= {"refused"}
    assert len(entries(base, school)) == len(scopes.ROLES) - 1


def test_overrides_of_the_unit_come_before_those_of_the_base(base, doors, school, clerk):
    from jizuo.ground import doors as ground_doors
    from jizuo.ground.errors import NotAllowed

    def overrule(*rules):
        with base.owner() as owner:
            owner.execute("delete from door_grant where door in ('tests.write_one', 'tests.inner_of_head')")
            for unit, door, allowed in rules:
                owner.execute(
                    "insert into door_grant (unit_no, role, door, is_allowed, reason) values (%s, 'clerk', %s, %s, '')",
                    [unit, door, allowed],
                )
            (version,) = owner.execute(
                "update base_state set version = version + 1 where key = 'grants' returning version"
            ).fetchone()
        ground_doors.note_version(version)

    def may(call):
        try:
            call()
        except NotAllowed:
            return False
        return True

    number = iter(range(100))
    write = lambda: doors.write_one(value=str(next(number)))  # noqa: E731
    lead = lambda: doors.inner_of_head(value=str(next(number)))  # noqa: E731
    other = school + 1000
    try:
        for rules, expected in (
            ([], (True, False)),
            ([(None, "tests.write_one", False)], (False, False)),
            ([(None, "tests.write_one", False), (school, "tests.write_one", True)], (True, False)),
            ([(school, "tests.write_one", False)], (False, False)),
            ([(other, "tests.write_one", False)], (True, False)),
            ([(school, "tests.inner_of_head", True)], (True, True)),
            ([(None, "tests.inner_of_head", True), (school, "tests.inner_of_head", False)], (True, False)),
        ):
            overrule(*rules)
            assert (may(write), may(lead)) == expected, rules
    finally:
        overrule()


def test_a_second_factor_is_asked_where_it_is_due(base, doors, school):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed

    with scopes.use(base.scope(school, "clerk")), pytest.raises(NotAllowed) as refused:
        doors.secret()
    assert refused.value.step_up
    with scopes.use(base.scope(school, "clerk", stepped_up=True)):
        assert doors.secret() == 1


# ---------------------------------------------------------------------------- audit


def test_one_entry_per_write_and_none_for_a_masked_read(base, doors, school, clerk):
    doors.write_one(value="a")
    doors.look(count=5)
    assert entries(base, school) == [("tests.write_one", "done", [], 0, "")]


def test_a_disclosure_names_columns_and_people_once(base, doors, school, clerk):
    people = [new_id() for _n in range(3)]
    doors.look(people=[*people, people[0]], columns=("phone", "name"), count=0)
    assert entries(base, school) == [("tests.look", "done", ["name", "phone"], 4, "")]
    subjects = rows(base, school, "select subject_id from audit_subject")
    assert sorted(subjects) == sorted((person,) for person in people)


def test_an_entry_keeps_no_value_and_a_leaf_that_fits(base, doors, school, clerk):
    """AUD-1: canonical JSON, its leaf, parameters as a keyed hash only."""
    import hashlib
    import json

    doors.write_one(value="陆晓岚的电话")
    ((body, leaf, params),) = rows(base, school, "select body, leaf, params_hash from audit_entry")
    assert leaf == hashlib.sha256(b"\x00" + body).digest()
    said = json.loads(body)
    assert said["params"] == params.hex() and said["door"] == "tests.write_one" and said["unit"] == school
    assert "陆晓岚" not in body.decode()
    assert json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() == body


def test_equal_parameters_hash_equally_and_others_do_not(base):
    from jizuo.ground.audit import hash_params

    assert hash_params({"a": 1, "b": "x"}) == hash_params({"b": "x", "a": 1})
    assert hash_params({"a": 1}) != hash_params({"a": 2})


def test_who_looked(base, doors, school, clerk):
    from jizuo.ground import queries
    from jizuo.ground import scope as scopes

    child = new_id()
    doors.look(people=[child], columns=("name",))
    with scopes.open_transaction("test"):
        (entry,) = queries.who_looked(person_id=child)
    assert (entry.door, entry.columns) == ("tests.look", ["name"])


@pytest.mark.parametrize("text", ["bug", "select 1 / 0", "select * from nowhere"])
def test_a_failure_is_audited_in_a_transaction_of_its_own(base, doors, school, clerk, text):
    with pytest.raises(Exception):  # noqa: B017
        doors.broken(text=text)
    ((door, result, _columns, _count, note),) = entries(base, school)
    assert (door, result) == ("tests.broken", "failed")
    assert note in ("ZeroDivisionError", "DataError", "ProgrammingError")


def test_when_auditing_fails_the_call_fails(base, doors, school, clerk, monkeypatch):
    """AUD-6; the twin writes without an entry when the failure is swallowed."""
    from django.db import DatabaseError, connection

    from jizuo.ground import audit

    def cannot(*args):
        with connection.cursor() as cursor:
            cursor.execute("insert into audit_entry (unit_no) values (null)")

    monkeypatch.setattr(audit, "write", cannot)
    with pytest.raises(DatabaseError):
        doors.write_one(value="a")
    assert kept(base, school) == []
    monkeypatch.setattr(audit, "write", lambda *args: None)
    doors.write_one(value="b")
    assert kept(base, school) == ["b"] and entries(base, school) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("select cast('x' as integer)", "BadInput"),
        (
            "insert into door_grant (role, door, is_allowed, reason) values (repeat('x', 33), '', true, '')",
            "BadInput",
        ),
        ("insert into base_state (key, version) values ('units', 1)", "Conflict"),
        ("do $$ begin raise exception using errcode = '40P01'; end $$", "Conflict"),
        ("do $$ begin raise exception using errcode = '55P03'; end $$", "Conflict"),
    ],
)
def test_what_the_database_says_becomes_one_of_the_four(base, doors, school, clerk, text, error):
    from jizuo.ground import errors

    with pytest.raises(getattr(errors, error)) as told:
        doors.broken(text=text)
    assert told.value.fix


# ---------------------------------------------------------------------------- declaring


def declare(text, **more):
    from jizuo.ground import doors as ground_doors

    place: dict = {}
    exec(text, {"__name__": "tests.ground.test_doors"}, place)
    return ground_doors.action(**({"title": "试"} | more))(place["f"])


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("def f(a: int) -> None:\n  'x'", {}, "a is not keyword-only"),
        ("def f(*args: int) -> None:\n  'x'", {}, "args is not keyword-only"),
        ("def f(*, a) -> None:\n  'x'", {}, "a has no type"),
        ("def f(*, a: int) -> None: pass", {}, "no docstring"),
        ("def f(*, a: int) -> None:\n  '  '", {}, "no docstring"),
        ("def f() -> None:\n  'x'", {"title": " "}, "no title"),
        ("def f() -> None:\n  'x'", {"reach": "everywhere"}, "no reach"),
        ("def f() -> None:\n  'x'", {"roles": ["king"]}, "no roles"),
    ],
)
def test_a_careless_door_is_refused_at_import(base, text, more, says):
    with pytest.raises(TypeError, match=says):
        declare(text, **more)


def test_two_doors_of_one_name_are_refused(base, doors):
    with pytest.raises(TypeError, match="a door of this name"):
        declare("def f() -> None:\n  'x'") and declare("def f() -> None:\n  'x'")


def test_named_arguments_only(base, doors, clerk):
    with pytest.raises(TypeError, match="named arguments"):
        doors.write_one("a")


# ---------------------------------------------------------------------------- a reach of its own


@pytest.fixture(scope="module")
def loan(base):
    """A door that reads another unit's mappings while `open_to` names that unit, as a sharing contract would."""
    from dataclasses import replace

    from django.db import connection

    from jizuo.ground import doors as ground_doors
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound

    class Loan:
        open_to: dict[int, int] = {}

    def lent(*, unit_no: int, fails: bool = False) -> scopes.Scope:
        asking = scopes.current()
        if Loan.open_to.get(asking.unit_no) != unit_no:
            raise NotFound("没有")
        return replace(asking, role=scopes.READER, unit_no=unit_no, units=(unit_no,))

    @ground_doors.source(title="借阅", roles=["clerk"], under=lent)
    def lent_keys(*, unit_no: int, fails: bool = False) -> list[str]:
        """Keys of a unit's mappings."""
        if fails:
            raise ZeroDivisionError
        with connection.cursor() as cursor:
            cursor.execute("select key from mapping order by key")
            return [key for (key,) in cursor.fetchall()]

    @ground_doors.action(title="夹带", roles=["clerk"])
    def smuggle(*, unit_no: int) -> list[str]:
        """Try to read by the loan inside another door."""
        return lent_keys(unit_no=unit_no)

    Loan.read, Loan.smuggle = staticmethod(lent_keys), staticmethod(smuggle)
    yield Loan
    for name in ("tests.lent_keys", "tests.smuggle"):
        ground_doors.all_doors().pop(name, None)


def test_a_door_with_a_reach_of_its_own_reads_there_and_nowhere_else(base, doors, loan, clerk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound

    lender = base.unit()
    with scopes.use(base.scope(lender, "clerk")):
        doors.write_one(value="theirs")
    doors.write_one(value="own")
    with pytest.raises(NotFound):
        loan.read(unit_no=lender)
    assert [(door, result) for door, result, *_rest in entries(base, clerk.unit_no)][-1] == (
        "tests.lent_keys", "refused",
    )  # fmt: skip
    loan.open_to[clerk.unit_no] = lender
    assert loan.read(unit_no=lender) == ["theirs"]
    assert scopes.current() == clerk
    del loan.open_to[clerk.unit_no]
    with pytest.raises(NotFound):
        loan.read(unit_no=lender)


def test_a_fault_in_such_a_door_is_written_at_the_callers_unit(base, loan, clerk):
    lender = base.unit()
    loan.open_to[clerk.unit_no] = lender
    with pytest.raises(ZeroDivisionError):
        loan.read(unit_no=lender, fails=True)
    assert entries(base, clerk.unit_no)[-1][:2] == ("tests.lent_keys", "failed")
    assert entries(base, lender) == []


def test_such_a_door_joins_no_other(base, loan, clerk):
    loan.open_to[clerk.unit_no] = base.unit()
    with pytest.raises(RuntimeError, match="cannot join"):
        loan.smuggle(unit_no=loan.open_to[clerk.unit_no])
