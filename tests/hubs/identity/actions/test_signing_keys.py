from __future__ import annotations

import json

import pytest


@pytest.fixture
def no_keys(base):
    """A base that has never signed."""
    from jizuo.hubs.identity.actions import signing_keys

    with base.owner() as owner:
        owner.execute("delete from signing_key")
    signing_keys.forget()
    yield
    with base.owner() as owner:
        owner.execute("delete from signing_key")
    signing_keys.forget()


def test_a_clock_that_ran_ahead_and_was_put_right_finds_a_key(no_keys, clock):
    from jizuo.hubs.identity.actions import signing_keys

    clock.pass_(days=400)
    later = signing_keys.current("ES256")
    clock.pass_(days=-400)
    signing_keys.forget()
    now = signing_keys.current("ES256")
    assert now.kid != later.kid and now.use_from <= clock() < now.use_until
    assert signing_keys.turn() == 0, "made once"


def test_the_next_key_is_shown_before_its_use_and_the_last_after(no_keys, clock):
    from jizuo.hubs.identity.actions import signing_keys

    first = signing_keys.current("ES256")
    old = signing_keys.sign({"sub": "x"}, alg="ES256")
    ahead = first.use_until - clock() - signing_keys.AHEAD
    clock.pass_(seconds=ahead.total_seconds() + 60)
    signing_keys.turn()
    shown = [key["kid"] for key in signing_keys.published() if key["alg"] == "ES256"]
    assert len(shown) == 2 and signing_keys.current("ES256").kid == first.kid, "shown, not yet used"
    assert signing_keys.turn() == 0, "made once"
    clock.pass_(days=8)
    signing_keys.forget()
    second = signing_keys.current("ES256")
    assert second.kid != first.kid and second.kid in shown
    assert first.kid in {key["kid"] for key in signing_keys.published()} and signing_keys.verify(old)
    clock.pass_(days=8)
    signing_keys.forget()
    assert signing_keys.verify(old) is None, "dropped"
    signing_keys.forget()


def test_the_private_part_is_sealed_and_bound_to_its_row(base):
    import pytest

    from jizuo.ground import keys
    from jizuo.hubs.identity.actions import signing_keys
    from jizuo.hubs.identity.models import SigningKey

    row = SigningKey.objects.get(pk=signing_keys.current("ES256").kid)
    assert b'"d"' not in bytes(row.sealed)
    with pytest.raises(keys.KeyTrouble):
        keys.ring().unseal(keys.Purpose.SIGNING, bytes(row.sealed), bound_to=b"signing_key\nother")
    opened = keys.ring().unseal(
        keys.Purpose.SIGNING, bytes(row.sealed), bound_to=f"signing_key\n{row.kid}".encode()
    )
    assert json.loads(opened)["d"]
