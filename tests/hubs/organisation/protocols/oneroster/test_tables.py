import pytest

from jizuo.hubs.organisation.protocols.oneroster.tables import ROSTERING, VERSIONS, layout


@pytest.mark.parametrize(("version", "count"), [("1.1", 13), ("1.2", 21)])
def test_files_of_a_version(version: str, count: int) -> None:
    tables = layout(version)
    assert len(tables) == count
    assert {name for name, table in tables.items() if table.is_loaded} == set(ROSTERING) & set(tables)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_reference_names_a_file_and_every_column_stands_once(version: str) -> None:
    tables = layout(version)
    for table in tables.values():
        assert table.names[:3] == ["sourcedId", "status", "dateLastModified"]
        assert len(set(table.names)) == len(table.names)
        for column in table.columns:
            assert (column.target in tables) == (column.kind == "link")
            assert bool(column.words) == (column.kind == "word")


@pytest.mark.parametrize(
    ("version", "name", "columns"),
    [
        (
            "1.2",
            "users",
            "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
            "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
            "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
        ),
        (
            "1.1",
            "users",
            "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
            "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
        ),
        (
            "1.2",
            "roles",
            "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
            "userProfileSourcedId",
        ),
        (
            "1.2",
            "results",
            "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,"
            "comment,textScore,classSourcedId,inProgress,incomplete,late,missing",
        ),
    ],
)
def test_columns_stand_in_the_order_of_the_standard(version: str, name: str, columns: str) -> None:
    assert ",".join(layout(version)[name].names) == columns


def test_other_versions_are_unknown() -> None:
    with pytest.raises(KeyError):
        layout("1.0")
