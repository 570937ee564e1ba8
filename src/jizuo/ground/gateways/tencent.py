"""Tencent Cloud SMS: SendSms 2021-01-11 with the V3 signature (TC3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jizuo.ground.gateways.line import answered, post
from jizuo.ground.gateways.shapes import SendResult, State

if TYPE_CHECKING:
    import httpx

ALGORITHM = "TC3-HMAC-SHA256"
VERSION = "2021-01-11"
CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TencentSms:
    """app_id: SmsSdkAppId; sign: the approved signature; templates: our name -> template id; price_fen: of
    one charged part (a long message has several, the answer says how many)."""

    key_id: str
    secret: str = field(repr=False)
    app_id: str
    sign: str
    templates: Mapping[str, str]
    region: str = "ap-guangzhou"
    price_fen: int = 5
    endpoint: str = "https://sms.tencentcloudapi.com"
    timeout_seconds: float = 8
    title: str = "腾讯云短信"

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> SendResult:
        template_id = self.templates.get(template)
        if template_id is None:
            return SendResult("refused", code="no-template")
        body = json.dumps(
            {
                "PhoneNumberSet": [phone],
                "SmsSdkAppId": self.app_id,
                "SignName": self.sign,
                "TemplateId": template_id,
                "TemplateParamSet": list(params.values()),
            },
            ensure_ascii=False,
        ).encode()
        headers = sign(
            "sms", "SendSms", VERSION, urlsplit(self.endpoint).netloc, body,
            key_id=self.key_id, secret=self.secret, at=datetime.now(UTC),
        )  # fmt: skip
        headers["X-TC-Region"] = self.region
        answer = post(f"{self.endpoint}/", headers=headers, body=body, timeout=self.timeout_seconds)
        return answer if isinstance(answer, SendResult) else self._read(answer)

    def _read(self, answer: httpx.Response) -> SendResult:
        told = answered(answer).get("Response")
        response: dict[str, Any] = told if isinstance(told, dict) else {}
        error = response.get("Error")
        if isinstance(error, dict):
            code = str(error.get("Code", ""))
            # Its own trouble may come after the message left; every other error is a refusal.
            state: State = "unknown" if code.startswith("InternalError") else "refused"
            return SendResult(state, str(response.get("RequestId", "")), code)
        sent = response.get("SendStatusSet")
        if not isinstance(sent, list) or not sent or not isinstance(sent[0], dict):
            return SendResult("unknown", code=f"http-{answer.status_code}")
        one = sent[0]
        code = str(one.get("Code", ""))
        if code != "Ok":
            return SendResult("refused", str(one.get("SerialNo", "")), code)
        parts = one.get("Fee")
        cost = self.price_fen * (parts if isinstance(parts, int) else 1)
        return SendResult("accepted", str(one.get("SerialNo", "")), code, cost)


def sign(
    service: str,
    action: str,
    version: str,
    host: str,
    body: bytes,
    *,
    key_id: str,
    secret: str,
    at: datetime,
    signed_names: Sequence[str] = ("content-type", "host", "x-tc-action"),
) -> dict[str, str]:
    """The headers of a signed JSON POST to ``/``. at: aware; the day of the scope is that of UTC."""
    at = at.astimezone(UTC)
    stamp, day = str(int(at.timestamp())), at.strftime("%Y-%m-%d")
    values = {"content-type": CONTENT_TYPE, "host": host, "x-tc-action": action.lower()}
    lines = "".join(f"{name}:{values[name]}\n" for name in signed_names)
    names = ";".join(signed_names)
    canonical = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    place = f"{day}/{service}/tc3_request"
    to_sign = "\n".join([ALGORITHM, stamp, place, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{secret}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    credential = f"Credential={key_id}/{place}, SignedHeaders={names}, Signature={signature}"
    return {
        "Authorization": f"{ALGORITHM} {credential}",
        "Content-Type": CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Timestamp": stamp,
        "X-TC-Version": version,
    }
