"""What an application may be registered as."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.identity.rules import cas
from jizuo.hubs.identity.rules.addresses import LONGEST_URI, is_address

CONFIDENTIAL, PUBLIC, SCREEN = "confidential", "public", "screen"
KINDS = (CONFIDENTIAL, PUBLIC, SCREEN)
BY_HEADER, BY_KEY, NO_SECRET = "client_secret_basic", "private_key_jwt", "none"
TOKEN_AUTHS = (BY_HEADER, "client_secret_post", BY_KEY, NO_SECRET)
ES256, RS256 = "ES256", "RS256"
ALGS = (ES256, RS256)
ADDRESS_LISTS = ("redirect_uris", "post_logout_uris", "cas_services", "plain_addresses")
#: Where a vendor's own machine answers while the application is written (RFC 8252 section 7.3).
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SCOPE = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


@dataclass(frozen=True, slots=True)
class Registration:
    """An application as it is registered; fields as in `models.App`. sector empty: the one host of its addresses."""

    name: str
    kind: str = CONFIDENTIAL
    token_auth: str = BY_HEADER
    redirect_uris: tuple[str, ...] = ()
    post_logout_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    home_address: str = ""
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    sector: str = ""
    scopes: tuple[str, ...] = ("openid",)
    agreed_scopes: tuple[str, ...] = ()
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")
    id_token_alg: str = ES256
    pkce_exempt_until: date | None = None
    cas_services: tuple[str, ...] = ()
    plain_addresses: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The fields by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def faults(told: Registration) -> list[tuple[str, Any, Any]]:
    """(field, what is wrong, how to mend it) of every rule broken."""
    return list(_faults(told))


def _faults(told: Registration) -> Iterator[tuple[str, Any, Any]]:
    if not told.name.strip() or len(told.name) > 80:
        yield "name", _("应用名称应有 1 到 80 个字"), _("请填写应用的名称")
    if told.kind not in KINDS:
        yield "kind", _("没有这种应用"), _("请选 confidential、public 或 screen")
    if told.token_auth not in TOKEN_AUTHS:
        yield "token_auth", _("没有这种验证方式"), _("请从列表中选择")
    if told.kind != SCREEN and (told.kind == PUBLIC) != (told.token_auth == NO_SECRET):
        yield "token_auth", _("只有公开的应用不用密钥"), _("公开的应用请选 none，其他的请选一种密钥方式")
    if told.token_auth == BY_KEY and not (told.jwks or told.jwks_uri):
        yield "jwks", _("没有公钥"), _("请填写 jwks 或 jwks_uri")
    if told.id_token_alg not in ALGS:
        yield "id_token_alg", _("没有这种签名算法"), _("请选 ES256 或 RS256")
    if told.kind == PUBLIC and told.pkce_exempt_until is not None:
        yield "pkce_exempt_until", _("公开的应用不能不用 PKCE"), _("请去掉日期")
    if any(not SCOPE.fullmatch(scope) for scope in told.scopes):
        yield "scopes", _("范围的名称只能有字母、数字和 . _ : / -"), _("请改名称")
    if not set(told.agreed_scopes) <= set(told.scopes):
        yield "agreed_scopes", _("学校同意的范围超出了应用能要的"), _("请先加到应用能要的范围")
    for name in ADDRESS_LISTS:
        for number, uri in enumerate(getattr(told, name), 1):
            if found := service_fault(uri) if name == "cas_services" else address_fault(uri):
                what, fix = found
                yield (
                    name,
                    _("第 %(n)s 行 %(uri)s：%(what)s") % {"n": number, "uri": uri[:80], "what": what},
                    fix,
                )
    for name in ("backchannel_logout_uri", "home_address", "jwks_uri"):
        uri = getattr(told, name)
        if uri and urlsplit_or_none(uri) is None:
            yield name, _("这不是完整的地址"), _("请写以 https:// 开头的完整地址")
        elif uri and (found := address_fault(uri, is_web=True)):
            yield name, *found
    for scope in told.reasons:
        if scope not in told.scopes:
            yield "reasons", _("没有要的范围不用写用途"), _("请去掉它的用途")


def address_fault(uri: str, *, is_web: bool = False) -> tuple[Any, Any] | None:
    """(what is wrong, how to mend it) of an address that answers would go to; None for a good one. is_web: a native
    application's own scheme will not do."""
    if len(uri) > LONGEST_URI:
        return _("地址太长"), _("请写不超过 500 个字的地址")
    if "#" in uri:
        return _("地址里有 #"), _("请去掉 # 和它后面的部分")
    if "*" in uri:
        return _("地址里有通配符 *"), _("请把每个地址完整地写一行")
    parts = urlsplit_or_none(uri)
    if parts is None or not is_address(uri):
        return _("这不是完整的地址"), _("请写以 https:// 开头的完整地址")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return _("地址没有加密"), _("请写 https:// 地址；http:// 只用于本机开发（127.0.0.1、localhost）")
    if is_web and parts.scheme not in ("http", "https"):
        return _("这不是网页的地址"), _("请写以 https:// 开头的完整地址")
    return None


def service_fault(entry: str) -> tuple[Any, Any] | None:
    """As `address_fault`, for where tickets of CAS may go: an address, or all below a folder (`rules.cas`)."""
    below = entry[: -len(cas.BELOW)] + "/" if entry.endswith(cas.BELOW) else entry
    found = address_fault(below, is_web=True)
    if found is None and not cas.is_entry(entry):
        return _("服务地址不能用"), _("请写完整的 https:// 地址；要放开下面的所有路径，以 /* 结尾")
    return found


def urlsplit_or_none(uri: str) -> Any:
    """The parts of an address; None for what cannot be one."""
    try:
        return urlsplit(uri)
    except ValueError:
        return None


def grows(old: Registration, new: Registration) -> list[str]:
    """The fields by which an application reaches further than before: whoever agreed is asked again."""
    return [
        name
        for name in ("scopes", "redirect_uris", "cas_services", "plain_addresses")
        if set(getattr(new, name)) - set(getattr(old, name))
    ]


def shrinks(old: Registration, new: Registration) -> list[str]:
    """The fields by which an application may be told less than before: it must not go on with what it holds."""
    return [name for name in ("scopes", "agreed_scopes") if set(getattr(old, name)) - set(getattr(new, name))]
