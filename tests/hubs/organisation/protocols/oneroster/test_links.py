import pytest

from jizuo.hubs.organisation.protocols.oneroster.report import places_of

from . import roster

LINKS = [
    ("orgs", "parentSourcedId", "orgs"),
    ("academicSessions", "parentSourcedId", "academicSessions"),
    ("courses", "schoolYearSourcedId", "academicSessions"),
    ("courses", "orgSourcedId", "orgs"),
    ("classes", "courseSourcedId", "courses"),
    ("classes", "schoolSourcedId", "orgs"),
    ("classes", "termSourcedIds", "academicSessions"),
    ("users", "agentSourcedIds", "users"),
    ("users", "primaryOrgSourcedId", "orgs"),
    ("roles", "userSourcedId", "users"),
    ("roles", "orgSourcedId", "orgs"),
    ("roles", "userProfileSourcedId", "userProfiles"),
    ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "schoolSourcedId", "orgs"),
    ("enrollments", "userSourcedId", "users"),
]


def spoiled(table: str, column: str, mode: str, **options):
    tables = roster.rows() if mode == "bulk" else roster.delta(roster.rows())
    tables[table][0][column] = "nowhere"
    return roster.check_rows(tables, mode, **options)


@pytest.mark.parametrize(("table", "column", "target"), LINKS)
def test_a_dangling_reference_is_named(table: str, column: str, target: str) -> None:
    report = spoiled(table, column, "bulk")
    assert (f"{table}.csv", column, 2, "nowhere") in places_of(report.problems, "dangling")
    (problem,) = [p for p in report.problems if p.cause == "dangling" and p.column == column]
    assert f"{target}.csv" in problem.reason()


@pytest.mark.parametrize(("table", "column", "target"), LINKS)
def test_a_delta_is_matched_with_what_is_held(table: str, column: str, target: str) -> None:
    assert ("unverified", f"{table}.csv", column) in roster.told(spoiled(table, column, "delta"))
    asked: list[str] = []

    def known(name: str) -> set[str]:
        asked.append(name)
        return {"nowhere"} if name == target else set()

    held = spoiled(table, column, "delta", known_ids=known)
    assert not {"dangling", "unverified"} & {p.cause for p in held.problems}
    assert asked == [target]
    missing = spoiled(table, column, "delta", known_ids=lambda name: set())
    assert ("dangling", f"{table}.csv", column) in roster.told(missing)


def test_nobody_is_asked_when_the_zip_settles_all() -> None:
    def known(name: str) -> set[str]:
        raise AssertionError(name)

    assert roster.check_rows(roster.delta(roster.rows()), "delta", known_ids=known).problems == []


def test_a_bulk_file_is_complete_whatever_is_held() -> None:
    report = spoiled("enrollments", "userSourcedId", "bulk", known_ids=lambda name: {"nowhere"})
    assert ("dangling", "enrollments.csv", "userSourcedId") in roster.told(report)


def test_an_absent_file_is_looked_up_in_what_is_held() -> None:
    tables = roster.rows()
    del tables["courses"]
    assert ("dangling", "classes.csv", "courseSourcedId") in roster.told(roster.check_rows(tables))
    assert roster.check_rows(tables, known_ids=lambda name: {"co"}).problems == []


def test_an_unreadable_file_does_not_set_all_others_dangling() -> None:
    def spoil(content: dict[str, bytes]) -> None:
        content["users.csv"] = b""

    assert roster.told(roster.check_spoiled(spoil)) == {("header_missing", "users.csv", "")}


def test_a_reference_to_a_row_deleted_in_the_same_delta() -> None:
    tables = roster.delta(roster.rows())
    tables["classes"][0]["status"] = "tobedeleted"
    report = roster.check_rows(tables, "delta")
    assert places_of(report.problems, "to_deleted") == [
        ("enrollments.csv", "classSourcedId", 2, "c"),
        ("enrollments.csv", "classSourcedId", 3, "c"),
    ]
    for row in tables["enrollments"]:
        row["status"] = "tobedeleted"
    assert roster.check_rows(tables, "delta").problems == []


def test_each_item_of_a_list_is_followed() -> None:
    tables = roster.rows()
    tables["classes"][0]["termSourcedIds"] = "t, nowhere,t2"
    report = roster.check_rows(tables)
    assert [value for *_, value in places_of(report.problems, "dangling")] == ["nowhere", "t2"]


def test_classes_name_a_school_and_a_term() -> None:
    tables = roster.rows()
    tables["classes"][0] |= {"schoolSourcedId": "d", "termSourcedIds": ""}
    assert roster.told(roster.check_rows(tables)) == {
        ("not_a_school", "classes.csv", "schoolSourcedId"),
        ("required", "classes.csv", "termSourcedIds"),
        ("school_differs", "enrollments.csv", "schoolSourcedId"),
    }


def test_a_campus_may_stand_for_the_school() -> None:
    tables = roster.rows()
    tables["orgs"][1]["type"] = "ext:campus"
    assert roster.check_rows(tables).problems == []


def test_kinds_of_sessions() -> None:
    tables = roster.rows()
    tables["classes"][0]["termSourcedIds"] = "y"
    tables["courses"][0]["schoolYearSourcedId"] = "t"
    assert roster.told(roster.check_rows(tables)) == {
        ("session_kind", "classes.csv", "termSourcedIds"),
        ("session_kind", "courses.csv", "schoolYearSourcedId"),
    }


def test_loops_of_parents() -> None:
    tables = {
        "orgs": [
            {"sourcedId": key, "name": key, "type": "school", "parentSourcedId": parent}
            for key, parent in (("a", "b"), ("b", "c"), ("c", "b"), ("d", "d"), ("e", ""), ("f", "e"))
        ]
    }
    places = places_of(roster.check_rows(tables).problems, "parent_loop")
    assert [line for _, _, line, _ in places] == [3, 4, 5]


def test_demographics_belong_to_a_user() -> None:
    report = spoiled("demographics", "sourcedId", "bulk")
    assert roster.told(report) == {("dangling", "demographics.csv", "sourcedId")}


def test_people_have_roles_one_primary_and_their_own_username() -> None:
    tables = roster.rows()
    tables["roles"][1] |= {"userSourcedId": "u1"}
    tables["users"][2]["username"] = "jz1"
    assert places_of(roster.check_rows(tables).problems, "role_missing") == [
        ("users.csv", "sourcedId", 3, "u2")
    ]
    assert places_of(roster.check_rows(tables).problems, "role_primary") == [
        ("roles.csv", "roleType", 3, "u1")
    ]
    assert places_of(roster.check_rows(tables).problems, "username_doubled") == [
        ("users.csv", "username", 4, "jz1")
    ]
    assert roster.check_rows(tables).exit_code == 0
