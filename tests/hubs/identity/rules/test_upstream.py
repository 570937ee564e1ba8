from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules import upstream as rules


@pytest.mark.parametrize(
    ("to", "claim", "claims", "value"),
    [
        (
            "phone",
            "phone_number",
            {"phone_number": "+86 13912345678", "phone_number_verified": True},
            "13912345678",
        ),
        ("phone", "phone_number", {"phone_number": "13912345678"}, ""),
        ("phone", "phone_number", {"phone_number": "13912345678", "phone_number_verified": "true"}, ""),
        ("phone", "mobile", {"mobile": "13912345678"}, "13912345678"),
        ("phone", "mobile", {"mobile": "12345"}, ""),
        ("email", "email", {"email": "Lu@X.cn", "email_verified": True}, "lu@x.cn"),
        ("email", "email", {"email": "lu@x.cn", "email_verified": False}, ""),
        ("login_code", "user", {"user": "陆晓岚"}, ""),
        ("link", "sub", {"sub": " a1 "}, "a1"),
        ("link", "sub", {"sub": True}, ""),
        ("link", "sub", {"sub": ["a"]}, ""),
        ("", "sub", {"sub": "a"}, ""),
    ],
)
def test_what_counts_as_an_identifier(to, claim, claims, value):
    assert rules.match_value(to, claim, claims) == value


@pytest.mark.parametrize(
    ("roles", "units", "may_open", "unit_no", "may"),
    [
        ({"teacher"}, {3}, {"teacher"}, 3, True), ({"teacher"}, {3, 4}, {"teacher"}, 3, False),
        ({"teacher"}, {4}, {"teacher"}, 3, False), ({"teacher", "head"}, {3}, {"teacher"}, 3, False),
        ({"teacher"}, {3, 4}, {"teacher"}, 0, True), ({"operator"}, {0}, {"teacher"}, 0, False),
        (set(), set(), {"teacher"}, 0, False),
    ],
)  # fmt: skip
def test_whom_a_source_may_open(roles, units, may_open, unit_no, may):
    assert rules.may_recognise(roles, units, may_open=may_open, unit_no=unit_no) is may


@pytest.mark.parametrize(
    ("acr", "amr", "wanted", "roles", "unit_no", "is_enough"),
    [
        ("mfa", (), ["mfa"], {"teacher"}, 0, True), ("", ("otp",), ["otp"], {"teacher"}, 0, True),
        ("", ("",), [""], {"teacher"}, 0, False), ("mfa", (), [], {"teacher"}, 0, False),
        ("mfa", (), ["mfa"], {"teacher"}, 3, False), ("mfa", (), ["mfa"], {"teacher", "operator"}, 0, False),
    ],
)  # fmt: skip
def test_what_stands_for_the_second_factor(acr, amr, wanted, roles, unit_no, is_enough):
    assert rules.stands_for_factor(acr, amr, wanted=wanted, roles=roles, unit_no=unit_no) is is_enough


def test_an_administrator_does_not_enter_by_a_schools_source():
    assert not rules.may_enter({"district_admin"}, 3)
    assert rules.may_enter({"district_admin"}, 0) and rules.may_enter({"clerk"}, 3)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("X wxwork/4 MicroMessenger/7", "wecom"),
        ("MicroMessenger/8", "wechat"),
        ("DingTalk/7", "dingtalk"),
        ("Edg/1", ""),
    ],
)
def test_the_browser_of_an_app_is_known(agent, kind):
    assert rules.fitting_kind(agent) == kind
