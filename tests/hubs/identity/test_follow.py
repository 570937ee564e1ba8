"""Grants follow posts, classes and children, on the next request."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from tests.hubs.organisation.walking import deliver_facts


@pytest.fixture
def school(base):
    """A school with two classes; `put(...)` writes as the school and tells the news, `roles(account)` reads grants."""
    from jizuo.ground import acting, facts
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    deliver_facts()
    unit_no = base.unit()
    scope = base.scope(unit_no, "clerk")
    classes = [uuid4(), uuid4()]

    def write(dataset, columns, *rows):
        with scopes.use(scope), scopes.open_transaction("test"):
            put(dataset=dataset, columns=columns, rows=rows, source="school")
            facts.tell("RolesChanged", unit_no=unit_no)
        deliver_facts()

    def person(role, name="沈知远", **more):
        """A person with an account and one affiliation."""
        own, link = uuid4(), uuid4()
        number = str(own.int)[:10]
        account = base.account(name, person_id=own)
        write("person", ("id", "base_no", "name"), (own, number, name))
        columns = ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no", *more)
        write(
            "affiliation",
            columns,
            (link, unit_no, own, role, date(2026, 9, 1), name, "k", number, *more.values()),
        )
        return SimpleNamespace(id=own, link=link, account=account)

    def roles(who):
        with base.owner() as owner:
            return owner.execute(
                "select role, org_ids, child_ids, no from acting_grant where account_id = %s"
                " and (end_on is null or end_on > %s) order by role, no",
                [who.account.pk, acting.today()],
            ).fetchall()

    def status(who, grant_no):
        """What the role's first address answers to the person's own browser."""
        return (
            base.client(who.account)
            .get(f"/as/{grant_no}/api/read/organisation.unit?unit_no={unit_no}")
            .status_code
        )

    write("org", ("id", "unit_no", "kind", "stage", "entry_year", "class_no"),
          *[(one, unit_no, "class", "primary", 2026, n) for n, one in enumerate(classes, 1)])  # fmt: skip
    return SimpleNamespace(
        base=base, unit_no=unit_no, put=write, person=person, roles=roles, status=status, classes=classes
    )


def names(school, who):
    return [row[0] for row in school.roles(who)]


def test_a_post_brings_its_role_and_takes_it_away(school):
    who = school.person("staff")
    assert names(school, who) == []
    school.put("affiliation", ("id", "unit_no", "posts"), (who.link, school.unit_no, ["clerk"]))
    ((role, orgs, _children, grant_no),) = school.roles(who)
    assert (role, orgs) == ("clerk", []) and school.status(who, grant_no) == 200
    school.put("affiliation", ("id", "unit_no", "posts"), (who.link, school.unit_no, ["head"]))
    assert names(school, who) == ["head"]
    assert school.status(who, grant_no) == 404


def test_a_role_is_gone_on_the_next_request_after_the_affiliation_ends(school):
    who = school.person("staff", posts=["clerk"])
    client = school.base.client(who.account)
    address = f"/as/{school.roles(who)[0][3]}/api/read/organisation.unit?unit_no={school.unit_no}"
    assert client.get(address).status_code == 200
    from jizuo.ground import acting

    school.put("affiliation", ("id", "unit_no", "end_on"), (who.link, school.unit_no, acting.today()))
    # The same open session: nobody has to sign out.
    assert client.get(address).status_code == 404
    assert names(school, who) == []


def test_classes_make_a_homeroom_teacher_and_a_teacher(school):
    who = school.person("staff")
    first, second = school.classes
    columns = ("id", "unit_no", "org_id", "affiliation_id", "role")
    homeroom, lesson = uuid4(), uuid4()
    school.put("enrolment", columns, (homeroom, school.unit_no, first, who.link, "homeroom_teacher"))
    school.put("enrolment", columns, (lesson, school.unit_no, second, who.link, "teacher"))
    assert [row[:2] for row in school.roles(who)] == [("homeroom_teacher", [first]), ("teacher", [second])]
    school.put("enrolment", columns, (homeroom, school.unit_no, second, who.link, "homeroom_teacher"))
    assert school.roles(who)[0][:2] == ("homeroom_teacher", [second])
    school.put("org", ("id", "unit_no", "closed_on"), (second, school.unit_no, date(2026, 9, 10)))
    assert names(school, who) == []


TIE = ("id", "child_id", "guardian_id", "may_view", "is_no_contact", "end_on")


def test_two_children_are_two_roles_and_a_court_order_ends_one_at_once(school):
    adult = school.person("guardian")
    children = [school.person("pupil", name, class_id=school.classes[0]) for name in ("陈甲", "陈乙")]
    ties = [uuid4(), uuid4()]
    for tie, child in zip(ties, children, strict=True):
        school.put("guardian_of", TIE, (tie, child.id, adult.id, True, False, None))
    found = school.roles(adult)
    assert [row[0] for row in found] == ["guardian", "guardian"]
    assert {row[2][0] for row in found} == {child.id for child in children} and all(
        len(row[2]) == 1 for row in found
    )
    barred = next(row[3] for row in found if row[2] == [children[0].id])
    assert school.status(adult, barred) == 200
    school.put("guardian_of", TIE, (ties[0], children[0].id, adult.id, True, True, None))
    assert school.status(adult, barred) == 404
    assert [row[2] for row in school.roles(adult)] == [[children[1].id]]


def test_the_switcher_tells_two_children_of_one_school_apart(school):
    adult = school.person("guardian")
    children = [school.person("pupil", name, class_id=school.classes[0]) for name in ("陈甲", "陈乙")]
    ties = [uuid4(), uuid4()]
    for tie, child in zip(ties, children, strict=True):
        school.put("guardian_of", TIE, (tie, child.id, adult.id, True, False, None))
    grants = [row[3] for row in school.roles(adult)]
    client = school.base.client(adult.account)
    for path in (f"/as/{grants[0]}/", "/me/"):
        page = client.get(path).content.decode()
        assert "家长（陈甲）" in page and "家长（陈乙）" in page, path
    school.put("affiliation", ("id", "unit_no", "name"), (children[0].link, school.unit_no, "陈佳"))
    page = client.get("/me/").content.decode()
    assert "家长（陈佳）" in page and "家长（陈甲）" not in page
    # What has ended keeps no child's name.
    school.put("guardian_of", TIE, (ties[0], children[0].id, adult.id, True, True, None))
    with school.base.owner() as owner:
        kept = owner.execute(
            "select about from acting_grant where account_id = %s order by about", [adult.account.pk]
        ).fetchall()
    assert kept == [("",), ("陈乙",)]


@pytest.mark.parametrize("change", [{"may_view": False}, {"end_on": date(2026, 9, 1)}])
def test_without_the_right_or_after_the_end_there_is_no_role(school, change):
    adult, child = school.person("guardian"), school.person("pupil", "陈甲")
    tie = uuid4()
    told = {"may_view": True, "is_no_contact": False, "end_on": None}
    school.put("guardian_of", TIE, (tie, child.id, adult.id, *told.values()))
    assert names(school, adult) == ["guardian"]
    school.put("guardian_of", TIE, (tie, child.id, adult.id, *(told | change).values()))
    assert names(school, adult) == []


def test_a_pupil_acts_in_the_school_where_it_studies(school):
    here = school.person("pupil", class_id=school.classes[0])
    lent = school.person("pupil", "陈借", is_present=False)
    assert [row[:2] for row in school.roles(here)] == [("pupil", [school.classes[0]])]
    assert names(school, lent) == []


def test_a_grant_given_by_hand_is_left_alone(school):
    who = school.person("staff")
    by_hand = school.base.grant(who.account, school.unit_no, "clerk", origin="person")
    school.put("affiliation", ("id", "unit_no", "posts"), (who.link, school.unit_no, ["head"]))
    school.put("affiliation", ("id", "unit_no", "posts"), (who.link, school.unit_no, []))
    assert [row[3] for row in school.roles(who)] == [by_hand]


def test_following_twice_changes_nothing(school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import follow

    who = school.person("staff", posts=["clerk"])
    before = school.roles(who)
    with scopes.use(school.base.scope(school.unit_no, "operator")):
        assert follow.follow_affiliations(unit_nos=[school.unit_no]) == 0
    assert school.roles(who) == before


def test_people_without_an_account_get_no_role(school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import follow

    who = school.person("staff", posts=["clerk"])
    with school.base.owner() as owner:
        owner.execute("update account set is_active = false where id = %s", [who.account.pk])
    with scopes.use(school.base.scope(school.unit_no, "operator")):
        assert follow.follow_affiliations(unit_nos=[school.unit_no]) == 1
    assert names(school, who) == []
