"""The desk of clerk and homeroom teacher over HTTP."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.identity.conftest import sign_in

NEW = "qingshan-8-lvshui"


def desk(base, account, address):
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    return client, f"/as/{account.grant_no}"


def test_a_homeroom_teacher_sees_her_pupils_only(base, school, person, address):
    other = person("pupil", school.unit_no, name="别班学生", org_ids=[uuid4()])
    client, at = desk(base, school.teacher, address)
    page = client.get(f"{at}/slips").content.decode()
    assert page.count('name="pick"') == 3 and "陈以宁" in page
    assert "别班学生" not in page and "周教务" not in page
    refused = client_error(client, f"{at}/slips/give", {"pick": [str(other.pk)]})
    assert refused == "not-found"


def client_error(client, path, told) -> str:
    """The slug of the refusal, whether a page or the bare error comes back."""
    from jizuo.ground.errors import DoorError

    try:
        answer = client.post(path, told)
    except DoorError as error:
        return error.slug
    return {403: "not-allowed", 404: "not-found", 409: "conflict", 422: "bad-input"}.get(
        answer.status_code, str(answer.status_code)
    )


def test_a_clerk_gives_forty_at_once(base, school, person, address):
    accounts = [
        person("pupil", school.unit_no, name=f"学生{n}", org_ids=[school.org_id], is_new=True)
        for n in range(40)
    ]
    client, at = desk(base, school.clerk, address)
    answer = client.post(
        f"{at}/slips/give",
        {"pick": [str(account.pk) for account in accounts], "purpose": "reset", "format": "pdf"},
    )
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"] and answer.content.startswith(b"%PDF")


def test_the_codes_of_the_file_open_the_accounts(base, school, address):
    client, at = desk(base, school.teacher, address)
    answer = client.post(
        f"{at}/slips/give",
        {"pick": [str(pupil.pk) for pupil in school.pupils], "format": "txt", "purpose": "reset"},
    )
    lines = answer.content.decode().splitlines()[1:]
    assert len(lines) == 3
    for line in lines:
        browser = base.client(REMOTE_ADDR=address)
        assert browser.post("/activate/", {"code": line.split("\t")[5]})["Location"] == "/activate/password/"
    xlsx = client.post(f"{at}/slips/give", {"pick": [str(school.pupils[0].pk)], "format": "xlsx"})
    assert xlsx.content.startswith(b"PK")


@pytest.mark.parametrize("told", [{}, {"pick": ["no-id"]}, {"pick": ["no-id"] * 600}])
def test_nothing_chosen_is_said(base, school, address, told):
    client, at = desk(base, school.clerk, address)
    answer = client.post(f"{at}/slips/give", told)
    assert answer["Location"] == f"{at}/slips"
    assert "请选 1 到" in client.get(f"{at}/slips").content.decode()


def test_a_clerk_does_not_reset_who_holds_more_elsewhere(base, school, person, address):
    """A guardian of this school who is a head at another one: her account opens more than a clerk may give."""
    guardian = person("guardian", school.unit_no, name="校长妈妈")
    base.grant(guardian, base.unit(), "head")
    client, at = desk(base, school.clerk, address)
    assert client_error(client, f"{at}/slips/give", {"pick": [str(guardian.pk)]}) == "not-allowed"
    both = person("guardian", school.unit_no, name="两校家长")
    base.grant(both, base.unit(), "guardian")
    assert client.post(f"{at}/slips/give", {"pick": [str(both.pk)]}).status_code == 200


@pytest.mark.parametrize("role", ["pupil", "guardian", "teacher", "head"])
def test_other_roles_have_no_desk(base, person, address, role):
    account = person(role)
    client, at = desk(base, account, address)
    for path in ("slips", "slips/give", "guardians", "guardians/decide", "guardians/invite"):
        assert client_error(client, f"{at}/{path}", {}) == "not-allowed"


def test_another_schools_accounts_do_not_exist(base, school, person, address):
    stranger = person("pupil", name="外校学生", is_new=True)
    client, at = desk(base, school.clerk, address)
    assert "外校学生" not in client.get(f"{at}/slips").content.decode()
    assert client_error(client, f"{at}/slips/give", {"pick": [str(stranger.pk)]}) == "not-found"


def test_filters(base, school, address):
    client, at = desk(base, school.clerk, address)
    pupils = client.get(f"{at}/slips?f.role=pupil&f.state=new").content.decode()
    assert pupils.count('name="pick"') == 3
    teachers = client.get(f"{at}/slips?f.role=homeroom_teacher").content.decode()
    assert teachers.count('name="pick"') == 1 and "沈班主任" in teachers
    assert "没有符合条件的" in client.get(f"{at}/slips?f.state=off").content.decode()


def test_a_large_school_is_paged_and_a_whole_class_gets_its_slips(base, school, person, address):
    """2,000 pupils: fifty a page by key, one class by filter, all of it at once; the whole school is too many."""
    from uuid import uuid5

    from jizuo.ground.ids import new_id
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.identity.rules import codes

    orgs = [uuid5(school.org_id, str(n)) for n in range(40)]
    made = [
        Account(
            id=new_id(), login_code=codes.draw(codes.LOGIN_LENGTH), person_id=new_id(), password="",
            display_name=f"学生{n:04d}",
        )
        for n in range(2000)
    ]  # fmt: skip
    Account.objects.bulk_create(made)
    Grant.objects.bulk_create(
        [
            Grant(
                account_id=one.pk, unit_no=school.unit_no, role="pupil", person_id=one.person_id,
                org_ids=[orgs[n % 40]], begin_on="2026-09-01",
            )
            for n, one in enumerate(made)
        ]
    )  # fmt: skip
    client, at = desk(base, school.clerk, address)
    first = client.get(f"{at}/slips?f.role=pupil").content.decode()
    assert first.count('name="pick"') == 50 and "共 2,003 人" in first
    assert 'name="whole"' not in first
    seen, page = re.findall(r"学生\d{4}(?=</)", first), first
    while "下一页" in page:
        following = re.search(r'href="([^"]+)"[^>]*>下一页', page)[1].replace("&amp;", "&")
        page = client.get(following).content.decode()
        seen += re.findall(r"学生\d{4}(?=</)", page)
    assert sorted(seen) == [f"学生{n:04d}" for n in range(2000)]
    back = re.search(r'href="([^"]+)"[^>]*>上一页', page)[1].replace("&amp;", "&")
    assert client.get(back).content.decode().count('name="pick"') == 50

    one_class = client.get(f"{at}/slips?f.class={orgs[7]}").content.decode()
    assert "共 50 人" in one_class
    whole = re.search(r'formaction="([^"]+)" name="whole"', one_class)[1].replace("&amp;", "&")
    answer = client.post(whole, {"whole": "1", "format": "txt", "purpose": "reset"})
    lines = answer.content.decode().splitlines()[1:]
    assert len(lines) == 50
    assert {line.split("\t")[2] for line in lines} == {f"学生{n:04d}" for n in range(2000) if n % 40 == 7}
    assert client.post(f"{at}/slips/give?f.role=pupil", {"whole": "1"})["Location"] == f"{at}/slips"
    found = client.get(f"{at}/slips?q=学生0123").content.decode()
    assert found.count('name="pick"') == 1
    found = client.get(f"{at}/slips?q={codes.show(made[4].login_code).lower()}").content.decode()
    assert "学生0004" in found and found.count('name="pick"') == 1


def test_the_whole_of_a_filter_stays_within_reach(base, school, person, address):
    """A homeroom teacher who names another class, or none, gets her own pupils only."""
    other = person("pupil", school.unit_no, name="别班学生", org_ids=[uuid4()])
    client, at = desk(base, school.teacher, address)
    told = {"whole": "1", "format": "txt"}
    lines = client.post(f"{at}/slips/give", told).content.decode()
    assert len(lines.splitlines()) == 4 and "别班学生" not in lines
    elsewhere = f"{at}/slips/give?f.class={other.grant_no}"
    assert len(client.post(elsewhere, told).content.decode().splitlines()) == 4


def test_the_desk_shows_one_class_at_a_time(base, school, person, address):
    far = uuid4()
    person("pupil", school.unit_no, name="别班学生", org_ids=[far])
    client, at = desk(base, school.clerk, address)
    shown = {org: client.get(f"{at}/guardians?class={org}").content.decode() for org in (school.org_id, far)}
    assert shown[far].count('name="child"') == 1 and "别班学生" in shown[far]
    assert shown[school.org_id].count('name="child"') == 3 and "别班学生" not in shown[school.org_id]
    assert client_error_of_get(client, f"{at}/guardians?class={uuid4()}") == "not-found"
    assert client_error_of_get(client, f"{at}/guardians?class=none") == "not-found"
    teacher, her = desk(base, school.teacher, address)
    assert client_error_of_get(teacher, f"{her}/guardians?class={far}") == "not-found"


def client_error_of_get(client, path) -> str:
    """The slug of the refusal of a page."""
    from jizuo.ground.errors import DoorError

    try:
        answer = client.get(path)
    except DoorError as error:
        return error.slug
    return "not-found" if answer.status_code == 404 else str(answer.status_code)


def test_invitation_to_confirmed_guardian(base, school, address):
    """The whole walk: paper from the teacher, the guardian at home, the teacher's word, the fact told."""
    from jizuo.ground.models import Fact

    teacher, at = desk(base, school.teacher, address)
    child = school.pupils[2]
    paper = teacher.post(
        f"{at}/guardians/invite",
        {"org": str(school.org_id), "act": "invite", "child": [str(child.person_id)], "format": "txt"},
    )
    code = paper.content.decode().splitlines()[1].split("\t")[5]
    home = base.client(REMOTE_ADDR="203.0.113.50")
    assert home.get(f"/activate/{code}/")["Location"] == "/bind/invitation/"
    told = {"relation": "52", "name": "古丽", "password": NEW}
    assert home.post("/bind/invitation/", told | {"relation": ""}).status_code == 422
    assert home.post("/bind/invitation/", told | {"password": "123"}).status_code == 422
    assert home.post("/bind/invitation/", told)["Location"] == "/bind/done/"
    done = home.get("/bind/done/").content.decode()
    assert re.search(r"<strong>[2-9A-Z]{4}-[2-9A-Z]{4}</strong>", done)
    assert "等班主任确认" in home.get("/").content.decode()
    assert base.client().post("/activate/", {"code": code}).status_code == 422

    page = teacher.get(f"{at}/guardians").content.decode()
    assert "古丽" in page and child.display_name in page
    binding = re.search(r'name="binding" value="([^"]+)"', page)[1]
    teacher.post(
        f"{at}/guardians/decide", {"binding": binding, "act": "confirm", "child": str(child.person_id)}
    )
    fact = Fact.objects.filter(name="GuardianConfirmed", unit_no=school.unit_no).get()
    assert fact.payload["child_person_id"] == str(child.person_id)
    assert fact.payload["relation"] == "52" and fact.payload["is_new_person"] is True
    assert "古丽" not in str(fact.payload)
    assert (
        client_error(
            teacher,
            f"{at}/guardians/decide",
            {"binding": binding, "act": "confirm", "child": str(child.person_id)},
        )
        == "conflict"
    )


