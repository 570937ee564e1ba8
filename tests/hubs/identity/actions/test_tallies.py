from __future__ import annotations

from datetime import timedelta


def test_a_tally_is_held_kept_dropped_and_forgotten(base, address, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import tallies
    from jizuo.hubs.identity.rules.locks import Tally

    key = entry.tally_key("pair", "somebody", address)
    assert len(key) == 16 and key != entry.tally_key("factor", "somebody", address)
    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        now = entry.now()
        assert tallies.hold(key) == Tally()
        kept = Tally(5, now, now + timedelta(hours=30))
        tallies.keep(key, kept)
        assert tallies.hold(key) == kept
        tallies.forget_old(now + timedelta(hours=25))
        assert tallies.hold(key) == kept
        tallies.forget_old(now + timedelta(hours=31))
        assert tallies.hold(key) == Tally()
        tallies.drop(key)


def test_an_address_is_slowed_by_anybodys_failures(base, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import tallies

    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        now = entry.now()
        assert tallies.wait_seconds(address, now) == 0
        for _n in range(20):
            tallies.count_at_address(address, now)
        assert tallies.wait_seconds(address, now) == 1
        assert tallies.wait_seconds("192.0.2.200", now) == 0
