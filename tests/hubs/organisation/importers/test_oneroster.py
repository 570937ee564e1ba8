"""OneRoster zips over the walk: in, again, changed, undone, out and in again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import psycopg
import pytest

from tests.database import CHECKOUT
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.importers.rosters import counts_of, only, roster, user, zipped
from tests.hubs.organisation.walking import clerk, deliver_facts, walk

pytestmark = pytest.mark.usefixtures("plates")
SHARED = CHECKOUT.parent / "shared" / "data" / "roster"
TABLES = ("person", "affiliation", "pupil", "staff", "guardian_of", "org", "course", "academic_session", "enrolment",
          "claim", "search_key")  # fmt: skip


class District:
    """A bureau of its own and what is below it."""

    def __init__(self, base):
        self.base = base
        self.bureau = base.unit("东江区教育局", kind="bureau")
        self.first = clerk(base, self.bureau, "district_steward")

    @property
    def scope(self):
        """The steward's scope as the next request would have it: units may have been opened."""
        old = self.first
        return self.base.scope(
            self.bureau, "district_steward", grant_no=old.grant_no, account_id=old.account_id
        )

    def bring(self, rows, mode="bulk", **more):
        content = rows if isinstance(rows, bytes) else zipped(rows, mode)
        walked = walk(self.base, self.scope, content, "名册.zip", "oneroster", **more)
        walked.scope = self.scope
        return walked

    def apply(self, rows, mode="bulk", **more):
        walked = self.bring(rows, mode, **more)
        assert walked.state == "ready", (walked.batch, walked.problems("error"))
        walked.apply()
        assert walked.state == "applied", walked.batch
        return walked

    def rows(self, sql, *values):
        with self.base.owner() as owner:
            units = "{" + ",".join(map(str, self.scope.units)) + "}"
            owner.execute("select set_config('app.units', %s, false)", [units])
            return owner.execute(sql, list(values)).fetchall()

    def hash(self):
        """Every table of the reach as one hash each."""
        found = {}
        for table in TABLES:
            wall = "where unit_no = any(string_to_array(trim(both '{}' from current_setting('app.units')), ',')::int[])"
            if table in ("person", "guardian_of"):
                column = "id" if table == "person" else "child_id"
                wall = f"where {column} in (select person_id from affiliation)"
            rows = self.rows(f"select to_jsonb(t)::text from {table} t {wall} order by 1")
            found[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()[:12])
        return found

    def of(self, source_id):
        """(unit name, class number, seat, is open) of each affiliation of an outside key."""
        return self.rows(
            "select u.name, o.class_no, a.seat_no, a.end_on is null from affiliation a join unit u using (unit_no)"
            " left join org o on o.unit_no = a.unit_no and o.id = a.class_id where a.source_id = %s order by 1",
            source_id,
        )


def test_a_district_goes_in(filled):
    assert filled.of("p010") == [("东江第0小学", 1, 1, True)]
    units = filled.rows(
        "select kind, name, source_id from unit where parent_no = %s order by unit_no", filled.bureau
    )
    assert units == [("school", "东江第0小学", "s0"), ("school", "东江第1小学", "s1")]
    assert filled.rows("select role, count(*) from affiliation group by 1 order by 1") == [
        ("guardian", 4), ("pupil", 24), ("staff", 2),
    ]  # fmt: skip
    assert filled.rows("select count(*) from person where sex = '2' and birth_on = '2019-11-05'") == [(24,)]
    assert filled.rows("select identifier from school order by 1") == [("2123000000",), ("2123000001",)]


def test_the_same_zip_again_says_nothing_new(filled):
    before = filled.hash()
    again = filled.bring(roster())
    assert again.state == "applied" and again.batch.receipt["is_nothing"] is True
    assert counts_of(again.batch) == {}
    assert filled.hash() == before


def test_undo_leaves_the_base_as_before(filled):
    before = filled.hash()
    changed = roster(pupils=7)
    changed["users"][0]["metadata.jizuo.name"] = changed["users"][0]["givenName"] = "陈改名"
    changed["enrollments"] = [row for row in changed["enrollments"] if row["sourcedId"] != "e-t1"]
    walked = filled.apply(changed)
    assert filled.hash() != before
    walked.undo()
    assert walked.state == "undone" and walked.batch.receipt["undo"]["kept_count"] == 0
    assert filled.hash() == before


