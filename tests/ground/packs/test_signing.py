"""Signatures: only a trusted key over just these files counts."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.scenes.given import minimal, within


def public_of(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


@pytest.fixture(scope="module")
def trusted(base):
    key = Ed25519PrivateKey.generate()
    with base.owner() as owner:
        owner.execute(
            "insert into scene_signer (name, public_key, is_trusted) values ('签名测试区', %s, true)",
            [public_of(key)],
        )
    return key


def told(base, files, signature):
    from jizuo.ground.packs import signing

    signer, problems = within(base, base.unit(), lambda: signing.problems_of(files, signature))
    return signer, [one.what for one in problems]


def test_a_trusted_signature_counts(base, trusted):
    from jizuo.ground.packs import signing

    signature = signing.sign(minimal(), "签名测试区", trusted)
    assert told(base, minimal(), signature) == ("签名测试区", [])
    # The order of files is not part of what was signed.
    assert told(base, dict(reversed(minimal().items())), signature)[1] == []


def test_what_does_not_count(base, trusted):
    from jizuo.ground.packs import signing

    good = signing.sign(minimal(), "签名测试区", trusted)
    other = Ed25519PrivateKey.generate()
    assert told(base, minimal(), "")[1] == ["没有签名"]
    assert told(base, minimal(version="1.1"), good)[1] == ["签名和内容对不上"]
    for broken in ("{", "[]", "{}", json.dumps(json.loads(good) | {"signature": "00"}), "null", "7"):
        assert told(base, minimal(), broken)[1] == ["签名和内容对不上"]
    # Another key under the trusted name, and the right key under another name.
    assert "不认识" in told(base, minimal(), signing.sign(minimal(), "签名测试区", other))[1][0]
    assert "不认识" in told(base, minimal(), signing.sign(minimal(), "别人", trusted))[1][0]


def test_a_key_that_is_trusted_no_more(base):
    from jizuo.ground.packs import signing

    key = Ed25519PrivateKey.generate()
    with base.owner() as owner:
        owner.execute(
            "insert into scene_signer (name, public_key, is_trusted) values ('撤下的区', %s, false)",
            [public_of(key)],
        )
    assert "不认识" in told(base, minimal(), signing.sign(minimal(), "撤下的区", key))[1][0]
