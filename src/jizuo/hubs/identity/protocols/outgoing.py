"""Calls to the addresses that applications name: their keys, and the word that a sign-on has ended.

Where they may go is the house's one rule (`data.connectors.addresses`): private networks are open, this machine and the
metadata services of clouds are not unless the operator opens them. The connection goes to the address that was looked
at; no redirect is followed, and an answer past a limit is cut off.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from jizuo.hubs.data.connectors import addresses
from jizuo.hubs.data.connectors.feeds import SourceError

SECONDS = 5.0
MOST_BYTES = 200_000


class Unreached(Exception):
    """No answer. code: a short word why, without the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post_form(address: str, fields: dict[str, str]) -> int:
    """Post a form; the HTTP status of the answer. Raises Unreached."""
    body = urlencode(fields).encode()
    status, _text = _ask("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded"})
    return status


def get(address: str) -> int:
    """Call an address; the HTTP status of the answer. Raises Unreached."""
    status, _text = _ask("GET", address, None, {})
    return status


def get_json(address: str) -> Any:
    """The JSON at an address. Raises Unreached, also for an answer that is none."""
    status, text = _ask("GET", address, None, {"Accept": "application/json"})
    if status != 200:
        raise Unreached(f"status {status}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreached("no json") from None


def _ask(method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    # The client is loaded at the first call: a process that calls nobody stays small.
    import httpx

    from jizuo.ground.gateways import line  # noqa: F401  (keeps the client's log, which holds whole addresses, silent)

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Unreached("address")

    def pin(request: httpx.Request) -> None:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        request.headers["Host"] = request.url.netloc.decode()
        request.extensions["sni_hostname"] = host
        request.url = request.url.copy_with(host=addresses.resolve(host, port))

    try:
        with (
            httpx.Client(
                timeout=SECONDS, follow_redirects=False, trust_env=False, event_hooks={"request": [pin]}
            ) as client,
            client.stream(
                method, address, content=body, headers={"Accept-Encoding": "identity", **headers}
            ) as answer,
        ):
            text, until = b"", time.monotonic() + 2 * SECONDS
            # As it comes: what is packed small could be large.
            for piece in answer.iter_raw():
                text += piece
                if len(text) > MOST_BYTES:
                    raise Unreached("too large")
                if time.monotonic() > until:
                    raise Unreached("timeout")
            return answer.status_code, text
    except SourceError as fault:
        raise Unreached(fault.code) from None
    except httpx.TimeoutException:
        raise Unreached("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise Unreached(type(fault).__name__) from None
