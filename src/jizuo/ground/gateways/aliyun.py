"""Alibaba Cloud SMS: Dysmsapi 2017-05-25 SendSms with the V3 signature (ACS3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from jizuo.ground.gateways.line import answered, post
from jizuo.ground.gateways.shapes import SendResult

if TYPE_CHECKING:
    import httpx

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"


@dataclass(frozen=True, slots=True)
class AliyunSms:
    """sign: the approved signature (签名); templates: our name -> template code; price_fen: of one."""

    key_id: str
    secret: str = field(repr=False)
    sign: str
    templates: Mapping[str, str]
    price_fen: int = 5
    endpoint: str = "https://dysmsapi.aliyuncs.com"
    timeout_seconds: float = 8
    title: str = "阿里云短信"

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> SendResult:
        code = self.templates.get(template)
        if code is None:
            return SendResult("refused", code="no-template")
        query = canonical_query(
            {
                # Numbers of the mainland go without, all others with their country code, none with a plus.
                "PhoneNumbers": phone.removeprefix("+86") if phone.startswith("+86") else phone[1:],
                "SignName": self.sign,
                "TemplateCode": code,
                "TemplateParam": json.dumps(dict(params), ensure_ascii=False),
            }
        )
        host = urlsplit(self.endpoint).netloc
        headers = sign(
            "SendSms", VERSION, host, query, key_id=self.key_id, secret=self.secret, at=datetime.now(UTC),
            nonce=secrets.token_hex(16),
        )  # fmt: skip
        answer = post(f"{self.endpoint}/?{query}", headers=headers, body=b"", timeout=self.timeout_seconds)
        return answer if isinstance(answer, SendResult) else self._read(answer)

    def _read(self, answer: httpx.Response) -> SendResult:
        told = answered(answer)
        code = str(told.get("Code") or "")
        if code == "OK":
            return SendResult("accepted", str(told.get("BizId", "")), code, self.price_fen)
        if not code or answer.status_code >= 500:
            return SendResult("unknown", code=code or f"http-{answer.status_code}")
        return SendResult("refused", str(told.get("RequestId", "")), code)


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Parameters in order of name, percent-encoded as RFC 3986 asks (a space is %20, ~ stays)."""
    return "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(parameters.items()))


def sign(
    action: str, version: str, host: str, query: str, *, key_id: str, secret: str, at: datetime, nonce: str
) -> dict[str, str]:
    """The headers of a signed POST to ``/?query`` with an empty body. at: aware."""
    payload_hash = hashlib.sha256(b"").hexdigest()
    signed = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": payload_hash,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    canonical = "\n".join(["POST", "/", query, lines, names, payload_hash])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()
    authorization = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**signed, "Authorization": authorization}
