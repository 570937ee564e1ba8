from __future__ import annotations

import pytest


def test_the_common_list_is_loaded_whole(base):
    from jizuo.hubs.identity.actions import passwords

    held = passwords.common_passwords()
    assert len(held) > 15_000 and {"password", "sunshine", "qwerty"} <= held


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
