"""What the own account reads of applications: one's own, and no more."""

from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor  # noqa: F401


def test_consents_and_parts_are_the_own_ones(base, vendor, signed_in):  # noqa: F811
    from django.utils import timezone

    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import my_apps
    from jizuo.hubs.identity.models import Consent

    (one, browser), (other, _hers) = signed_in("teacher"), signed_in("teacher")
    app = vendor(one.unit_no)
    app.tokens(browser)
    for account, word in ((one, ["openid"]), (one, ["profile"]), (other, ["openid"])):
        Consent.objects.create(
            account_id=account.pk, app_id=app.client_id, scopes=word, version=1, given_at=timezone.now()
        )
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,))):
        (held,) = my_apps.my_consents(account_id=one.pk, child_ids=[])
        parts, ended = my_apps.my_parts(account_id=one.pk)
        none, _ended = my_apps.my_parts(account_id=other.pk)
    assert held.scopes == ("openid", "profile") and held.app == "阅读乐园" and held.used_at is not None
    assert [[part.app for part in some] for some in parts.values()] == [["阅读乐园"]]
    assert not ended and not none
