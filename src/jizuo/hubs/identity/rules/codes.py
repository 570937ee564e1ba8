"""Codes that people read from paper and type, and the names they sign in with.

The signs and how a code is drawn and tidied are `jizuo.plain.signs`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from jizuo.hubs.identity.rules import gettext_noop
from jizuo.plain.signs import ALPHABET, BASE, VALUE, check_sign, draw, tidy
from jizuo.plain.text import half_width, strip_invisible

__all__ = ["ALPHABET", "BASE", "check_sign", "draw", "tidy"]
LOGIN_LENGTH = 8
SLIP_LENGTH = 10
CLASS_LENGTH = 6
_PHONE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9]\d{9})")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


class BadCode(ValueError):
    """A typed code that cannot be right. `what` and `fix` are Chinese msgids, `fills` what stands in them."""

    def __init__(self, what: str, fix: str, **fills: object) -> None:
        super().__init__(what % fills)
        self.what, self.fix, self.fills = what, fix, fills


class NameKind(StrEnum):
    """What a person typed as the name to sign in with."""

    LOGIN_CODE = "login_code"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class SignInName:
    """text: the one form that is looked up: a code without dashes, 11 digits, a lower-case address."""

    kind: NameKind
    text: str


def read(text: str, length: int) -> str:
    """The code in `text`; raises `BadCode` saying what is wrong with it."""
    code = tidy(text)
    if not code:
        raise BadCode(gettext_noop("还没有填码"), gettext_noop("请照着纸条输入"))
    strange = sorted({sign for sign in code if sign not in VALUE})
    if strange:
        raise BadCode(
            gettext_noop("码里不会有“%(signs)s”"),
            gettext_noop("码只用 2-9 和字母，没有数字 0、1，也没有字母 O、I、L，请再看一眼纸条"),
            signs="、".join(strange[:5]),
        )
    if len(code) != length:
        raise BadCode(
            gettext_noop("码应是 %(length)s 位，现在是 %(now)s 位"),
            gettext_noop("请照着纸条补全，横线可以不输"),
            length=length,
            now=len(code),
        )
    if check_sign(code[:-1]) != code[-1]:
        raise BadCode(gettext_noop("码抄错了一位"), gettext_noop("请与纸条逐位核对"))
    return code


def show(code: str) -> str:
    """The code in groups as printed: ``ABCD-EFGH``, ``ABCDE-FGHJK``; six signs and fewer in one."""
    half = len(code) // 2
    return code if len(code) <= 6 else f"{code[:half]}-{code[half:]}"


def phone(text: str) -> str:
    """The 11 digits of a mainland mobile number; raises `BadCode`."""
    found = _PHONE.fullmatch(tidy(text).replace("(", "").replace(")", ""))
    if found is None:
        raise BadCode(gettext_noop("这不是 11 位的手机号"), gettext_noop("请填以 1 开头的 11 位手机号"))
    return found.group(1)


def email(text: str) -> str:
    """An address in lower case; raises `BadCode`."""
    address = half_width(strip_invisible(text)).strip().lower()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise BadCode(gettext_noop("这不是邮箱地址"), gettext_noop("请填形如 name@example.cn 的地址"))
    return address


def sign_in_name(text: str) -> SignInName:
    """What kind of name `text` is, by its form alone, so that the answer tells nothing about who exists."""
    if "@" in half_width(text):
        return SignInName(NameKind.EMAIL, email(text))
    if _PHONE.fullmatch(tidy(text)):
        return SignInName(NameKind.PHONE, phone(text))
    return SignInName(NameKind.LOGIN_CODE, read(text, LOGIN_LENGTH))


def mask_phone(tail: str) -> str:
    """``*******1234`` from the last four digits; empty for none."""
    return f"*******{tail}" if tail else ""


def mask_email(address: str) -> str:
    """``l***@example.cn``; empty for none."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if at else ""