def test_undo_keeps_who_is_needed_by_later_work(filled):
    """A clerk reseats one new pupil: that pupil, the class and the person stay whole, the other goes."""
    more = roster()
    for key in ("new1", "new2"):
        user(more, key, "新来", "student", "s0")
        more["enrollments"].append(
            {
                "sourcedId": f"e-{key}",
                "classSourcedId": "c03",
                "schoolSourcedId": "s0",
                "userSourcedId": key,
                "role": "student",
            }
        )
    more["classes"].append(
        {**more["classes"][0], "sourcedId": "c03", "title": "一（3）班", "metadata.jizuo.classNo": "3"}
    )
    walked = filled.apply(more)
    ((link, unit_no),) = filled.rows("select id, unit_no from affiliation where source_id = 'new1'")
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put

    with scopes.use(filled.scope), scopes.open_transaction("test"):
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "seat_no"),
            rows=[(link, unit_no, 9)],
            source="school",
        )
    walked.undo()
    assert walked.state == "undone", walked.batch
    assert [item[0] for item in walked.batch.receipt["undo"]["kept"]] == ["affiliation"]
    assert filled.of("new1") == [("东江第0小学", 3, 9, True)]
    assert filled.of("new2") == []
    assert filled.rows(
        "select count(*) from person p join affiliation a on a.person_id = p.id where a.source_id = 'new1'"
    ) == [(1,)]
    assert filled.rows("select count(*) from pupil where id = %s", link) == [(1,)]


def test_a_delta_moves_ends_and_brings(filled):
    rows = roster()
    told = only(
        rows,
        users={"p011"}, roles={"p011-s0"}, enrollments={"e-p010", "e-p011"},
    )  # fmt: skip
    told["enrollments"][0]["classSourcedId"] = "c02"  # p010 moves, and nothing else is said of it
    told["enrollments"][0]["metadata.jizuo.seatNo"] = "30"
    told["users"][0]["status"] = told["roles"][0]["status"] = told["enrollments"][1]["status"] = "tobedeleted"
    user(told, "new", "新来", "student", "s0")
    told["enrollments"].append(
        {
            "sourcedId": "e-new",
            "classSourcedId": "c01",
            "schoolSourcedId": "s0",
            "userSourcedId": "new",
            "role": "student",
        }
    )
    walked = filled.apply(told, "delta")
    assert filled.of("p010") == [("东江第0小学", 2, 30, True)]
    assert [row[3] for row in filled.of("p011")] == [False]
    assert filled.of("new")[0][:2] == ("东江第0小学", 1)
    # Nobody else is touched, and the person stays.
    assert filled.rows("select count(*) from affiliation where role = 'pupil' and end_on is null") == [(24,)]
    assert filled.rows(
        "select count(*) from person p join affiliation a on a.person_id = p.id where a.source_id = 'p011'"
    ) == [(1,)]
    again = filled.bring(told, "delta")
    assert again.state == "applied" and again.batch.receipt["is_nothing"]
    walked.undo()
    assert filled.of("p010") == [("东江第0小学", 1, 1, True)] and filled.of("new") == []


def test_a_delta_deletes_a_user_by_the_user_row_alone(filled):
    told = only(roster(), users={"t"})
    told["users"][0]["status"] = "tobedeleted"
    filled.apply(told, "delta")
    assert [row[3] for row in filled.of("t")] == [False, False]


def test_a_delta_that_names_what_nobody_knows_says_so(filled):
    told = only(roster(), enrollments={"e-t0"})
    told["enrollments"][0]["classSourcedId"] = "c99"
    walked = filled.bring(told, "delta")
    assert walked.state == "failed"
    assert "enrollments.csv" in walked.batch.error and "c99" in walked.batch.error


