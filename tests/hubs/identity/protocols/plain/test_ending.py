"""The word of the end."""

from __future__ import annotations

import hashlib
import hmac
import time

from tests.hubs.identity.protocols.listening import tell_all
from tests.hubs.identity.protocols.plain.conftest import ask, back, redeem


def test_the_word_of_the_end_is_signed(app, signed_in, listener):
    _account, browser = signed_in()
    one, silent = app(backchannel_logout_uri=listener.url + "/end"), app()
    said = redeem(one, back(ask(one, browser))["ticket"]).json()
    assert redeem(silent, back(ask(silent, browser))["ticket"]).status_code == 200
    browser.get("/cas/logout")
    assert tell_all(one, silent) == ["answered"]
    ((path, _query, form),) = listener.calls
    assert path == "/end" and form["event"] == "signed_out" and form["session"] == said["session"]
    names = ("app_id", "event", "session", "timestamp", "nonce")
    text = "\n".join(form[name] for name in names)
    assert form["sign"] == hmac.new(said["end_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
    assert abs(int(form["timestamp"]) - time.time()) < 60
    from jizuo.hubs.identity.models import AppSignOn

    assert AppSignOn.objects.get(app_id=silent.client_id).state == "cannot"
