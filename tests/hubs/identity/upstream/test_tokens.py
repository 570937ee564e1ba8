"""Tokens of any shape are read or refused, never anything else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from jizuo.hubs.identity.upstream import tokens
from jizuo.hubs.identity.upstream.shapes import Refused

KEY = ECKey.generate_key("P-256", {"kid": "one"})
KEYS = tokens.read_keys({"keys": [KEY.as_dict(private=False)]})
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
NAMES = st.sampled_from(
    ["iss", "aud", "azp", "sub", "exp", "iat", "nbf", "nonce", "at_hash", "events", "sid", "jti"]
)


@given(st.text(max_size=200) | st.lists(st.text("abcXYZ0189-_=", max_size=40), max_size=5).map(".".join))
def test_garbage_is_no_token(text):
    with pytest.raises((Refused, tokens.UnknownKey)):
        tokens.claims_of(text, KEYS)


@given(st.dictionaries(NAMES, VALUE))
def test_claims_of_any_shape_are_checked(more):
    claims = {
        "iss": "i",
        "aud": "c",
        "nonce": "n",
        "sub": "s",
        "iat": time.time(),
        "exp": time.time() + 9,
        **more,
    }
    for check in (
        lambda: tokens.check_id_token(
            claims, issuer="i", client_id="c", nonce="n", access_token="a", algorithm="ES256", now=time.time()
        ),
        lambda: tokens.check_logout_token(claims, issuer="i", client_id="c", now=time.time()),
    ):
        try:
            check()
        except Refused:
            continue


@pytest.mark.parametrize(
    "told", [None, {}, {"keys": 3}, {"keys": [{"kty": "oct", "k": "AAAA"}]}, {"keys": [{"kty": "RSA"}]}]
)
def test_a_document_without_a_public_key_is_refused(told):
    with pytest.raises(Refused):
        tokens.read_keys(told)


@pytest.mark.parametrize(
    ("payload", "is_read"),
    [(b'{"sub": "\\u4e2d"}', True), (b'{"sub": "\\ud800"}', False), (b'{"amr": [{"\\udfff": 1}]}', False),
     (b'{"sub": "a\\u0000"}', False), (b"[]", False), (b"\xff", False)],
)  # fmt: skip
def test_claims_that_cannot_be_kept_are_refused(base, payload, is_read):
    token = jws.serialize_compact({"alg": "ES256", "kid": "one"}, payload, KEY)
    if is_read:
        assert tokens.claims_of(token, KEYS) == {"sub": "中"}
    else:
        with pytest.raises(Refused):
            tokens.claims_of(token, KEYS)
