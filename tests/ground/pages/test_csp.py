from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from jizuo.ground.pages import csp


def answer(response: HttpResponse) -> HttpResponse:
    return csp.ContentSecurityPolicy(lambda _request: response)(RequestFactory().get("/"))


def test_policy_stands_on_every_answer():
    headers = answer(HttpResponse(status=500)).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_one_answer_may_widen_where_its_form_ends():
    widened = HttpResponse()
    csp.widen(widened, "form-action", ["https://client.example"])
    assert "form-action 'self' https://client.example" in answer(widened).headers["Content-Security-Policy"]
    assert "client.example" not in answer(HttpResponse()).headers["Content-Security-Policy"]


def test_none_gives_way_when_widened():
    framed = HttpResponse()
    csp.widen(framed, "frame-ancestors", ["https://portal.example"])
    assert "frame-ancestors https://portal.example;" in answer(framed).headers["Content-Security-Policy"]


@pytest.mark.parametrize("directive", ["script-src", "style-src", "default-src"])
def test_code_is_never_widened(directive):
    with pytest.raises(ValueError, match="cannot be widened"):
        csp.widen(HttpResponse(), directive, ["https://elsewhere.example"])
