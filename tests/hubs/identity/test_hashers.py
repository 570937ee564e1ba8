from __future__ import annotations


def test_argon2id_with_the_stated_cost(base):
    from django.contrib.auth.hashers import make_password

    from jizuo.hubs.identity import hashers

    stored = make_password("qingshan-8-lvshui")
    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashers.is_right("qingshan-8-lvshui", stored) and not hashers.is_right("qingshan-8-lvshu", stored)


def test_nobodys_password_is_never_right(base):
    from jizuo.hubs.identity import hashers

    assert not hashers.is_right("", None)
    assert not hashers.is_right(hashers.nobodys_password(), None)
    assert hashers.nobodys_password() is hashers.nobodys_password()
