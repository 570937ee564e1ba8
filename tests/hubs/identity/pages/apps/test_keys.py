"""The keys page of the operator."""

from __future__ import annotations


def test_the_keys_are_the_operators_and_the_next_one_is_shown_ahead(desk, base, clock):
    from jizuo.hubs.identity.actions import signing_keys

    clerk, operator = desk(), desk("operator")
    assert clerk.get(f"{clerk.at}/keys").status_code == 403
    signing_keys.published()
    at = f"{operator.at}/keys"
    assert "正在签名" in operator.get(at).content.decode()
    before = signing_keys.current("ES256").kid
    old = signing_keys.sign({"x": 1}, alg="ES256")
    operator.post(at, {"alg": "ES256"})
    page = operator.get(at).content.decode()
    assert "已公布，未启用" in page and len(signing_keys.published()) == 3
    assert signing_keys.current("ES256").kid == before, "published, not used"
    operator.post(at, {"alg": "ES256"})
    assert "下一把密钥已经公布了" in operator.get(at).content.decode()
    clock.pass_(hours=26)
    signing_keys.forget()
    assert signing_keys.current("ES256").kid != before
    assert signing_keys.verify(old) == {"x": 1}
    assert operator.post(at, {"alg": "none"}).status_code in (302, 404)
