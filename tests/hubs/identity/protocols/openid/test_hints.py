from __future__ import annotations

import pytest


def test_only_an_id_token_of_ours_for_this_client_is_a_hint(base):
    from jizuo.hubs.identity.actions import signing_keys
    from jizuo.hubs.identity.protocols.openid import hints
    from jizuo.hubs.identity.rules.openid import Refused

    good = {"iss": "http://a", "sub": "s", "aud": "c"}
    token = signing_keys.sign(good, alg="ES256")
    assert hints.subjects(token, "http://a", "c") == ("s",) and hints.subjects("", "http://a", "c") == ()
    logout = signing_keys.sign({**good, "events": {}}, alg="ES256")
    for bad, issuer, client in (
        (token, "http://b", "c"), (token, "http://a", "d"), (token[:-4] + "AAAA", "http://a", "c"),
        (logout, "http://a", "c"), ("x.y.z", "http://a", "c"), ("x", "http://a", "c"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            hints.subjects(bad, issuer, client)
