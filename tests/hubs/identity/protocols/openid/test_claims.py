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


def test_no_number_of_a_register_or_document_leaves_by_any_road(base, vendor, signed_in, aged):
    """Neither what the base calls the person by, nor what the register and the document do."""
    from uuid import uuid4

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put
    from tests.hubs.identity.protocols.cas.conftest import SERVICE, Service
    from tests.hubs.identity.protocols.plain import conftest as plain

    account, browser = signed_in("pupil", name="苏晓禾")
    aged(account, 9)
    held = [
        (uuid4(), account.person_id, kind, tail.encode() * 8, b"sealed", tail)
        for kind, tail in (("roll", "7391"), ("id:1", "604X"))
    ]
    with scopes.use(base.scope(account.unit_no, "clerk")), scopes.open_transaction("test"):
        columns = ("id", "person_id", "kind", "blind", "sealed", "tail")
        put(dataset="person_identifier", columns=columns, rows=held, source="school")
    app = vendor(account.unit_no, cas_services=(SERVICE,), plain_addresses=(plain.ADDRESS,))
    made = app.tokens(
        browser, scope=ALL, claims='{"id_token": {"name": null, "classes": null, "roles": null}}'
    )
    service = Service(app)
    told = [
        claims_of(made["id_token"]),
        app.userinfo(made["access_token"]).json(),
        app.post("introspect", {"token": made["access_token"]}).json(),
        service.check(service.ticket(browser), format="JSON").json(),
        plain.redeem(app, plain.back(plain.ask(app, browser))["ticket"]).json(),
    ]
    assert sum("苏晓禾" in str(one) for one in told) == 4, "each road told of her"
    base_no = str(account.person_id.int)[:10]
    for secret in ("7391", "604X", base_no, account.login_code, account.code, account.pk, account.person_id):
        for one in told:
            kept = {
                name: value for name, value in one.items()
                if name not in ("sid", "session", "end_key", "at_hash", "sub", "exp", "iat", "auth_time", "signed_in_at")
            }  # fmt: skip
            assert str(secret) not in str(kept), (secret, one)
            assert len(str(secret)) < 8 or str(secret) not in str(one)


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
