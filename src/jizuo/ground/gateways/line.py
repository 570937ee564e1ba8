"""One HTTP call to a provider, with what a failed line means for the message."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jizuo.ground.gateways.shapes import SendResult

if TYPE_CHECKING:
    # The client is loaded at the first call: a process that calls nobody stays small.
    import httpx

#: The client logs whole addresses, and some providers want the phone number in the address.
logging.getLogger("httpx").addFilter(lambda _record: False)


def post(
    address: str, *, headers: Mapping[str, str], body: bytes, timeout: float
) -> httpx.Response | SendResult:
    """The answer, or what its absence means: refused when no connection came about, unknown when the request
    may have been read. Never repeated, no redirect followed, no proxy taken from the environment."""
    return _ask("POST", address, headers, body, timeout)


def post_json(address: str, told: Mapping[str, Any], *, timeout: float) -> httpx.Response | SendResult:
    """`post` of a JSON object, Chinese as it is."""
    body = json.dumps(told, ensure_ascii=False).encode()
    return _ask("POST", address, {"Content-Type": "application/json"}, body, timeout)


def get(
    address: str, *, timeout: float, headers: Mapping[str, str] | None = None
) -> httpx.Response | SendResult:
    """The answer to a GET, or what its absence means, as in `post`."""
    return _ask("GET", address, headers or {}, None, timeout)


def _ask(
    method: str, address: str, headers: Mapping[str, str], body: bytes | None, timeout: float
) -> httpx.Response | SendResult:
    import httpx

    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            return client.request(method, address, headers=dict(headers), content=body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return SendResult("refused", code="unreachable")
    except httpx.TimeoutException:
        return SendResult("unknown", code="timeout")
    except httpx.HTTPError as fault:
        return SendResult("unknown", code=type(fault).__name__)


def answered(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is none."""
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
