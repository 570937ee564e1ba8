"""What vendors sent is kept for a week, without what is secret."""

from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor  # noqa: F401


def test_messages_are_kept_for_a_week_and_a_hundred_at_most(vendor, base, clock):  # noqa: F811
    from jizuo.hubs.identity.actions import app_messages
    from jizuo.hubs.identity.models import AppMessage

    app = vendor()
    for _one in range(app_messages.MOST + 5):
        app_messages.refused(
            app.client_id, "token", "invalid_grant", "no such code", {"code": "geheim", "a": "\0"}
        )
    held = AppMessage.objects.filter(app_id=app.client_id)
    assert held.count() == app_messages.MOST and "geheim" not in str(held.first().said)
    app_messages.refused("nobody", "token", "invalid_client", "no such client", {})
    assert not AppMessage.objects.filter(app_id="nobody").exists()
    clock.pass_(days=7, minutes=1)
    app_messages.forget_old()
    assert not held.exists()
