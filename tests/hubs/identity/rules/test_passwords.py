from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.identity.rules import passwords

COMMON = frozenset({"password", "monkey", "sunshine", "woaini"})


def said(password: str, shortest: int = 8, about: tuple[str, ...] = ()) -> list[str]:
    return [
        what % fills
        for what, fills in passwords.faults(
            password, shortest=shortest, is_common=COMMON.__contains__, about=about
        )
    ]


@pytest.mark.parametrize(
    "password",
    ["sunshine", "Sunshine2024", "P@ssword1", "20140901", "2014-09-01", "2014年9月1日", "13800138000",
     "330106201409011239", "33010620140901123x", "12345678", "87654321", "qwertyuiop", "1qaz2wsx", "aaaaaaaa",
     "abcabcabc", "11112222", "qwer1234", "asdf20140901", "admin123456", "woaini1314", "mima8888", "5201314520"],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str):
    assert said(password)


@pytest.mark.parametrize(
    "password",
    [
        "木瓜树下骑单车去赶集",
        "correct horse battery",
        "tangyuan-7-zhuozi",
        "xK4!vq9Lm2",
        "今天下雨了记得带伞",
        "Qf7m2Wn8",
    ],
)
def test_good_passwords_stand(password: str):
    assert said(password) == []


def test_length_by_role_and_64_signs_accepted():
    assert said("xK4!vq9Lm2z", 12) == ["至少 12 位，现在是 11 位"]
    assert said("xK4!vq9Lm2zP", 12) == []
    assert said("".join(chr(0x4E00 + place * 37) for place in range(64))) == []
    assert said("".join(chr(0x4E00 + place * 37) for place in range(129)))[0].startswith("最多 128 位")


def test_own_name_and_codes_do_not_make_a_password():
    about = ("2345678A", "luxiaolan")
    assert said("luxiaolan12", about=about)
    assert said("2345678A!", about=about)
    assert said("luxiaolan-ditie-mianbao", about=about) == []


@given(st.text(max_size=140))
def test_any_text_is_judged(password: str):
    for what, fills in passwords.faults(password, shortest=8, is_common=COMMON.__contains__, about=("abc",)):
        assert what % fills
