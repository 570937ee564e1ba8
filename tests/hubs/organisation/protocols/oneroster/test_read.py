from jizuo.hubs.organisation.protocols.oneroster.tables import layout

from . import roster


def rows_11() -> roster.Rows:
    tables = roster.rows()
    del tables["roles"], tables["userProfiles"]
    for row, role in zip(tables["users"], ("student", "teacher", "guardian"), strict=True):
        row |= {"role": role, "orgSourcedIds": "s"}
    return tables


def test_11_comes_out_in_the_shape_of_12() -> None:
    report = roster.check_rows(rows_11(), version="1.1")
    assert report.problems == []
    assert report.version == "1.1"
    names = layout("1.2")["users"].names
    assert report.tables["users"].columns == names
    assert report.tables["users"]["primaryOrgSourcedId"].to_list() == ["s", "s", "s"]
    roles = report.tables["roles"]
    assert roles.columns == layout("1.2")["roles"].names
    assert roles.select("sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId").rows() == [
        ("u1:student:s", "u1", "primary", "student", "s"),
        ("u2:teacher:s", "u2", "primary", "teacher", "s"),
        ("g:guardian:s", "g", "primary", "guardian", "s"),
    ]
    assert report.modes["roles"] == "bulk"


def test_administrators_become_what_their_org_is() -> None:
    tables = rows_11()
    tables["users"][1] |= {"role": "administrator", "orgSourcedIds": "s, d"}
    report = roster.check_rows(tables, version="1.1")
    assert report.problems == []
    roles = report.tables["roles"].filter(userSourcedId="u2")
    assert roles.select("role", "orgSourcedId").rows() == [
        ("siteAdministrator", "s"),
        ("districtAdministrator", "d"),
    ]
    assert report.tables["users"]["primaryOrgSourcedId"].to_list() == ["s", "", "s"]


def test_an_unknown_org_leaves_an_administrator_open() -> None:
    tables = {"users": rows_11()["users"]}
    tables["users"][0] |= {"role": "administrator"}
    report = roster.check_rows(roster.delta(tables), "delta", "1.1", known_ids=lambda name: {"s"})
    assert report.problems == []
    assert report.tables["roles"]["role"][0] == "ext:administrator"
    assert report.tables["roles"]["status"][0] == "active"


def test_faults_and_lines_of_a_user_are_those_of_its_roles() -> None:
    tables = rows_11()
    tables["users"][1] |= {"givenName": "", "orgSourcedIds": "s,d"}
    report = roster.check_rows(tables, version="1.1")
    assert report.exit_code == 1
    assert report.faulty["users"].to_list() == [1]
    assert report.faulty["roles"].to_list() == [1, 2]
    assert report.lines["roles"].to_list() == [2, 3, 3, 4]


def test_own_columns_and_users_without_orgs_survive() -> None:
    tables = rows_11()
    tables["users"][0] |= {"orgSourcedIds": "", "metadata.x": "k"}
    report = roster.check_rows(tables, version="1.1")
    assert roster.told(report) == {("required", "users.csv", "orgSourcedIds")}
    assert report.tables["users"]["metadata.x"].to_list() == ["k", "", ""]
    assert report.tables["roles"].height == 2


def test_words_of_12_are_not_words_of_11() -> None:
    tables = rows_11()
    tables["users"][0]["role"] = "principal"
    tables["demographics"][0]["sex"] = "unspecified"
    assert roster.told(roster.check_rows(tables, version="1.1")) == {
        ("word", "users.csv", "role"),
        ("word", "demographics.csv", "sex"),
    }


def test_files_of_12_are_unknown_to_11() -> None:
    content = roster.files(rows_11(), version="1.1")
    content["roles.csv"] = roster.text("roles", []).encode()
    from jizuo.hubs.organisation.protocols.oneroster.check import check

    assert roster.told(check(roster.pack(content))) == {("file_unknown", "roles.csv", "")}