def test_class_code_and_once_code_to_the_teachers_list(base, school, address):
    teacher, at = desk(base, school.teacher, address)
    teacher.post(f"{at}/guardians/invite", {"org": str(school.org_id), "act": "code"})
    page = teacher.get(f"{at}/guardians").content.decode()
    class_code = re.search(r"<strong>([2-9A-Z]{6})</strong>", page)[1]
    paper = teacher.post(
        f"{at}/guardians/invite", {"org": str(school.org_id), "act": "once", "count": "2", "format": "txt"}
    )
    once = [line.split("\t")[5] for line in paper.content.decode().splitlines()[1:]]
    answers = []
    for code, child in zip(once, ("陈以宁", "没有这个孩子"), strict=True):
        home = base.client(REMOTE_ADDR="203.0.113.51")
        assert home.get(f"/bind/{class_code}/")["Location"] == "/bind/"
        assert class_code in home.get("/bind/").content.decode()
        told = {
            "class_code": class_code, "child_name": child, "once": code, "relation": "51",
            "name": "陈父", "password": NEW,
        }  # fmt: skip
        answer = home.post("/bind/", told)
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1] == (302, "/bind/done/")
    again = base.client().post("/bind/", told)
    assert again.status_code == 422 and "已经用过了" in again.content.decode()
    page = teacher.get(f"{at}/guardians").content.decode()
    assert "班里没有这个名字" in page
    assert page.count("陈父") == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_code": "222222"}, "没有这个班级码"),
        ({"once": ""}, "还没有填一次性码"),
        ({"once": "22222-22222"}, "没有这个码"),
        ({"child_name": "  "}, "必填"),
        ({"relation": ""}, "必填"),
        ({"password": "20140901"}, "规律"),
    ],
)
def test_a_bad_ask_is_explained_and_uses_nothing_up(base, school, address, change, words):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import bindings

    with scopes.use(base.scope(school.unit_no, "clerk")):
        class_code = bindings.make_class_code(org_id=school.org_id, org_name="三（2）班")
        (slip,) = bindings.make_class_once_codes(org_id=school.org_id, org_name="三（2）班", count=1)
    told = {
        "class_code": class_code, "child_name": "陈以宁", "once": slip.code, "relation": "52", "name": "陈母",
        "password": NEW,
    }  # fmt: skip
    client = base.client(REMOTE_ADDR=address)
    answer = client.post("/bind/", told | change)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert client.post("/bind/", told).status_code == 302


