"""Client authentication: secrets, and assertions that a vendor's key signed."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from tests.hubs.identity.protocols.openid.conftest import basic

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MACHINE = {"scopes": ("openid", "grades.read"), "agreed_scopes": (), "grants": ("client_credentials",)}


@pytest.fixture(scope="module")
def key():
    from joserfc.jwk import RSAKey

    return RSAKey.generate_key(2048, parameters={"kid": "v1"})


@pytest.fixture
def keyed(vendor, key):
    """A client with a key of its own."""
    return vendor(token_auth="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]}, **MACHINE)


def assertion(app, key, *, alg="RS256", **more):
    from joserfc import jwt

    now = int(time.time())
    told = {
        "iss": app.client_id, "sub": app.client_id, "aud": "http://testserver/openid/token/", "jti": uuid4().hex,
        "iat": now, "exp": now + 60,
    } | more  # fmt: skip
    kept = {name: value for name, value in told.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "v1"}, kept, key, algorithms=[alg])


def ask(app, token, **more):
    told = {
        "grant_type": "client_credentials", "client_assertion_type": JWT_BEARER, "client_assertion": token, **more,
    }  # fmt: skip
    return app.base.client().post("/openid/token/", told)


def test_a_signed_assertion_is_taken_once(keyed, key):
    token = assertion(keyed, key)
    assert ask(keyed, token).status_code == 200
    again = ask(keyed, token)
    assert again.status_code == 401 and again.json()["error"] == "invalid_client"
    assert ask(keyed, assertion(keyed, key, aud="http://testserver")).status_code == 200
    assert ask(keyed, assertion(keyed, key, aud=["x", "http://testserver"])).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"exp": -30}, 200), ({"exp": -600}, 401), ({"iat": 30}, 200), ({"iat": 600}, 401), ({"nbf": 600}, 401),
        ({"exp": 86_400}, 401), ({"exp": None}, 401), ({"jti": None}, 401), ({"aud": "https://other.example"}, 401),
        ({"aud": None}, 401), ({"iss": "somebody"}, 401), ({"exp": "soon"}, 401), ({"exp": True}, 401), ({"jti": 7}, 401),
    ],
)  # fmt: skip
def test_clocks_may_run_apart_by_a_minute(keyed, key, change, status):
    now = int(time.time())
    told = {
        name: now + value if type(value) is int and name in ("exp", "iat", "nbf") else value
        for name, value in change.items()
    }
    assert ask(keyed, assertion(keyed, key, **told)).status_code == status


def test_algorithm_confusion_and_none_are_refused(keyed, key):
    import hashlib
    import hmac

    def part(told):
        return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()

    now = int(time.time())
    body = part(
        {
            "iss": keyed.client_id,
            "sub": keyed.client_id,
            "aud": "http://testserver",
            "jti": "j",
            "exp": now + 60,
        }
    )
    none = f"{part({'alg': 'none'})}.{body}."
    assert ask(keyed, none).status_code == 401
    public = key.as_pem(private=False)
    for secret in (public, public.strip(), json.dumps(key.as_dict(private=False)).encode()):
        head = f"{part({'alg': 'HS256', 'kid': 'v1'})}.{body}"
        mac = (
            base64.urlsafe_b64encode(hmac.digest(secret, head.encode(), hashlib.sha256)).rstrip(b"=").decode()
        )
        assert ask(keyed, f"{head}.{mac}").status_code == 401
    for bad in ("", "a.b.c", "..", "x", "é.é.é", f"{body}.{body}.{body}"):
        assert ask(keyed, bad).status_code in (400, 401)


def test_another_clients_key_is_refused(keyed, key):
    from joserfc.jwk import RSAKey

    assert (
        ask(keyed, assertion(keyed, RSAKey.generate_key(2048, parameters={"kid": "v1"}))).status_code == 401
    )


def test_a_client_keeps_to_its_registered_way(base, vendor, keyed):
    app = vendor(**MACHINE)
    posted = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.secret}
    answer = base.client().post("/openid/token/", posted)
    assert answer.status_code == 401 and "registered" in answer.json()["error_description"]
    by_form = vendor(token_auth="client_secret_post", **MACHINE)
    posted |= {"client_id": by_form.client_id, "client_secret": by_form.secret}
    assert base.client().post("/openid/token/", posted).status_code == 200
    twice = base.client().post("/openid/token/", posted, HTTP_AUTHORIZATION=basic(app.client_id, app.secret))
    assert twice.status_code == 400 and twice.json()["error"] == "invalid_request"
    in_address = base.client().post(f"/openid/token/?client_secret={by_form.secret}", posted)
    assert in_address.status_code == 400


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic //8=",
        "Bearer x",
        "Basic AAA6",
    ],
)
def test_a_header_that_cannot_be_read_is_a_401(base, header):
    answer = base.client().post(
        "/openid/token/", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=header
    )
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    assert answer["WWW-Authenticate"] and answer["Cache-Control"] == "no-store"


def test_a_client_switched_off_or_with_a_wrong_secret_gets_nothing(vendor):
    app = vendor(**MACHINE)
    told = {"grant_type": "client_credentials", "scope": "grades.read"}
    made = app.post("token", told).json()
    assert (
        made["scope"] == "grades.read" and "refresh_token" not in made and app.is_live(made["access_token"])
    )
    assert app.post("token", {**told, "scope": "profile"}).json()["error"] == "invalid_scope"
    secret, app.secret = app.secret, "x" * 43
    assert app.post("token", told).status_code == 401
    app.secret = secret
    # The registration that this process still remembers is no right.
    from jizuo.hubs.identity.models import App

    App.objects.filter(pk=app.client_id).update(is_active=False)
    assert app.post("token", told).status_code == 401


def test_a_fetch_of_keys_that_fails_takes_none_away(vendor, key, open_hosts):
    """Whoever knows the client's name can bring a fetch about by a bad signature."""
    from jizuo.hubs.identity.protocols.openid import clients

    shown = [json.dumps({"keys": [key.as_dict(private=False)]}).encode()]

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if shown else 500)
            self.end_headers()
            self.wfile.write(shown[0] if shown else b"")

        def log_message(self, *_told):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    open_hosts("127.0.0.1")
    at = f"http://127.0.0.1:{server.server_port}/jwks"
    app = vendor(token_auth="private_key_jwt", jwks_uri=at, **MACHINE)
    assert ask(app, assertion(app, key)).status_code == 200
    shown.clear()
    fetched_at, held = clients._fetched[at]
    clients._fetched[at] = (fetched_at - clients.JWKS_PAUSE - 1, held)
    bad = assertion(app, key)
    assert ask(app, bad[:-6] + "AAAAAA").status_code == 401
    assert ask(app, assertion(app, key)).status_code == 200
    server.shutdown()
