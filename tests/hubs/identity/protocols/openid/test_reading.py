from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import claims_of


def test_userinfo_takes_a_bearer_token_of_a_person(base, vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    token = app.tokens(browser)["access_token"]
    client = base.client()
    assert client.post("/openid/userinfo/", {"access_token": token}).status_code == 200
    assert client.get(f"/openid/userinfo/?access_token={token}").status_code == 400
    missing = client.get("/openid/userinfo/")
    assert missing.status_code == 401 and missing["WWW-Authenticate"].startswith("Bearer")
    machine = vendor(scopes=("openid", "x.read"), agreed_scopes=(), grants=("client_credentials",))
    alone = machine.post("token", {"grant_type": "client_credentials"}).json()["access_token"]
    assert app.userinfo(alone).status_code == 401


def test_introspection_is_for_the_own_client_and_resource_servers(vendor, signed_in):
    _account, browser = signed_in()
    app, other = vendor(), vendor()
    server = vendor(scopes=("openid", "introspect"), agreed_scopes=())
    made = app.tokens(browser)
    said = app.post("introspect", {"token": made["access_token"]}).json()
    assert said["active"] and said["sub"] == claims_of(made["id_token"])["sub"] and said["scope"] == "openid"
    assert app.post("introspect", {"token": made["refresh_token"]}).json()["token_type"] == "refresh_token"
    assert not other.is_live(made["access_token"]) and not server.is_live(made["refresh_token"])
    assert server.is_live(made["access_token"])
    assert app.post("introspect", {"token": "x"}).json() == {"active": False}
    app.secret = "wrong"
    assert app.post("introspect", {"token": made["access_token"]}).status_code == 401


def test_revocation_ends_a_family_or_one_access_token(vendor, signed_in):
    _account, browser = signed_in()
    app, other = vendor(), vendor()
    made = app.tokens(browser)
    assert other.post("revoke", {"token": made["refresh_token"]}).status_code == 200
    assert app.is_live(made["refresh_token"]), "another client's word does nothing"
    assert app.post("revoke", {"token": made["access_token"]}).json() == {}
    assert not app.is_live(made["access_token"]) and app.is_live(made["refresh_token"])
    renewed = app.refresh(made["refresh_token"]).json()
    app.post("revoke", {"token": renewed["refresh_token"]})
    assert not app.is_live(renewed["access_token"])
    assert app.post("revoke", {"token": "never was"}).status_code == 200
