"""A parent with a child in each of two schools, on a phone; what a grandmother may do; what a barred adult finds; and
where a forwarded link leads each of them."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.hubs.message import given
from tests.journeys.conftest import PHONE, fits, picture
from tests.live import Live

PASSWORD = "apricot-window-84"
TITLE = "秋游活动告家长书"
#: Places of the adults of the first school, after whose pupils they are named.
MOTHER, GRANDMOTHER, BARRED, NEIGHBOUR = 0, 1, 2, 3
TO_THE_CHILD = (
    "update guardian_of set child_id = %s, relation = '99', is_legal = false, {rights} where guardian_id = %s"
)


@pytest.fixture(scope="module")
def home(base: Any) -> Any:
    """Two schools of a district; the mother of the first pupil of the one has the first pupil of the other too. Her own
    mother is entrusted with the first child, another adult may look at it until a court says otherwise."""
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.identity.actions import accounts, follow, passwords
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.organisation.queries.roles import acting_roles
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit(kind="bureau")
    near, far = (given.given.fill(base, base.unit(name, parent=bureau)) for name in ("临江小学", "望山小学"))
    children = near.pupils[0][0], far.pupils[0][0]
    people = [near.guardians[place][0] for place in (MOTHER, GRANDMOTHER, BARRED, NEIGHBOUR)]
    stranger = far.guardians[1][0]
    for place, rights in (
        (GRANDMOTHER, "is_entrusted = true, may_sign = false, may_pick_up = true, lives_with = false"),
        (BARRED, "is_entrusted = false, may_sign = true"),
    ):
        given.rows(base, near.unit_no, TO_THE_CHILD.format(rights=rights), children[0], people[place])
    names = {"陈以宁": children[0], "周若舟": children[1]}
    for school, (name, child) in zip((near, far), names.items(), strict=True):
        given.rows(base, school.unit_no, "update affiliation set name = %s where person_id = %s", name, child)
        given.rows(base, school.unit_no, "update person set name = %s where id = %s", name, child)

    def come() -> None:
        put(
            dataset="affiliation", columns=("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
            rows=[(new_id(), far.unit_no, people[MOTHER], "guardian", "2026-09-01", "周以宁妈妈", "z", "G00000099")],
            source="school",
        )  # fmt: skip
        put(
            dataset="guardian_of", columns=("id", "child_id", "guardian_id", "relation"),
            rows=[(new_id(), children[1], people[MOTHER], "52")], source="school",
        )  # fmt: skip

    given.within(base.scope(far.unit_no), come)
    scope = acting.base_job_scope(bureau)
    with scopes.use(scope), scopes.open_transaction("tests.parent"):
        wanted = [*people, stranger]
        for role in acting_roles(unit_nos=list(scope.units), person_ids=wanted):
            accounts.make_accounts(unit_no=role.unit_no, people=[follow.newcomer(role)], with_slips=False)
        follow.follow_affiliations(unit_nos=[near.unit_no, far.unit_no])
        for account in Account.objects.filter(person_id__in=wanted):
            passwords.store(account, PASSWORD)
        codes = dict(Account.objects.filter(person_id__in=wanted).values_list("person_id", "login_code"))
    clerk = base.account("陆晓岚")
    clerk_no = base.grant(clerk, near.unit_no, "clerk")
    with scopes.use(scope), scopes.open_transaction("tests.parent"):
        passwords.store(clerk, PASSWORD)
    notices = [
        given.sent(given.clerk(base, school), given.draft(school, title=TITLE)) for school in (near, far)
    ]
    return SimpleNamespace(
        base=base, near=near, far=far, children=children, notices=notices, people=people, stranger=stranger,
        codes=codes, names=list(names), clerk_no=clerk_no, clerk_code=clerk.login_code,
    )  # fmt: skip


def sign_in(live: Live, home: Any, page: Any, person_id: UUID) -> None:
    """Through the form, as at home."""
    page.goto(f"{live.url}/sign-in/")
    page.fill("[name=name]", home.codes[person_id])
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn-main")
    page.wait_for_url(re.compile(r"/(as/\d+/|\?.*|)$"))


def sign_in_clerk(live: Live, home: Any, page: Any) -> None:
    """The clerk of the first school, at her desk."""
    page.goto(f"{live.url}/sign-in/")
    page.fill("[name=name]", home.clerk_code)
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn-main")
    page.wait_for_url(re.compile(r"/(as/\d+/|\?.*|)$"))


def answers(home: Any, place: int) -> list[tuple[str, bool]]:
    """(answer, was given by anybody) of the child of the first or second school."""
    school = (home.near, home.far)[place]
    return given.rows(
        home.base, school.unit_no,
        "select answer, answered_by is not null from receipt where notice_id = %s and child_id = %s",
        home.notices[place], home.children[place],
    )  # fmt: skip


def grant_of(home: Any, person_id: UUID, child_id: UUID) -> int:
    """The number of the role of an adult for a child."""
    with home.base.owner() as owner:
        ((number,),) = owner.execute(
            "select no from acting_grant where person_id = %s and child_ids = %s and role = 'guardian'",
            [person_id, [child_id]],
        ).fetchall()
    return number


def words(page: Any) -> str:
    return str(page.locator("body").inner_text())


def test_two_children_in_two_schools_each_with_its_own_count(live: Live, home: Any, page_at: Any) -> None:
    page, (first, second) = page_at(PHONE), home.names
    sign_in(live, home, page, home.people[MOTHER])
    counts = page.locator("main .btn .count")
    counts.nth(1).wait_for()
    assert counts.all_inner_texts() == ["1", "1"], (
        "the start shows a count for each child and nothing else of it"
    )
    assert TITLE not in words(page) and fits(page)
    picture(page, "parent-roles")
    page.locator("main a", has_text=first).click()
    page.wait_for_url(re.compile(r"/as/\d+/$"))
    tabs = page.locator("main nav.tabs a")
    tabs.locator(".count").nth(1).wait_for()
    assert tabs.all_inner_texts() == [f"{first}1", f"{second}1"]
    assert tabs.nth(0).get_attribute("aria-current") == "page"
    assert "临江小学" in words(page) and "望山小学" not in page.locator("main").inner_text()
    assert fits(page)
    picture(page, "parent-start")

    page.get_by_role("link", name="去回复").click()
    page.locator("main a", has_text=TITLE).click()
    assert f"{first}的秋游定在周五。" in words(page)
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("已收到您的回执").first.wait_for()
    assert fits(page)
    picture(page, "parent-answered")
    assert answers(home, 0) == [("同意", True)]
    assert answers(home, 1) == [("", False)], "the other child is untouched"

    page.get_by_role("link", name="今日").last.click()
    tabs.nth(1).locator(".count").wait_for()
    assert tabs.all_inner_texts() == [first, f"{second}1"]
    tabs.nth(1).click()
    page.wait_for_url(f"**/as/{grant_of(home, home.people[MOTHER], home.children[1])}/")
    assert "望山小学" in words(page) and "1 份通知等您回复" in words(page)
    assert "临江小学" not in page.locator("main").inner_text()
    own = grant_of(home, home.people[MOTHER], home.children[1])
    page.goto(f"{live.url}/as/{own}/messages/notices/{home.notices[0]}")
    assert first not in page.locator("main").inner_text(), "the one child's notice is not in the other's role"


def test_a_parent_sees_the_childs_data_and_says_what_is_wrong(live: Live, home: Any, page_at: Any) -> None:
    page, first = page_at(PHONE), home.names[0]
    sign_in(live, home, page, home.people[MOTHER])
    page.goto(f"{live.url}/as/{grant_of(home, home.people[MOTHER], home.children[0])}/")
    page.get_by_role("link", name=re.compile("基座里有的")).click()
    assert "澜江路 8 号" in words(page) and "学校说的" in words(page)
    page.select_option("#field", "pupil.address")
    page.fill("#wanted", "澜江路 18 号")
    page.fill("#says", "已搬家，户口簿上有")
    assert fits(page)
    page.get_by_role("button", name="送出").click()
    page.get_by_text("有答复时会告诉您").first.wait_for()
    picture(page, "parent-wrong")
    assert first in words(page)
    page.get_by_role("link", name="我说过的").click()
    assert "澜江路 18 号" in words(page) and "待答复" in words(page) and fits(page)
    picture(page, "parent-said")

    desk = page_at(1366)
    sign_in_clerk(live, home, desk)
    desk.goto(f"{live.url}/as/{home.clerk_no}/corrections")
    assert "澜江路 18 号" in words(desk) and "还剩 10 个工作日" in words(desk)
    picture(desk, "clerk-corrections")
    desk.get_by_role("link", name="现住址").first.click()
    assert "澜江路 8 号" in words(desk)
    picture(desk, "clerk-correction")
    desk.get_by_role("button", name="改正并答复").click()
    desk.get_by_text("已改正并答复").first.wait_for()
    assert "已按提出的改好" in words(desk)

    page.reload()
    assert "已按提出的改好" in words(page), "the mended ticket closed by itself"
    page.goto(f"{live.url}/as/{grant_of(home, home.people[MOTHER], home.children[0])}/known")
    assert "澜江路 18 号" in words(page)
    far = page_at(PHONE)
    sign_in(live, home, far, home.people[NEIGHBOUR])
    far.goto(f"{live.url}/as/{grant_of(home, home.people[MOTHER], home.children[0])}/corrections/mine")
    assert "澜江路 18 号" not in words(far)


def test_a_grandmother_entrusted_reads_and_does_not_sign(live: Live, home: Any, page_at: Any) -> None:
    page = page_at(PHONE)
    sign_in(live, home, page, home.people[GRANDMOTHER])
    page.wait_for_url(re.compile(r"/as/\d+/$"))
    assert page.locator("main nav.tabs").count() == 0, "the other child is not hers"
    assert "受委托" in words(page) and "等您回复" not in words(page)
    page.goto(f"{live.url}/n/{home.notices[0]}/")
    assert f"{home.names[0]}的秋游定在周五。" in words(page)
    assert page.locator("main button[name=answer]").count() == 0
    told = page.evaluate(
        """async () => { const form = new FormData(); form.set('answer', '不同意');
        const token = document.body.getAttribute('hx-headers');
        const got = await fetch(location.href, {method: 'POST', body: form, headers: JSON.parse(token)});
        return await got.text() }"""
    )
    assert "已收到您的回执" not in told
    assert all(answer != "不同意" for answer, _given in answers(home, 0))
    page.goto(f"{live.url}/as/{grant_of(home, home.people[GRANDMOTHER], home.children[0])}/known")
    assert home.names[0] in words(page)
    assert "澜江路" not in words(page) and "只给与孩子同住的家长看" in words(page)
    picture(page, "parent-grandmother")


def addresses(home: Any, grant_no: int) -> list[str]:
    """Every page of the role that needs no other id, and each address of the child and the notice."""
    from jizuo.ground.pages import shell

    child, notice = home.children[0], home.notices[0]
    own = [page.path for page in shell.offered() if "guardian" in page.roles and "<" not in page.path]
    own += [f"?child={child}", f"known?child={child}", f"looked?child={child}", f"messages/notices/{notice}"]
    return ["/", f"/n/{notice}/", *(f"/as/{grant_no}/{path}" for path in ["", *own])]


def test_a_barred_adult_finds_nothing_at_any_address(live: Live, home: Any, page_at: Any) -> None:
    page, first = page_at(PHONE), home.names[0]
    sign_in(live, home, page, home.people[BARRED])
    grant_no = grant_of(home, home.people[BARRED], home.children[0])
    seen = {}
    for address in addresses(home, grant_no):
        page.goto(f"{live.url}{address}")
        seen[address] = first in page.content()
    assert sum(seen.values()) >= 5 and seen[f"/n/{home.notices[0]}/"], "before the court spoke"
    given.rows(
        home.base, home.near.unit_no, "update guardian_of set is_no_contact = true where guardian_id = %s",
        home.people[BARRED],
    )  # fmt: skip
    mothers = grant_of(home, home.people[MOTHER], home.children[0])
    for address in [*addresses(home, grant_no), *addresses(home, mothers)]:
        page.goto(f"{live.url}{address}")
        content = page.locator("main").inner_html()
        assert first not in content and "秋游" not in content and "澜江路" not in content, address
    picture(page, "parent-barred")


def test_the_session_in_hand_tells_the_barred_adult_no_school_once_the_grant_follows(
    live: Live, home: Any, page_at: Any
) -> None:
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import follow

    page = page_at(PHONE)
    sign_in(live, home, page, home.people[BARRED])
    grant_no = grant_of(home, home.people[BARRED], home.children[0])
    given.rows(
        home.base, home.near.unit_no, "update guardian_of set is_no_contact = true where guardian_id = %s",
        home.people[BARRED],
    )  # fmt: skip
    with scopes.use(acting.base_job_scope(home.near.unit_no)), scopes.open_transaction("tests.follow"):
        follow.follow_affiliations(unit_nos=[home.near.unit_no])
    for address in addresses(home, grant_no):
        page.goto(f"{live.url}{address}")
        assert home.names[0] not in page.content() and "临江小学" not in page.content(), address


def test_a_forwarded_link_leads_each_parent_to_the_own_child(live: Live, home: Any, page_at: Any) -> None:
    neighbour = page_at(PHONE)
    sign_in(live, home, neighbour, home.people[NEIGHBOUR])
    neighbour.goto(f"{live.url}/n/{home.notices[0]}/")
    ((own,),) = given.rows(
        home.base,
        home.near.unit_no,
        "select name from affiliation where person_id = %s",
        home.near.pupils[NEIGHBOUR][0],
    )
    assert f"{own}的秋游定在周五。" in words(neighbour)
    assert home.names[0] not in words(neighbour)

    mother = page_at(PHONE)
    sign_in(live, home, mother, home.people[MOTHER])
    for notice, name in zip(home.notices, home.names, strict=True):
        mother.goto(f"{live.url}/n/{notice}/")
        assert f"{name}的秋游定在周五。" in words(mother)

    stranger = page_at(PHONE)
    sign_in(live, home, stranger, home.stranger)
    stranger.goto(f"{live.url}/n/{home.notices[0]}/")
    assert "没有这个通知" in words(stranger) and "秋游" not in words(stranger)
