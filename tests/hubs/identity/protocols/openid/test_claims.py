from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.openid.conftest import claims_of

ALL = "openid profile roles org class stage guardian phone email"


def test_claims_in_the_words_of_a_school(base, vendor, signed_in, school_class):
    unit_no, org_id = school_class
    account, browser = signed_in("pupil", unit_no, name="苏晓禾", org_ids=[org_id])
    app = vendor(unit_no)
    said = app.userinfo(app.tokens(browser, scope=ALL)["access_token"]).json()
    assert said["name"] == "苏晓禾" and said["roles"] == ["pupil"]
    assert [one["id"] for one in said["orgs"]] == [str(unit_no)]
    assert said["classes"] == [{"id": str(org_id), "name": "一班"}] and said["stages"] == ["primary"]
    assert said["guardian_of"] == [] and "email" not in said and "phone_tail" not in said
    text = str(said)
    assert (
        account.login_code not in text and str(account.pk) not in text and str(account.person_id) not in text
    )


@pytest.fixture
def school_class(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.models import Org

    unit_no = base.unit()
    with scopes.use(base.scope(unit_no)), scopes.open_transaction("test"):
        org = Org.objects.create(unit_no=unit_no, kind="class", name="一班", stage="primary")
    return unit_no, org.pk


def test_an_installation_sees_its_own_school_only(base, vendor, signed_in):
    account, browser = signed_in("teacher")
    elsewhere = base.unit()
    base.grant(account, elsewhere, "clerk", person_id=account.person_id)
    own, base_app = vendor(account.unit_no), vendor()
    seen = [app.userinfo(app.tokens(browser, scope=ALL)["access_token"]).json() for app in (own, base_app)]
    assert [len(said["orgs"]) for said in seen] == [1, 2]
    assert seen[0]["roles"] == ["teacher"] and set(seen[1]["roles"]) == {"teacher", "clerk"}


def test_a_guardian_is_told_by_the_subjects_of_the_children(base, vendor, signed_in):
    child, hers = signed_in("pupil")
    _parent, browser = signed_in("guardian", child.unit_no, child_ids=[child.person_id])
    app = vendor()
    sub = claims_of(app.tokens(hers)["id_token"])["sub"]
    said = app.userinfo(app.tokens(browser, scope=ALL)["access_token"]).json()
    assert said["guardian_of"] == [sub]


def test_phone_and_email_only_where_proven(vendor, signed_in):
    import time

    email = f"lu{time.time_ns()}@school.cn"
    _account, browser = signed_in("teacher", email=email, phone="13900001234")
    app = vendor()
    said = app.userinfo(app.tokens(browser, scope=ALL)["access_token"]).json()
    assert said["email"] == email and said["email_verified"] is True
    assert said["phone_tail"] == "1234" and "13900001234" not in str(said)


def test_a_read_leaves_an_entry(base, vendor, signed_in):
    _account, browser = signed_in("teacher")
    app = vendor()
    token = app.tokens(browser, scope=ALL)["access_token"]

    def count():
        with base.owner() as owner:
            owner.execute("select set_config('app.units', '{0}', false)")
            return owner.execute(
                "select count(*) from audit_entry where door = 'identity.person_claims'"
            ).fetchone()[0]

    before = count()
    app.userinfo(token)
    assert count() == before + 1