def test_too_many_gone_is_held_with_the_school_named(filled):
    rows = roster()
    gone = {f"p01{n}" for n in range(6)}
    for table, key in (
        ("users", "sourcedId"),
        ("roles", "userSourcedId"),
        ("enrollments", "userSourcedId"),
        ("demographics", "sourcedId"),
    ):
        rows[table] = [row for row in rows[table] if row[key] not in gone | {"m0", "f0"}]
    walked = filled.bring(rows)
    assert (
        walked.state == "held"
        and "东江第0小学" in walked.batch.hold_reason
        and "6" in walked.batch.hold_reason
    )


def test_too_many_deleted_by_a_delta_are_held_too(filled):
    told = only(roster(), users={f"p01{n}" for n in range(6)})
    for row in told["users"]:
        row["status"] = "tobedeleted"
    walked = filled.bring(told, "delta")
    assert walked.state == "held" and "东江第0小学" in walked.batch.hold_reason


def test_unknown_schools_are_faults_until_told_to_open_them(district):
    walked = district.bring(roster())
    assert walked.state == "faulty"
    faults = walked.problems("error")
    assert {fault.code for fault in faults} == {"unknown_school"} and len(faults) == 2
    assert "东江第0小学" in faults[0].reason and faults[0].fix
    assert district.rows("select count(*) from unit where parent_no = %s", district.bureau) == [(0,)]
    walked.mend(open_units=True)
    walked.scope = district.scope
    walked.run()
    assert walked.state == "ready"


def of_one_school(name="东江第0小学", identifier=""):
    rows = roster(schools=1)
    rows["orgs"][1] |= {"name": name, "identifier": identifier}
    return zipped(rows)


@pytest.mark.parametrize(("name", "state"), [("东江第0小学", "ready"), ("西江第9小学", "faulty")])
def test_a_clerk_brings_the_own_school_and_no_other(base, name, state):
    unit_no = base.unit("东江第0小学")
    walked = walk(
        base, clerk(base, unit_no), of_one_school(name), "a.zip", "oneroster", options={"open_units": True}
    )
    assert walked.state == state
    if state == "faulty":
        assert [fault.code for fault in walked.problems("error")] == ["other_school"]
    assert rows_of(base, unit_no, "select count(*) from unit where parent_no = %s", unit_no) == [(0,)]


def test_a_clerks_school_keeps_its_outside_key(base):
    """A zip of the same name from another system would mix two sets of keys."""
    unit_no = base.unit("东江第0小学")
    scope = clerk(base, unit_no)
    walk(base, scope, of_one_school(), "a.zip", "oneroster").apply()
    rows = roster(schools=1)
    rows["orgs"][1]["sourcedId"] = "other"
    content = zipped(json.loads(json.dumps(rows).replace('"s0"', '"other"')))
    walked = walk(base, scope, content, "b.zip", "oneroster")
    assert walked.state == "faulty" and {fault.code for fault in walked.problems("error")} == {"other_school"}


def test_a_clerk_with_a_districts_zip_is_refused(base):
    walked = walk(
        base,
        clerk(base, base.unit("东江第0小学")),
        zipped(roster()),
        "a.zip",
        "oneroster",
        options={"open_units": True},
    )
    assert walked.state == "faulty" and {fault.code for fault in walked.problems("error")} == {"other_school"}


