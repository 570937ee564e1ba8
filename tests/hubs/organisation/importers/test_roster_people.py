"""What a OneRoster zip says of people: one each, with the guardians' rights, and who has left."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.rosters import counts_of, only, roster


def test_a_teacher_at_two_schools_is_one_person(filled):
    assert filled.rows(
        "select count(*), count(distinct person_id), count(distinct base_no) from affiliation where source_id = 't'"
    ) == [(2, 1, 1)]
    assert filled.rows("select role, count(*) from enrolment group by 1 order by 1") == [
        ("homeroom_teacher", 1), ("teacher", 1),
    ]  # fmt: skip


def test_guardians_come_with_their_rights(filled):
    found = filled.rows(
        "select g.relation, g.may_view, g.may_pick_up, g.is_no_contact, g.emergency_order from guardian_of g"
        " join affiliation a on a.person_id = g.child_id and a.source_id = 'p010' order by 1"
    )
    assert found == [("51", True, False, True, None), ("52", True, True, False, 1)]


def test_a_delta_corrects_name_and_birth_alone(filled):
    told = only(roster(), users={"p012"}, demographics={"p013"})
    told["users"][0] |= {"familyName": "欧阳", "givenName": "改", "metadata.jizuo.name": "欧阳改"}
    told["demographics"][0]["birthDate"] = "2019-12-31"
    filled.apply(told, "delta")
    assert filled.rows(
        "select a.name, p.name from affiliation a join person p on p.id = a.person_id where a.source_id = 'p012'"
    ) == [("欧阳改", "欧阳改")]
    assert (
        filled.rows(
            "select p.birth_on::text, p.name from affiliation a join person p on p.id = a.person_id where a.source_id = 'p013'"
        )[0][0]
        == "2019-12-31"
    )


def test_who_is_missing_from_a_full_zip_leaves_and_stays_a_person(filled):
    rows = roster()
    for table, key in (
        ("users", "sourcedId"),
        ("roles", "userSourcedId"),
        ("enrollments", "userSourcedId"),
        ("demographics", "sourcedId"),
    ):
        rows[table] = [row for row in rows[table] if row[key] != "p115"]
    walked = filled.bring(rows)
    assert [change.label for change in walked.changes("gone")] != []
    assert counts_of(walked.batch) == {"affiliation": {"gone": 1}}
    walked.apply()
    assert [row[3] for row in filled.of("p115")] == [False]
    assert filled.rows(
        "select count(*) from person p join affiliation a on a.person_id = p.id where a.source_id = 'p115'"
    ) == [(1,)]


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [
        ("陈", "以宁", "陈以宁"),
        ("Smith", "Ann", "Ann Smith"),
        ("", "Ann", "Ann"),
        ("陈", "", "陈"),
        ("", "", ""),
    ],
)
def test_two_halves_of_a_name(family, given, name):
    from jizuo.hubs.organisation.importers.roster_people import joined

    assert joined(family, given) == name
