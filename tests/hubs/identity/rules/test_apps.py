from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules import apps
from jizuo.hubs.identity.rules.apps import Registration


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, []), ({"name": " "}, ["name"]), ({"kind": "x"}, ["kind"]), ({"kind": "public"}, ["token_auth"]),
        ({"token_auth": "none"}, ["token_auth"]), ({"kind": "public", "token_auth": "none"}, []),
        ({"token_auth": "private_key_jwt"}, ["jwks"]), ({"id_token_alg": "HS256"}, ["id_token_alg"]),
        ({"scopes": ("a,b",)}, ["scopes"]), ({"agreed_scopes": ("profile",)}, ["agreed_scopes"]),
       
        ({"redirect_uris": ("https://a.cn/#x",)}, ["redirect_uris"]),
        ({"backchannel_logout_uri": "cn.app:/x"}, ["backchannel_logout_uri"]),
    ],
)  # fmt: skip
def test_what_may_not_be_registered(change, where):
    assert [fault[0] for fault in apps.faults(Registration(**{"name": "阅读乐园", **change}))] == where


@pytest.mark.parametrize(
    ("uri", "is_good"),
    [
        ("https://a.cn/back?x=1", True), ("http://10.0.0.8:8080/cb", True), ("cn.edu.app:/cb", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False), ("https://u:p@a.cn/", False), ("https:///x", False), ("/cb", False), ("", False),
        ("https://a.cn:x/", False), ("https://a.cn/ x", False), ("https://a.cn/" + "x" * 500, False),
    ],
)  # fmt: skip
def test_addresses_that_answers_may_go_to(uri, is_good):
    assert apps.is_address(uri) is is_good
