"""A guardian's side: by short message, signed in and as a newcomer."""

from __future__ import annotations

import time

from tests.hubs.identity.conftest import PASSWORD, deliver, sign_in

NEW = "qingshan-8-lvshui"


def class_code(base, school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import bindings

    with scopes.use(base.scope(school.unit_no)):
        return bindings.make_class_code(org_id=school.org_id, org_name="三（2）班")


def test_a_newcomer_proves_her_phone_and_signs_in_with_it(base, school, address, messages_sent):
    phone = f"139{time.time_ns() % 10**8:08d}"
    told = {
        "class_code": class_code(base, school), "child_name": "陈以宁", "phone": phone, "relation": "52",
        "name": "陈母", "password": NEW,
    }  # fmt: skip
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/bind/", told | {"sent": "123456"}).status_code == 422
    page = client.post("/bind/", told | {"send": "1", "password": ""})
    assert page.status_code == 200 and "验证码已发往" in page.content.decode()
    assert 'value="陈以宁"' in page.content.decode() and NEW not in page.content.decode()
    deliver()
    code = messages_sent[-1][1]
    wrong = client.post("/bind/", told | {"sent": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422 and "不对或已过期" in wrong.content.decode()
    assert client.post("/bind/", told | {"sent": code})["Location"] == "/bind/done/"
    other = base.client(REMOTE_ADDR=address)
    assert other.post("/sign-in/", {"name": phone, "password": NEW}).status_code == 302


def test_a_bad_phone_is_explained(base, school, address, messages_sent):
    client = base.client(REMOTE_ADDR=address)
    page = client.post("/bind/", {"send": "1", "phone": "123", "class_code": ""})
    assert "11 位" in page.content.decode() and deliver() == 0


def test_somebody_signed_in_needs_no_second_account(base, school, person, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import bindings
    from jizuo.hubs.identity.models import Account, GuardianBinding

    mother = person("teacher")
    with scopes.use(base.scope(school.unit_no)):
        (slip,) = bindings.make_class_once_codes(org_id=school.org_id, org_name="三（2）班", count=1)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, mother, PASSWORD)
    before = Account.objects.count()
    told = {
        "class_code": class_code(base, school),
        "child_name": "陈以宁",
        "once": slip.code,
        "relation": "52",
    }
    assert client.post("/bind/", told)["Location"] == "/bind/done/"
    assert Account.objects.count() == before
    assert GuardianBinding.objects.get(account_id=mother.pk).guardian_name == mother.display_name
    assert "等班主任确认" in client.get("/me/").content.decode()


def test_an_invitation_page_without_a_code_asks_for_one(base, address):
    page = base.client(REMOTE_ADDR=address).get("/bind/invitation/")
    assert page.status_code == 422 and "还没有填码" in page.content.decode()
