import pytest

from jizuo.hubs.organisation.protocols.oneroster.check import check

from . import roster

MANIFEST = "manifest.csv"


def change(old: str, new: str):
    def spoil(content: dict[str, bytes]) -> None:
        assert old.encode() in content[MANIFEST]
        content[MANIFEST] = content[MANIFEST].replace(old.encode(), new.encode())

    return spoil


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("file.users,bulk", "file.users,absent", ("file_undeclared", "users.csv", "")),
        ("file.users,bulk\r\n", "", ("property_missing", MANIFEST, "file.users")),
        ("file.results,absent", "file.results,bulk", ("file_missing", "results.csv", "")),
        ("file.results,absent", "file.results,delta", ("file_missing", "results.csv", "")),
        ("file.results,absent", "file.results,maybe", ("mode_unknown", MANIFEST, "file.results")),
        ("file.results,absent", "file.results,", ("mode_unknown", MANIFEST, "file.results")),
        (
            "file.users,bulk",
            "file.users,bulk\r\nfile.users,delta",
            ("property_doubled", MANIFEST, "file.users"),
        ),
        (
            "file.users,bulk",
            "file.users,bulk\r\nfile.pets,absent",
            ("property_unknown", MANIFEST, "file.pets"),
        ),
        ("manifest.version,1.0", "manifest.version,2", ("manifest_form", MANIFEST, "manifest.version")),
        (
            "oneroster.version,1.2",
            "oneroster.version,1.0",
            ("manifest_version", MANIFEST, "oneroster.version"),
        ),
        ("oneroster.version,1.2\r\n", "", ("manifest_version", MANIFEST, "oneroster.version")),
        ("propertyName,value\r\n", "", ("header_missing", MANIFEST, "")),
        ("file.users,bulk", "file.users,bulk,x", ("row_length", MANIFEST, "")),
    ],
)
def test_one_fault_of_the_manifest(old: str, new: str, told: tuple[str, str, str]) -> None:
    assert told in roster.told(roster.check_spoiled(change(old, new)))


def test_the_line_in_the_manifest_is_named() -> None:
    report = roster.check_spoiled(change("manifest.version,1.0", "manifest.version,9"))
    (problem,) = report.problems
    assert (problem.places[0].line, problem.places[0].value) == (2, "9")


def test_all_21_files_must_be_named() -> None:
    def spoil(content: dict[str, bytes]) -> None:
        content[MANIFEST] = b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"

    report = roster.check_spoiled(spoil)
    assert sum(p.count for p in report.problems if p.cause == "property_missing") == 21
    assert report.tables["users"].height == 3


def test_version_11_names_13_files() -> None:
    content = {MANIFEST: roster.manifest({}, "1.1").encode()}
    assert check(roster.pack(content)).problems == []


def test_without_a_manifest_the_check_goes_on() -> None:
    tables = roster.rows()
    tables["users"][0]["givenName"] = ""
    content = roster.files(tables)
    del content[MANIFEST]
    report = check(roster.pack(content))
    assert report.exit_code == 2
    assert report.version == "1.2"
    assert ("required", "users.csv", "givenName") in roster.told(report)


def test_without_a_manifest_the_users_tell_version_11() -> None:
    content = {"users.csv": roster.text("users", [], "1.1").encode()}
    assert check(roster.pack(content)).version == "1.1"


def test_source_is_told() -> None:
    content = roster.files(roster.rows())
    content[MANIFEST] += b"source.systemName,SIS\r\nsource.systemCode,sis\r\n"
    report = check(roster.pack(content))
    assert report.problems == []
    assert report.source == {"systemName": "SIS", "systemCode": "sis"}


def test_modes_may_differ_by_file() -> None:
    tables = roster.rows()
    tables["enrollments"] = roster.delta(tables)["enrollments"]
    content = roster.files(tables)
    content[MANIFEST] = content[MANIFEST].replace(b"file.enrollments,bulk", b"file.enrollments,delta")
    report = check(roster.pack(content))
    assert report.problems == []
    assert report.modes["enrollments"] == "delta"
    assert report.modes["users"] == "bulk"
