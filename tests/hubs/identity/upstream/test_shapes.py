from __future__ import annotations

from uuid import uuid4

from jizuo.hubs.identity.upstream.shapes import Source


def test_a_setting_has_no_blanks_and_a_usual_value_and_secrets_are_not_shown():
    at = Source(
        uuid4(),
        0,
        "oidc",
        "n",
        "平",
        "qing",
        "c",
        {"issuer": " https://a.cn ", "scope": ""},
        {"secret": "hidden"},
    )
    assert at.setting("issuer") == "https://a.cn" and at.setting("scope", "openid") == "openid"
    assert "hidden" not in repr(at)
