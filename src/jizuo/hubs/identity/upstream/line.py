"""One HTTP call to a source, only to where the base may go (`hubs.data.connectors.addresses`).

https, unless the operator opened the host by name: a ticket or a secret in clear is read on the way.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

# Its import keeps the client's log, which holds whole addresses, silent.
from jizuo.ground.gateways import line  # noqa: F401
from jizuo.hubs.data.connectors import addresses, http_json
from jizuo.hubs.data.connectors.feeds import SourceError
from jizuo.hubs.identity.upstream.shapes import Refused

MOST_BYTES = 256 * 1024
SECONDS = 8.0
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def told(self) -> dict[str, Any]:
        """The JSON object of the answer; empty when it is none, or holds text that cannot be kept."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) and is_keepable(told) else {}


def is_keepable(told: Any) -> bool:
    """Whether what a source said can be kept and shown: no NUL in it and no half of a letter, which JSON can write and
    neither a column nor UTF-8 can hold."""
    left = [told]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and UNKEEPABLE.search(one):
            return False
    return True


def check_address(address: str) -> None:
    """Raise Refused for an address that is no https one, unless the operator opened its host."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise Refused("address", _("地址写得不对"), _("请写完整的 https 地址"))
    names = addresses.allowed().get("hosts", [])
    is_named = parts.hostname in names or f"{parts.hostname}:{port or 80}" in names
    if parts.scheme == "http" and not is_named:
        raise Refused(
            "plain-http",
            _("地址没有用 https"),
            _("请改用 https；内网确实只有 http 时，请系统管理员在 secrets/collect.json 的 hosts 里写上它"),
        )


def get(
    address: str,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to a GET. Raises Refused when there is none."""
    return _ask("GET", address, params=params, headers=headers)


def post_form(address: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None) -> Answer:
    """The answer to a form. basic: name and password, already form-encoded."""
    return _ask("POST", address, data=dict(form), auth=basic)


def post_json(address: str, told: Mapping[str, Any]) -> Answer:
    """The answer to a JSON object."""
    return _ask("POST", address, json=dict(told))


def _ask(method: str, address: str, **told: Any) -> Answer:
    import httpx

    check_address(address)
    auth = told.pop("auth", None)
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            # As it comes: what is packed small could be large.
            request = client.build_request(method, address, **told)
            request.headers["Accept-Encoding"] = "identity"
            if auth is not None:
                request = next(httpx.BasicAuth(*auth).sync_auth_flow(request))
            http_json.pin(request)
            answer = client.send(request, stream=True)
            try:
                body, until = bytearray(), time.monotonic() + 2 * SECONDS
                for part in answer.iter_raw():
                    body += part
                    if time.monotonic() > until:
                        raise Refused("unreachable", _("对方的平台答得太慢"), _("请过一会儿再试"))
                    if len(body) > MOST_BYTES:
                        raise Refused("too-big", _("对方的答复太大"), _("请核对地址"))
                return Answer(answer.status_code, bytes(body))
            finally:
                answer.close()
    except SourceError as fault:
        raise Refused(fault.code, str(fault.reason), str(fault.fix)) from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        raise Refused(
            "unreachable", _("连不上对方的平台"), _("请过一会儿再试；一直不通时请管理员核对地址和网络")
        ) from None
