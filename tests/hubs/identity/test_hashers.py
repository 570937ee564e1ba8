from __future__ import annotations

import statistics
import time


def test_argon2id_with_the_stated_cost_in_stated_time(base):
    from django.contrib.auth.hashers import make_password

    from jizuo.hubs.identity import hashers

    stored = make_password("qingshan-8-lvshui")
    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    took = []
    for _n in range(7):
        begun = time.perf_counter()
        assert hashers.is_right("qingshan-8-lvshui", stored)
        took.append(time.perf_counter() - begun)
    print(f"argon2id: {statistics.median(took) * 1000:.0f} ms")
    assert 0.005 < statistics.median(took) < 0.3


def test_nobodys_password_is_never_right(base):
    from jizuo.hubs.identity import hashers

    assert not hashers.is_right("", None)
    assert not hashers.is_right(hashers.nobodys_password(), None)
    assert hashers.nobodys_password() is hashers.nobodys_password()
