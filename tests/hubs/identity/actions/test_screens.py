from __future__ import annotations

from datetime import timedelta


def test_the_night_drops_codes_of_screens_that_wait_no_more(base, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import screens
    from jizuo.hubs.identity.models import ScreenCode

    with scopes.use(scopes.Scope(role="visitor", unit_no=0, units=(0,))):
        shown = screens.show_code(wait_id=None, device="Windows", address="10.1.2.3")
        again = screens.show_code(wait_id=shown.wait_id, device="Windows", address="10.1.2.3")
    assert shown.code != again.code and not ScreenCode.objects.filter(pk=shown.wait_id).exists()
    assert bytes(ScreenCode.objects.get(pk=again.wait_id).code_hash) == entry.code_hash("screen", again.code)
    screens.forget_old(entry.now() + timedelta(days=2))
    assert not ScreenCode.objects.filter(pk=again.wait_id).exists()
