"""The fan-out over HTTP stands in protocols/openid/test_ending.py; here the dispatch by protocol."""

from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor

__all__ = ["signed_in", "vendor"]


def test_each_protocol_tells_in_its_own_way(base, vendor, signed_in, monkeypatch):
    from jizuo.hubs.identity.actions import app_sign_ons
    from jizuo.hubs.identity.models import AppSignOn

    account, browser = signed_in()
    app = vendor()
    told = []
    monkeypatch.setitem(app_sign_ons._tellers, "cas", lambda ending: told.append(ending) or "status 200")
    joined = {"sid": browser.session["sid"], "client_id": app.client_id, "account_id": account.pk}
    for ticket in ("ST-1", "ST-2", "ST-1"):
        assert app_sign_ons.join(**joined, protocol="cas", handle=ticket, address="https://a.cn/cas")
    assert app_sign_ons.join(**joined, protocol="plain")
    browser.post("/sign-out/")
    rows = {row.handle: row for row in AppSignOn.objects.filter(app_id=app.client_id)}
    assert {name: row.state for name, row in rows.items()} == {
        "ST-1": "pending",
        "ST-2": "pending",
        "": "cannot",
    }
    assert app_sign_ons.tell(rows["ST-1"].pk) == "answered" and app_sign_ons.tell(rows[""].pk) == "nothing"
    assert [(one.handle, one.address) for one in told] == [("ST-1", "https://a.cn/cas")]
    assert not app_sign_ons.join(**joined, protocol="cas", handle="ST-3"), "the sign-on has ended"


def test_a_lost_job_is_taken_up_at_night(base, vendor, signed_in, clock):
    from jizuo.hubs.identity.actions import app_sign_ons

    _account, browser = signed_in()
    vendor(backchannel_logout_uri="https://app.example.cn/end").tokens(browser)
    browser.post("/sign-out/")
    clock.pass_(hours=5)
    assert app_sign_ons.take_up() >= 1
