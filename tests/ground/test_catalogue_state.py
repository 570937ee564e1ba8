"""What a process keeps of the catalogue is stale at the next door after a change, wherever it was made."""

from __future__ import annotations


def test_a_door_meets_a_change_made_elsewhere(base):
    from jizuo.ground import catalogue_state
    from jizuo.ground import scope as scopes

    scope = base.scope(base.unit())

    def met():
        with scopes.use(scope), scopes.open_transaction("test"):
            return catalogue_state.seen()

    first = met()
    assert first.startswith(base.logins.database) and met() == first
    with base.owner() as owner:
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
    second = met()
    assert second != first
    with scopes.use(scope), scopes.open_transaction("test"):
        catalogue_state.raise_version()
        assert catalogue_state.seen() == second, "not before the transaction ends"
    assert met() != second
