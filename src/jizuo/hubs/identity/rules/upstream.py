"""Whom a place elsewhere may let in: which claim counts as whose, whom a source may open, what stands for a factor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.hubs.identity.rules import codes, limits
from jizuo.hubs.identity.rules.strength import FRESH

#: What a claim may be an identifier of, as the page of a source offers it.
PHONE, EMAIL, LOGIN_CODE, LINK = "phone", "email", "login_code", "link"
MATCHES = {
    "": gettext_lazy("不自动认人，都由本人或学校确认"),
    PHONE: gettext_lazy("本人在本基座登记过的手机号"),
    EMAIL: gettext_lazy("本人在本基座登记过的邮箱"),
    LOGIN_CODE: gettext_lazy("本基座的登录码"),
    LINK: gettext_lazy("已登记的对方平台编号"),
}
#: OpenID Connect Core 5.1: the provider says with these whether it proved the value; one that says no is no proof.
VERIFIED_BY = {"phone_number": "phone_number_verified", "email": "email_verified"}
#: How a sign-in was proved; stands in `OutsideSignIn.proved`.
BY_CLAIM, BY_LOCAL, BY_SCHOOL, BY_LINK = "claim", "local", "school", "link"
#: Its owner undid it: it opens nothing, and stands so that no claim ties it again.
UNDONE = "undone"
ASKED, APPROVED, REFUSED = "asked", "approved", "refused"
#: How far a source's clock may be off.
SKEW_SECONDS = 60
#: Signs of a user agent inside a provider's own app, and the kind that fits there. WeCom's names WeChat too.
BROWSERS = (("wxwork/", "wecom"), ("dingtalk", "dingtalk"), ("micromessenger", "wechat"))


def match_value(match_to: str, claim: str, claims: Mapping[str, Any]) -> str:
    """The identifier that the source vouches for, in our form; empty when it gives none that counts.

    A phone or mail claim of OpenID Connect counts only with its `_verified` beside it.
    """
    told = claims.get(claim)
    if not match_to or not isinstance(told, str | int) or isinstance(told, bool):
        return ""
    proof = VERIFIED_BY.get(claim)
    if proof is not None and claims.get(proof) is not True:
        return ""
    text = str(told).strip()
    try:
        if match_to == PHONE:
            return codes.phone(text)
        if match_to == EMAIL:
            return text.lower() if "@" in text and len(text) <= 254 else ""
        if match_to == LOGIN_CODE:
            return codes.read(text, codes.LOGIN_LENGTH)
    except codes.BadCode:
        return ""
    return text[:255]


def may_recognise(
    roles: Collection[str], units: Collection[int], *, may_open: Collection[str], unit_no: int
) -> bool:
    """Whether a source may open by a claim alone an account that holds `roles` in `units`.

    None beyond those its declarer may reset, and of a school's source none with a foot in another unit: else a school
    could let itself in elsewhere by claiming a phone number. An account without any role is opened by nobody.
    """
    if not roles or set(roles) - set(may_open):
        return False
    return unit_no == scopes.BASE_UNIT or set(units) == {unit_no}


def may_enter(roles: Collection[str], unit_no: int) -> bool:
    """Whether a linked account may come in through the source: administrators never through a school's own."""
    return unit_no == scopes.BASE_UNIT or limits.group(roles) != "admin"


def may_open_elsewhere(proved: str, units: Collection[int], unit_no: int) -> bool:
    """Whether a link that came about by `proved` still opens an account with roles in `units`: what its owner did not tie
    herself opens through a school's source no more than a claim would today, however old it is."""
    return proved == BY_LOCAL or unit_no == scopes.BASE_UNIT or not set(units) - {unit_no}


def stands_for_factor(
    acr: str, amr: Collection[str], *, wanted: Collection[str], roles: Collection[str], unit_no: int
) -> bool:
    """Whether what was shown there stands for our second factor: a value that the page of a base-wide source names,
    and never for administrators."""
    if unit_no != scopes.BASE_UNIT or limits.group(roles) == "admin":
        return False
    return bool(set(wanted) & {acr, *amr} - {""})


def is_new_proof(authed_at: float | None, now: float) -> bool:
    """Whether the person proved there who it is a short while ago, by the source's own word. Both in seconds since 1970;
    None: it did not say, and a sign-on there that was open all day comes back without a question."""
    return authed_at is not None and -SKEW_SECONDS <= now - authed_at <= FRESH.total_seconds() + SKEW_SECONDS


def fitting_kind(user_agent: str) -> str:
    """The kind whose own app the browser is; empty for an ordinary one."""
    told = user_agent.lower()
    return next((kind for sign, kind in BROWSERS if sign in told), "")
