"""Answers of the validation endpoints: XML in the namespace of CAS, or the same as JSON (CAS 3.0 section 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson
from django.http import HttpResponse

from jizuo.hubs.identity.actions.sign_on_tickets import Held

NAMESPACE = "http://www.yale.edu/tp/cas"
INVALID_REQUEST, INVALID_TICKET_SPEC = "INVALID_REQUEST", "INVALID_TICKET_SPEC"
INVALID_TICKET, INVALID_SERVICE = "INVALID_TICKET", "INVALID_SERVICE"
INVALID_PROXY_CALLBACK, UNAUTHORIZED_SERVICE_PROXY = "INVALID_PROXY_CALLBACK", "UNAUTHORIZED_SERVICE_PROXY"
UNAUTHORIZED_SERVICE, INTERNAL_ERROR = "UNAUTHORIZED_SERVICE", "INTERNAL_ERROR"
FORMATS = ("XML", "JSON")


class Failure(Exception):
    """A validation that fails. code: of the protocol; words: which rule was broken; client_id: of the application that
    sent it, empty where its ticket does not say."""

    def __init__(self, code: str, words: str, *, client_id: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.client_id = code, words, client_id


def attributes(claims: dict[str, Any], held: Held) -> dict[str, list[str]]:
    """Claims as attributes, which are flat: a list of things is the list of their names, beside it that of their ids in
    the same order (``classes``, ``class_ids``). First the three that the protocol wants of every server."""
    said = {
        "authenticationDate": [moment(held.authed_at)],
        "longTermAuthenticationRequestTokenUsed": [_flag(held.is_own_device and not held.is_primary)],
        "isFromNewLogin": [_flag(held.is_primary)],
    }
    for name, value in claims.items():
        values = value if isinstance(value, list) else [value]
        if values and isinstance(values[0], dict):
            said[name] = [one["name"] for one in values]
            said[f"{name.removesuffix('es') if name == 'classes' else name.removesuffix('s')}_ids"] = [
                one["id"] for one in values
            ]
        else:
            said[name] = [_flag(one) if isinstance(one, bool) else str(one) for one in values]
    return said


def moment(at: datetime) -> str:
    """``2026-09-16T08:00:00+00:00``"""
    return at.replace(microsecond=0).isoformat()


def _flag(value: bool) -> str:
    return "true" if value else "false"


def success(
    form: str, user: str, said: dict[str, list[str]] | None, *, iou: str = "", proxies: tuple[str, ...] = ()
) -> HttpResponse:
    """A ticket held. said None: no attributes, as in CAS 2.0; iou: what stands for a proxy-granting ticket."""
    if form == "JSON":
        told: dict[str, Any] = {"user": user}
        if said is not None:
            told["attributes"] = said
        if iou:
            told["proxyGrantingTicket"] = iou
        if proxies:
            told["proxies"] = list(proxies)
        return _json({"authenticationSuccess": told})
    lines = [f"<cas:user>{text(user)}</cas:user>"]
    if said is not None:
        lines += ["<cas:attributes>", *_elements(said), "</cas:attributes>"]
    if iou:
        lines.append(f"<cas:proxyGrantingTicket>{text(iou)}</cas:proxyGrantingTicket>")
    if proxies:
        through = "".join(f"<cas:proxy>{text(one)}</cas:proxy>" for one in proxies)
        lines.append(f"<cas:proxies>{through}</cas:proxies>")
    return _xml(["<cas:authenticationSuccess>", *lines, "</cas:authenticationSuccess>"])


def _elements(said: dict[str, list[str]]) -> Iterator[str]:
    for name, values in said.items():
        for value in values:
            yield f"<cas:{name}>{text(value)}</cas:{name}>"


def failure(form: str, fault: Failure, *, kind: str = "authentication") -> HttpResponse:
    """Why it did not. kind: authentication | proxy."""
    if form == "JSON":
        return _json({f"{kind}Failure": {"code": fault.code, "description": fault.words}})
    element = f"cas:{kind}Failure"
    return _xml([f"<{element} code={quoteattr(fault.code)}>{text(fault.words)}</{element}>"])


def proxied(form: str, ticket: str) -> HttpResponse:
    """A proxy ticket (section 2.7.2)."""
    if form == "JSON":
        return _json({"proxySuccess": {"proxyTicket": ticket}})
    return _xml(
        ["<cas:proxySuccess>", f"<cas:proxyTicket>{text(ticket)}</cas:proxyTicket>", "</cas:proxySuccess>"]
    )


def text(value: str) -> str:
    """A value for XML, without the signs that XML cannot hold."""
    return escape(
        "".join(sign for sign in value if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
    )


def plain(words: str) -> HttpResponse:
    """An answer of CAS 1.0."""
    return _held_back(HttpResponse(words, content_type="text/plain; charset=utf-8"))


def _xml(lines: list[str]) -> HttpResponse:
    body = (
        f'<cas:serviceResponse xmlns:cas="{NAMESPACE}">\n' + "\n".join(lines) + "\n</cas:serviceResponse>\n"
    )
    return _held_back(HttpResponse(body, content_type="application/xml; charset=utf-8"))


def _json(told: dict[str, Any]) -> HttpResponse:
    body = orjson.dumps({"serviceResponse": told})
    return _held_back(HttpResponse(body, content_type="application/json"))


def _held_back(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