def tables_of(path):
    """File -> rows as dicts."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
            if name != "manifest.csv"
        }


def people_of(path):
    """Everything that must survive a journey, without any key: people with sex, birth, classes, guardians."""
    found = tables_of(path)
    own = "metadata.jizuo."
    users = {row["sourcedId"]: row for row in found["users.csv"]}
    school = {row["sourcedId"]: row["name"] for row in found["orgs.csv"]}
    klass = {
        row["sourcedId"]: (
            school[row["schoolSourcedId"]],
            row.get(own + "entryYear"),
            row.get(own + "classNo"),
        )
        for row in found["classes.csv"]
    }
    born = {row["sourcedId"]: (row["sex"], row["birthDate"]) for row in found["demographics.csv"]}
    name = {key: row[own + "name"] for key, row in users.items()}
    ties = []
    for row in found["users.csv"]:
        for tie in json.loads(row.get(own + "guardians") or "[]"):
            ties.append(
                (
                    name[row["sourcedId"]],
                    name[tie["id"]],
                    tie.get("relation"),
                    tuple(sorted(tie.get("rights", ()))),
                    tie.get("order"),
                )
            )
    return {
        "people": sorted((name[key], *born.get(key, ("", ""))) for key in users),
        "roles": sorted(
            (name[row["userSourcedId"]], row["role"], school[row["orgSourcedId"]], row["beginDate"])
            for row in found["roles.csv"]
        ),
        "classes": sorted(klass.values()),
        "places": sorted(
            (name[row["userSourcedId"]], row["role"], klass[row["classSourcedId"]], row.get(own + "seatNo", ""))
            for row in found["enrollments.csv"]
        ),
        "ties": sorted(ties),
    }  # fmt: skip


def export(district, path, *, is_for_outside):
    from dataclasses import replace

    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions.exports import export_oneroster

    with scopes.use(replace(district.scope, stepped_up=True)):
        return export_oneroster(path=path, unit_nos=list(district.scope.units), is_for_outside=is_for_outside)


def test_out_and_into_an_empty_base_and_out_again(filled, server, make_database, tmp_path):
    export(filled, tmp_path / "out.zip", is_for_outside=False)
    other = bureau_base(make_database).database
    told = command(server, other, "import", tmp_path / "out.zip", "--open-units")
    assert [batch["state"] for batch in told["batches"]] == ["applied"]
    command(server, other, "export", tmp_path / "again.zip", "--between-bases")
    first, second = people_of(tmp_path / "out.zip"), people_of(tmp_path / "again.zip")
    assert len(first["people"]) == 29
    for part, rows in first.items():
        assert rows == second[part], part


def test_an_export_comes_home_as_nothing_new(filled, tmp_path):
    """The keys of an export are the base's own; the same people are found by them."""
    export(filled, tmp_path / "out.zip", is_for_outside=False)
    before = filled.rows("select count(*), count(distinct person_id) from affiliation")
    walked = filled.bring((tmp_path / "out.zip").read_bytes())
    assert walked.state in ("ready", "applied"), (walked.batch, walked.problems("error"))
    assert "new" not in counts_of(walked.batch).get("person", {}), counts_of(walked.batch)
    if walked.state == "ready":
        walked.apply()
        assert walked.state == "applied", walked.batch
    assert filled.rows("select count(*), count(distinct person_id) from affiliation") == before


def test_an_export_for_outside_leaves_our_own_columns_at_home(filled, tmp_path):
    from jizuo.hubs.organisation.protocols.oneroster.profile import FIELDS, PREFIX

    export(filled, tmp_path / "out.zip", is_for_outside=True)
    found = tables_of(tmp_path / "out.zip")
    headings = {name: set(rows[0]) for name, rows in found.items() if rows}
    base_only = {
        PREFIX + key for fields in FIELDS.values() for key, field in fields.items() if field.reach == "base"
    }
    assert base_only and not [name for name, columns in headings.items() if columns & base_only]
    child = next(row for row in found["users.csv"] if row["agentSourcedIds"])
    barred = {
        row["sourcedId"] for row in found["users.csv"] if row["familyName"] + row["givenName"] == "陈父"
    }
    assert child["agentSourcedIds"] and child["agentSourcedIds"] not in barred


def test_a_document_number_never_goes_out(base, filled, tmp_path):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.organisation.importers import numbers

    number = "210102201911050028"
    ((person,),) = filled.rows("select person_id from affiliation where source_id = 'p010'")
    sealed = numbers.seal("id:1", number)
    with scopes.use(filled.scope), scopes.open_transaction("test"):
        put(
            dataset="person_identifier", columns=("id", "person_id", "kind", "blind", "sealed", "tail"),
            rows=[(new_id(), person, sealed.kind, sealed.blind, sealed.sealed, sealed.tail)], source="school",
        )  # fmt: skip
    for outside in (True, False):
        export(filled, tmp_path / f"{outside}.zip", is_for_outside=outside)
        with zipfile.ZipFile(tmp_path / f"{outside}.zip") as archive:
            assert not [name for name in archive.namelist() if number.encode() in archive.read(name)]


