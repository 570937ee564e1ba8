"""What a role's duty does not open does not leave the database: not in the row, not in a claim, not of a guardian."""

from __future__ import annotations

import msgspec
import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def school(base):
    from jizuo.project import rooms

    rooms.plates()
    made = given.fill(base, base.unit(), classes=1, pupils=2, staff=1)

    def differing():
        from jizuo.hubs.data.actions.put import put

        person, link = made.pupils[1]
        put(
            dataset="pupil", columns=("id", "unit_no", "person_id", "address"),
            rows=[(link, made.unit_no, person, "北寨街 3 号")], source="register",
        )  # fmt: skip

    given.within(base.scope(made.unit_no), differing)
    return made


def fetched(base, school, role):
    """Everything that the database sends for one pupil, as one text."""
    from django.db import connection

    from jizuo.hubs.organisation.queries import person_row

    def read():
        with connection.cursor() as cursor:
            cursor.execute(
                person_row.statement(role),
                {"id": school.pupils[1][1], "today": "2026-09-16", "told": person_row.told()},
            )
            return cursor.fetchone()

    return given.within(base.scope(school.unit_no, role), read)


SECRETS = ("澜江路", "北寨街", "花生")


@pytest.mark.parametrize("role", ["teacher", "head", "district_steward"])
def test_what_is_closed_does_not_leave(base, school, role):
    row = fetched(base, school, role)
    text = " ".join(map(str, row))
    assert not [one for one in SECRETS if one in text]
    assert "1390000" not in text, "the guardian's phone"
    assert "＊＊＊" in text and "****" in text
    if role == "teacher":
        assert "2019-05-04" not in text and "2019-＊＊＊" in text


def test_twin_a_role_whose_duty_opens_them_gets_them(base, school):
    text = " ".join(map(str, fetched(base, school, "clerk")))
    assert all(one in text for one in SECRETS) and "1390000" in text


def test_a_closed_claim_says_whether_it_is_what_is_held(base, school):
    claims = msgspec.json.decode(fetched(base, school, "teacher")[7])
    said = [fields["address"] for _dataset, _source, fields, _at in claims if "address" in fields]
    assert said and all(one["shown"] == "＊＊＊" for one in said)
    assert sorted(one["same"] for one in said) == [False, True]


def test_the_page_shows_that_another_source_differs_without_saying_what(base, school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.queries import people

    with scopes.use(base.scope(school.unit_no, "teacher", org_ids=(school.classes[0],))):
        view = people.person_view(affiliation_id=school.pupils[1][1])
    address = next(one for one in view.values if one.key == "address")
    assert address.value == "＊＊＊" and [shown for _source, shown in address.others] == ["＊＊＊"]
    assert len(address.sources) == 1 and address.since is not None
