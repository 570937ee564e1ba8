import pytest

from jizuo.hubs.organisation.protocols.oneroster.report import places_of

from . import roster

Fault = tuple[str, str, str] | None


def spoil(
    table: str, column: str, value: str, index: int = 0, mode: str = "bulk"
) -> set[tuple[str, str, str]]:
    tables = roster.rows()
    if mode == "delta":
        tables = roster.delta(tables)
    tables[table][index][column] = value
    return roster.told(roster.check_rows(tables, mode))


@pytest.mark.parametrize(
    ("table", "column", "value", "cause"),
    [
        ("users", "enabledUser", "", "required"),
        ("users", "givenName", "  ", "required"),
        ("users", "enabledUser", "yes", "boolean"),
        ("users", "enabledUser", "1", "boolean"),
        ("users", "enabledUser", "TRUE", "boolean_case"),
        ("users", "userIds", "{fed:1},{gov:2}", None),
        ("users", "userIds", "1234", "user_ids"),
        ("users", "familyName", "ŷ\ufffd", "garbled"),
        ("users", "familyName", "ѧУ", "garbled"),
        ("users", "familyName", "锟斤拷", "garbled"),
        ("users", "familyName", "䶮", None),
        ("users", "familyName", "\U00030edd", None),
        ("users", "familyName", "José", None),
        ("users", "status", "active", "bulk_filled"),
        ("users", "dateLastModified", roster.STAMP, "bulk_filled"),
        ("orgs", "type", "School", "word"),
        ("orgs", "type", "ext:campus", None),
        ("orgs", "type", "ext:", "word"),
        ("orgs", "type", "ext: x", "word"),
        ("demographics", "sex", "男", "word"),
        ("demographics", "sex", "other", None),
        ("demographics", "birthDate", "2018-3-4", "date_form"),
        ("demographics", "birthDate", "2018/03/04", "date_form"),
        ("demographics", "birthDate", "20180304", "date_form"),
        ("demographics", "birthDate", "2018-02-29", "date_impossible"),
        ("demographics", "birthDate", "2016-02-29", None),
        ("demographics", "birthDate", "1900-02-29", "date_impossible"),
        ("demographics", "birthDate", "2018-00-10", "date_impossible"),
        ("demographics", "birthDate", "2018-04-31", "date_impossible"),
        ("demographics", "birthDate", "2018-13-01", "date_impossible"),
        ("academicSessions", "schoolYear", "2026-2027", "year_form"),
        ("roles", "roleType", "main", "word"),
        ("roles", "role", "administrator", "word"),
        ("enrollments", "role", "guardian", "word"),
        ("enrollments", "primary", "false", None),
    ],
)
def test_one_value(table: str, column: str, value: str, cause: str | None) -> None:
    assert spoil(table, column, value) == ({(cause, f"{table}.csv", column)} if cause else set())


@pytest.mark.parametrize(
    ("value", "causes"),
    [
        ("2026-09-01T00:00:00.000Z", set()),
        ("2026-09-01T00:00:00Z", set()),
        ("2026-09-01T23:59:60Z", set()),
        ("2026-09-01T08:00:00.000+08:00", {"datetime_offset"}),
        ("2026-09-01", {"datetime_form"}),
        ("2026-09-01 00:00:00", {"datetime_form"}),
        ("2026-09-01T25:00:00Z", {"datetime_form"}),
        ("2026-02-30T00:00:00Z", {"date_impossible"}),
        ("", {"required"}),
    ],
)
def test_moments_of_a_delta(value: str, causes: set[str]) -> None:
    assert {cause for cause, _, _ in spoil("orgs", "dateLastModified", value, mode="delta")} == causes


def test_status_of_a_delta() -> None:
    assert spoil("orgs", "status", "", mode="delta") == {("required", "orgs.csv", "status")}
    assert spoil("orgs", "status", "inactive", mode="delta") == {("word", "orgs.csv", "status")}


def test_a_row_to_be_deleted_need_only_say_who_it_is() -> None:
    tables = roster.delta(roster.rows())
    tables["enrollments"] = [
        {"sourcedId": "e1", "status": "tobedeleted", "dateLastModified": roster.STAMP},
        {"sourcedId": "e2", "status": "active", "dateLastModified": roster.STAMP},
    ]
    report = roster.check_rows(tables, "delta")
    assert {p.cause for p in report.problems} == {"required"}
    assert {place.sourced_id for p in report.problems for place in p.places} == {"e2"}


def test_a_bulk_file_cannot_delete() -> None:
    found = spoil("orgs", "status", "tobedeleted", index=1)
    assert ("bulk_deleted", "orgs.csv", "status") in found


@pytest.mark.parametrize(
    ("key", "cause"), [("", "required"), (" d", "id_space"), ("x" * 256, "id_long"), ("s", "id_doubled")]
)
def test_sourced_ids(key: str, cause: str) -> None:
    tables = {"orgs": roster.rows()["orgs"]}
    tables["orgs"][1]["parentSourcedId"] = ""
    tables["orgs"].append({"sourcedId": key, "name": "x", "type": "school"})
    report = roster.check_rows(tables)
    assert roster.told(report) == {(cause, "orgs.csv", "sourcedId")}
    assert report.problems[0].places[0].line == 4


@pytest.mark.parametrize(
    ("table", "begin", "end"),
    [
        ("roles", "beginDate", "endDate"),
        ("enrollments", "beginDate", "endDate"),
        ("academicSessions", "startDate", "endDate"),
    ],
)
def test_begin_must_not_follow_end(table: str, begin: str, end: str) -> None:
    for first, last, is_wrong in (
        ("2026-09-01", "2026-08-31", True),
        ("2026-09-01", "2026-09-01", False),
        ("2026-08-31", "2026-09-01", False),
    ):
        tables = roster.rows()
        tables[table][0] |= {begin: first, end: last}
        report = roster.check_rows(tables)
        expected = [(f"{table}.csv", end, 2, f"{first} > {last}")] if is_wrong else []
        assert places_of(report.problems, "order") == expected


@pytest.mark.parametrize(
    ("subjects", "codes", "is_wrong"),
    [
        ("语文,数学", "01,02", False),
        ("语文,数学", "01", True),
        ("语文", "", False),
        ("", "01", False),
        ("a", "1,2", True),
    ],
)
def test_subjects_and_codes_are_as_many(subjects: str, codes: str, is_wrong: bool) -> None:
    tables = roster.rows()
    tables["classes"][0] |= {"subjects": subjects, "subjectCodes": codes}
    told = {("list_counts", "classes.csv", "subjectCodes")} if is_wrong else set()
    assert roster.told(roster.check_rows(tables)) == told


def test_upper_case_booleans_are_read_in_lower_case() -> None:
    tables = roster.rows()
    tables["users"][0]["enabledUser"] = "TRUE"
    tables["users"][1]["enabledUser"] = "False"
    tables["users"][2]["enabledUser"] = "nein"
    assert roster.check_rows(tables).tables["users"]["enabledUser"].to_list() == ["true", "false", "nein"]


def test_document_numbers_are_reported_without_being_repeated() -> None:
    tables = roster.rows()
    number = "G990101201803042220"
    tables["users"][0]["identifier"] = number
    report = roster.check_rows(tables)
    assert roster.told(report) == {("document_number", "users.csv", "identifier")}
    assert number not in str(report.as_dict())
