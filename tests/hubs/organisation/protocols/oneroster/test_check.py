import importlib.util
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from jizuo.hubs.organisation.protocols.oneroster.archive import read_member
from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.report import places_of

from . import roster

ROOT = Path(__file__).parents[5]


def test_a_right_roster_has_no_problem() -> None:
    report = roster.check_rows(roster.rows())
    assert report.problems == []
    assert report.exit_code == 0
    assert report.version == "1.2"
    assert report.modes["users"] == "bulk"
    assert report.modes["results"] == "absent"
    assert len(report.modes) == 21
    assert report.tables["users"]["familyName"].to_list() == ["欧阳", "李", "欧阳"]
    assert report.tables["classes"]["metadata.jizuo.classNo"].to_list() == ["2"]
    assert report.lines["users"].to_list() == [2, 3, 4]


def test_a_right_delta_has_no_problem() -> None:
    assert roster.check_rows(roster.delta(roster.rows()), "delta").problems == []


def test_the_three_file_start_is_enough() -> None:
    some = {name: table for name, table in roster.rows().items() if name in ("orgs", "users", "roles")}
    assert roster.check_rows(some).problems == []


def test_all_faults_of_all_files_are_told_at_once() -> None:
    tables = roster.rows()
    tables["users"][0]["givenName"] = ""
    tables["enrollments"][1]["beginDate"] = "2026-02-30"
    tables["classes"][0]["schoolSourcedId"] = "nowhere"
    tables["orgs"][0]["type"] = "District"
    report = roster.check_rows(tables)
    assert roster.told(report) >= {
        ("required", "users.csv", "givenName"),
        ("date_impossible", "enrollments.csv", "beginDate"),
        ("dangling", "classes.csv", "schoolSourcedId"),
        ("word", "orgs.csv", "type"),
    }
    assert places_of(report.problems, "date_impossible") == [
        ("enrollments.csv", "beginDate", 3, "2026-02-30")
    ]
    assert report.exit_code == 1
    assert report.faulty["users"].to_list() == [0]
    assert report.faulty["enrollments"].to_list() == [1]
    assert "roles" not in report.faulty


def test_verdict_is_json_and_names_line_reason_and_fix_in_two_languages() -> None:
    tables = roster.rows()
    tables["roles"][0]["role"] = "pupil"
    verdict = json.loads(json.dumps(roster.check_rows(tables).as_dict()))
    (problem,) = verdict["problems"]
    assert problem["file"] == "roles.csv"
    assert problem["column"] == "role"
    assert problem["places"] == [{"line": 2, "value": "pupil", "sourcedId": "r1"}]
    assert "允许范围" in problem["reason"]["zh"]
    assert "vocabulary" in problem["reason"]["en"]
    assert "student" in problem["fix"]["zh"]
    assert verdict["exit_code"] == 1


def test_more_faults_than_are_listed_are_all_counted() -> None:
    tables = roster.rows()
    tables["users"] += [
        {"sourcedId": f"x{i}", "enabledUser": "1", "username": f"x{i}", "givenName": "a", "familyName": "b"}
        for i in range(1_500)
    ]
    report = roster.check_rows(tables)
    (problem,) = [p for p in report.problems if p.cause == "boolean"]
    assert problem.count == 1_500
    assert len(problem.places) == 1_000
    assert problem.places[0].line == 5
    assert len(report.faulty["users"]) == 1_500


def test_gradebook_and_resource_files_are_kept_and_reported_but_not_loaded() -> None:
    tables = roster.rows()
    tables["categories"] = [{"sourcedId": "k", "title": "", "weight": "heavy"}]
    content = roster.files(tables)
    report = check(roster.pack(content))
    assert "categories" not in report.tables
    assert report.kept_raw == {"categories": 1}
    assert report.exit_code == 0
    assert {p.cause for p in report.problems} == {"file_kept_raw", "required", "number"}
    assert {p.severity for p in report.problems} == {"warn"}
    assert read_member(roster.pack(content), "categories.csv") == content["categories.csv"]


def test_missing_file_is_an_error_of_the_caller() -> None:
    with pytest.raises(FileNotFoundError):
        check("no such file.zip")


def test_passwords_are_not_read() -> None:
    tables = roster.rows()
    tables["users"][0]["password"] = "hunter2"
    report = roster.check_rows(tables)
    assert report.tables["users"]["password"].to_list() == ["", "", ""]
    assert "hunter2" not in json.dumps(report.as_dict())
    assert roster.told(report) == {("password", "users.csv", "password")}


def test_us_codes_are_reported_and_never_converted() -> None:
    tables = roster.rows()
    tables["users"][0]["grades"] = "KG"
    tables["demographics"][0]["asian"] = "true"
    tables["classes"][0] = {k: v for k, v in tables["classes"][0].items() if not k.startswith("metadata.")}
    report = roster.check_rows(tables)
    assert roster.told(report) == {
        ("us_grade", "users.csv", "grades"),
        ("us_race", "demographics.csv", "asian"),
    }
    assert report.exit_code == 0
    assert report.tables["users"]["grades"][0] == "KG"


def test_a_file_name_in_other_letters_is_read() -> None:
    content = roster.files(roster.rows())
    content["Users.CSV"] = content.pop("users.csv")
    content["notes.txt"] = b"hello"
    report = check(roster.pack(content))
    assert roster.told(report) == {("file_case", "Users.CSV", ""), ("file_unknown", "notes.txt", "")}
    assert report.tables["users"].height == 3


def _sample():
    path = ROOT / "bench" / "oneroster_sample.py"
    spec = importlib.util.spec_from_file_location("oneroster_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_written_down_district_passes(tmp_path: Path) -> None:
    counts = _sample().make(tmp_path / "a.zip", 0.01, guardians=True)
    report = check(tmp_path / "a.zip")
    assert {p.cause for p in report.problems} == {"us_grade"}
    assert {name: table.height for name, table in report.tables.items()} == counts
    assert _sample().make(tmp_path / "b.zip", 0.01, guardians=True) == counts
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


SHARED = Path(os.environ.get("JIZUO_SHARED", ROOT.parent / "shared")) / "data" / "roster"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data pack is not here")
@pytest.mark.parametrize(
    ("name", "users", "enrollments"), [("small", 2_037, 14_238), ("medium", 20_057, 140_602)]
)
def test_shared_rosters_of_11(name: str, users: int, enrollments: int) -> None:
    report = check(SHARED / f"oneroster-1.1-{name}.zip")
    assert report.version == "1.1"
    assert report.exit_code == 0
    assert report.tables["users"].height == users
    assert report.tables["roles"].height == users
    assert report.tables["enrollments"].height == enrollments
    assert {p.cause for p in report.problems} == {"bulk_filled", "us_grade", "us_race", "year_form"}


def test_ten_thousand_bad_rows_stay_quick_and_whole() -> None:
    tables = {"orgs": [{"sourcedId": f"o{i}", "name": "x", "type": "nonsense"} for i in range(10_000)]}
    report = roster.check_rows(tables)
    assert report.count("error") == 10_000


def test_an_empty_archive_is_blocked() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    out.seek(0)
    report = check(out)
    assert report.is_blocked
    assert roster.told(report) == {("manifest_missing", "manifest.csv", "")}