def test_an_export_asks_a_second_factor_and_names_everybody_in_the_audit(district, tmp_path):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.organisation.actions.exports import start_oneroster_export

    district.apply(roster(pupils=26), options={"open_units": True})
    with scopes.use(district.scope), pytest.raises(NotAllowed) as refused:
        start_oneroster_export(unit_nos=list(district.scope.units))
    assert refused.value.step_up
    counts = export(district, tmp_path / "out.zip", is_for_outside=True)
    assert counts["users"] == 109
    named = district.rows(
        "select s.entry_id, count(distinct s.subject_id) from audit_subject s join audit_entry e on e.id = s.entry_id"
        " where e.door = 'organisation.export_oneroster' and e.result = 'done' group by 1"
    )
    assert [count for _entry, count in named] == [109]


def test_units_out_of_reach_are_not_exported(filled, tmp_path):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.actions.exports import export_oneroster

    stranger = clerk(filled.base, filled.base.unit())
    with scopes.use(stranger), pytest.raises(NotFound):
        export_oneroster(path=tmp_path / "a.zip", unit_nos=list(filled.scope.units))


def test_names_of_new_people_are_found_at_once(filled):
    deliver_facts()
    assert filled.rows("select count(distinct ref_id) from search_key where kind = 'person'") == [(26,)]


@pytest.mark.shared
@pytest.mark.parametrize("size", ["small", "medium"])
def test_the_shared_zips_go_in_by_page(district, size):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jizuo.hubs.identity.models import Account
    from tests.hubs.organisation.walking import Walked

    path = SHARED / f"oneroster-1.1-{size}.zip"
    scope = district.scope
    client = district.base.client(Account.objects.get(pk=scope.account_id))
    answer = client.post(
        f"/as/{scope.grant_no}/imports/new",
        {
            "importer": "oneroster",
            "file": SimpleUploadedFile(path.name, path.read_bytes()),
            "open_units": "on",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    walked = Walked(district.base, scope, answer["Location"].rsplit("/", 1)[1])
    walked.run()
    walked.scope = district.scope
    if walked.state == "faulty" and {p.code for p in walked.problems("error")} == {"unknown_school"}:
        walked.mend(open_units=True)
        walked.scope = district.scope
        walked.run()
    assert walked.state == "ready", (walked.batch, walked.problems("error")[:3])
    walked.apply()
    assert walked.state == "applied", walked.batch
    with zipfile.ZipFile(path) as archive:
        users = archive.read("users.csv").decode("utf-8-sig").count("\n") - 1
    ((people,),) = district.rows("select count(distinct person_id) from affiliation")
    assert abs(people - users) <= 1


def bureau_base(make_database):
    """A base with a bureau and nothing else."""
    made = make_database()
    with psycopg.connect(made.owner, autocommit=True) as owner:
        owner.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key) values (1, 'bureau', '区教育局', '区', '')"
        )
        owner.execute("update base_state set version = version + 1 where key = 'units'")
    return made


def command(server, database, *arguments):
    ran = subprocess.run(
        [sys.executable, "-m", "jizuo.project.cli", "roster", *map(str, arguments), "--json"],
        env=server.environment(database), cwd=CHECKOUT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:] + ran.stdout[-3000:]
    return json.loads(ran.stdout)


@pytest.mark.shared
def test_the_shared_zips_go_in_by_command_and_out_into_an_empty_base(server, make_database, tmp_path):
    one, other = bureau_base(make_database), bureau_base(make_database)
    zips = [SHARED / f"oneroster-1.1-{size}.zip" for size in ("small", "medium")]
    told = command(server, one.database, "import", *zips, "--open-units")
    assert [batch["state"] for batch in told["batches"]] == ["applied", "applied"]
    command(server, one.database, "export", tmp_path / "out.zip", "--between-bases")
    (batch,) = command(server, other.database, "import", tmp_path / "out.zip", "--open-units")["batches"]
    assert batch["state"] == "applied"
    command(server, other.database, "export", tmp_path / "again.zip", "--between-bases")
    first, second = people_of(tmp_path / "out.zip"), people_of(tmp_path / "again.zip")
    users = sum(len(tables_of(path)["users.csv"]) for path in zips)
    assert 0 <= users - len(first["people"]) <= 2
    for part, rows in first.items():
        assert rows == second[part], part
