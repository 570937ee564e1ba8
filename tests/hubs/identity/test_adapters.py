from __future__ import annotations

import pytest


def test_second_factor_secrets_are_sealed(base):
    from jizuo.ground.keys import KeyTrouble
    from jizuo.hubs.identity.adapters import MfaAdapter

    adapter = MfaAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed and sealed != adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(KeyTrouble):
        adapter.decrypt(sealed[:-8] + "AAAAAAA=")


def test_nobody_signs_up(base):
    from allauth.account.adapter import get_adapter

    from jizuo.hubs.identity.adapters import AccountAdapter

    adapter = get_adapter()
    assert isinstance(adapter, AccountAdapter)
    assert adapter.is_open_for_signup(None) is False
    assert adapter.get_login_stages() == ["jizuo.hubs.identity.adapters.SecondFactorStage"]