def test_a_bound_guardian_is_out_at_once(base, school, address):
    """The role loses the child in the session that is open."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.models import Fact, Grant
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import bindings
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.identity.shapes import NewGuardian

    child = school.pupils[0]
    teacher = base.scope(school.unit_no, "homeroom_teacher", org_ids=(school.org_id,))
    with scopes.use(teacher):
        (slip,) = bindings.invite_guardians(
            org_id=school.org_id, org_name="三（2）班", child_person_ids=[child.person_id]
        )
    visitor = scopes.Scope(role=entry.VISITOR, unit_no=0, units=(0,))
    with scopes.use(visitor):
        asked = bindings.ask_by_invitation(
            code=Secret(slip.code), guardian=NewGuardian("52", "陈母", Secret(NEW)), address=address
        )
    with scopes.use(teacher):
        bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=child.person_id)
    account = Account.objects.get(pk=asked.account_id)
    grant_no = base.grant(
        account, school.unit_no, "guardian", child_ids=[child.person_id], person_id=account.person_id
    )
    home = base.client(account, REMOTE_ADDR=address)
    desk_client, at = desk(base, school.teacher, address)
    desk_client.post(
        f"{at}/guardians/decide", {"binding": str(asked.binding_id), "act": "end", "why": "法院文书"}
    )
    held = Grant.objects.get(no=grant_no)
    assert held.child_ids == [] and held.end_on is not None
    assert home.get(f"/as/{grant_no}/nowhere").status_code == 404
    assert Fact.objects.filter(name="GuardianEnded", unit_no=school.unit_no).count() == 1


def test_guardians_of_a_class_get_slips_that_name_the_child(base, person, address):
    """The pupils themselves have no account, and still their class can be chosen."""
    from jizuo.hubs.identity.actions import follow
    from tests.hubs.organisation import given

    made = given.fill(base, base.unit(), classes=2, pupils=3)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{made.unit_no}}}"])
        # The first guardian of the first class has a child in the second one too.
        owner.execute(
            "update guardian_of set guardian_id = %s where child_id = %s",
            [made.guardians[0][0], made.pupils[3][0]],
        )
    client, at = desk(base, person("clerk", made.unit_no), address)
    scope = base.scope(made.unit_no, "clerk")
    with scopes.use(scope):
        follow.open_accounts(unit_no=made.unit_no, roles=["guardian"])
    answer = client.get(f"{at}/slips?f.class={made.classes[1]}&f.role=guardian").content.decode()
    assert answer.count('name="pick"') == 3
    told = {"whole": "1", "format": "txt"}
    lines = client.post(f"{at}/slips/give?f.class={made.classes[1]}&f.role=guardian", told).content.decode()
    groups = sorted(line.split("\t")[1] for line in lines.splitlines()[1:])
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{made.unit_no}}}"])
        names = dict(owner.execute("select person_id, name from affiliation where role = 'pupil'").fetchall())
    first, *others = (names[person_id] for person_id, _link in made.pupils[3:])
    both = f"一（1）班 {names[made.pupils[0][0]]}、一（2）班 {first}"
    assert groups == sorted([both, *(f"一（2）班 {name}" for name in others)])
    whole = client.post(f"{at}/slips/give?f.role=guardian", told).content.decode()
    assert len(whole.splitlines()) == 6, "the one left without a child has no role"
