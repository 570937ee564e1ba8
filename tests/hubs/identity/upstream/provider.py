"""One local server that speaks what the providers publish, strictly, written apart from the adapters.

Whoever is to be signed in stands in `person`; the browser's part is `visit`: it takes the address the adapter sends the
browser to, checks it as the provider would, and gives the address that the browser comes back to. Codes and tickets
count once and for their own redirect address. `twist(claims)` may spoil an ID token before it is signed. OpenID people
prove themselves at each visit; with `signed_in_at` (seconds since 1970) set they are signed in there since then, and
are asked again only for `prompt=login` or a `max_age` that is over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "jizuo-test", "s3cret/with:odd&signs 和"
OFFICIAL, OFFICIAL_SECRET = "wxofficial01", "official-secret"


class Provider:
    def __init__(self):
        self.codes, self.calls, self.tokens, self.backs = {}, [], {}, set()
        self.person = {"sub": "person-1", "name": "陆晓岚"}
        self.wechat = {"openid": "o-website", "official_openid": "o-official", "unionid": "u-1"}
        self.member = {"userid": "luxiaolan", "mobile": ""}
        self.ding = {
            "unionId": "ding-u-1",
            "openId": "ding-o",
            "nick": "陆晓岚",
            "mobile": "",
            "stateCode": "86",
        }
        self.keys = {"one": ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})}
        self.signing, self.algorithm = "one", "ES256"
        self.twist, self.metadata, self.header = lambda claims: None, {}, {}
        self.userinfo_sub, self.sign_with, self.signed_in_at = None, None, None
        # RFC 6749, 2.3.1; providers that take the parts of Basic as they stand exist.
        self.read_basic = unquote
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer("GET", b"")

            def do_POST(self):
                self.answer("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def answer(self, method, body):
                parts = urlsplit(self.path)
                with outer.lock:
                    outer.calls.append(parts.path)
                    route = outer.routes().get((method, parts.path))
                    pairs = parse_qsl(parts.query, keep_blank_values=True)
                    status, told = (
                        route(dict(pairs), body, self.headers) if route else (404, b"<html>not here</html>")
                    )
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def routes(self):
        return {
            ("GET", "/.well-known/openid-configuration"): self.discovery,
            ("GET", "/jwks"): lambda q, b, h: (
                200,
                {"keys": [key.as_dict(private=False) for key in self.keys.values()]},
            ),
            ("POST", "/token"): self.token,
            ("GET", "/userinfo"): self.userinfo,
            ("GET", "/cas/p3/serviceValidate"): self.validate,
            ("GET", "/sns/oauth2/access_token"): self.sns_token,
            ("GET", "/sns/userinfo"): self.sns_userinfo,
            ("GET", "/cgi-bin/gettoken"): self.gettoken,
            ("GET", "/cgi-bin/auth/getuserinfo"): self.getuserinfo,
            ("POST", "/cgi-bin/auth/getuserdetail"): self.getuserdetail,
            ("POST", "/v1.0/oauth2/userAccessToken"): self.user_token,
            ("GET", "/v1.0/contact/users/me"): self.users_me,
        }

    # The browser at the provider's own pages.

    def visit(self, address, *, code_life=60, **more):
        """Where the browser comes back to after the person agreed at `address`."""
        parts = urlsplit(address)
        asked = {name: told[0] for name, told in parse_qs(parts.query).items()}
        kind = {
            "/authorize": self._visit_oidc, "/cas/login": self._visit_cas, "/connect/qrconnect": self._visit_qr,
            "/connect/oauth2/authorize": self._visit_official, "/wwlogin/sso/login": self._visit_wecom,
            "/oauth2/auth": self._visit_ding,
        }[parts.path]  # fmt: skip
        back, given, note = kind(asked, parts)
        note |= {"until": time.time() + code_life, "back": back}
        code = next(iter(given.values()))
        self.codes[code] = note
        given |= {"state": asked["state"]} if "state" in asked else {}
        given |= more
        return f"{back}{'&' if '?' in back else '?'}{urlencode(given)}"

    def _visit_oidc(self, asked, parts):
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) >= 16 and len(asked["state"]) >= 16
        now, since = int(time.time()), self.signed_in_at
        is_over = since is None or now - since > float(asked.get("max_age", "inf"))
        proved_at = now if is_over or asked.get("prompt") == "login" else int(since)
        note = {"nonce": asked["nonce"], "challenge": asked["code_challenge"], "auth_time": proved_at}
        more = (
            {"iss": self.url} if self.metadata.get("authorization_response_iss_parameter_supported") else {}
        )
        return asked["redirect_uri"], {"code": secrets.token_urlsafe(16), **more}, note

    def _visit_cas(self, asked, parts):
        is_asked = self.signed_in_at is None or asked.get("renew") == "true"
        return asked["service"], {"ticket": f"ST-{secrets.token_urlsafe(20)}"}, {"is_asked": is_asked}

    def _visit_qr(self, asked, parts):
        assert parts.fragment == "wechat_redirect" and asked["scope"] == "snsapi_login"
        assert list(asked) == ["appid", "redirect_uri", "response_type", "scope", "state"]
        return (
            asked["redirect_uri"],
            {"code": secrets.token_hex(16)},
            {"app": asked["appid"], "scope": "snsapi_login"},
        )

    def _visit_official(self, asked, parts):
        assert parts.fragment == "wechat_redirect" and len(asked["state"]) <= 128
        if asked["appid"] == CLIENT:
            assert asked["agentid"] and asked["scope"] in ("snsapi_base", "snsapi_privateinfo")
            return asked["redirect_uri"], {"code": secrets.token_hex(16)}, {"scope": asked["scope"]}
        assert asked["scope"] == "snsapi_base"
        return (
            asked["redirect_uri"],
            {"code": secrets.token_hex(16)},
            {"app": asked["appid"], "scope": "snsapi_base"},
        )

    def _visit_wecom(self, asked, parts):
        assert asked["login_type"] == "CorpApp" and asked["appid"] == CLIENT and asked["agentid"]
        return asked["redirect_uri"], {"code": secrets.token_hex(16)}, {"scope": ""}

    def _visit_ding(self, asked, parts):
        assert (
            asked["response_type"] == "code" and asked["prompt"] == "consent" and asked["scope"] == "openid"
        )
        return asked["redirect_uri"], {"authCode": secrets.token_hex(16)}, {"app": asked["client_id"]}

    def take(self, code):
        """The note of a code: once, and in time."""
        note = self.codes.pop(code, None)
        return note if note and note["until"] > time.time() else None

    # OpenID Connect.

    def discovery(self, query, body, headers):
        return 200, {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks", "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/logout", "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"], **self.metadata,
        }  # fmt: skip

    def token(self, query, body, headers):
        form = dict(parse_qsl(body.decode()))
        way, _space, basic = headers.get("Authorization", "").partition(" ")
        name, _colon, secret = base64.b64decode(basic).decode().partition(":")
        given = (self.read_basic(name), self.read_basic(secret))
        if way != "Basic" and "client_secret_post" in self.metadata.get(
            "token_endpoint_auth_methods_supported", ()
        ):
            given = (form.get("client_id"), form.get("client_secret"))
        elif way != "Basic" or "client_secret" in form:
            return 401, {"error": "invalid_client"}
        if given != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        note = self.take(form.get("code", ""))
        made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        if note is None or note["back"] != form.get("redirect_uri") or note["challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(24)
        self.tokens[access] = True
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 300,
            "auth_time": note["auth_time"],
            "nonce": note["nonce"], "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), **self.person,
        }  # fmt: skip
        self.twist(claims)
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims, typ="JWT"):
        key = self.sign_with or self.keys[self.signing]
        head = {"alg": self.algorithm, "kid": self.signing, "typ": typ, **self.header}
        return jwt.encode(head, claims, key, algorithms=[self.algorithm])

    def logout_token(self, **claims):
        told = {
            "iss": self.url, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 120,
            "jti": secrets.token_hex(8), "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **claims,
        }  # fmt: skip
        return self.signed({name: value for name, value in told.items() if value is not None}, "logout+jwt")

    def userinfo(self, query, body, headers):
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": "invalid_token"}
        return 200, {**self.person, "sub": self.userinfo_sub or self.person["sub"]}

    # CAS.

    def validate(self, query, body, headers):
        note = self.take(query.get("ticket", ""))
        is_json = query.get("format") == "JSON"
        fault = (
            "INVALID_TICKET"
            if note is None or (query.get("renew") == "true" and not note["is_asked"])
            else "INVALID_SERVICE"
            if note["back"] != query.get("service")
            else ""
        )
        if fault and is_json:
            return 200, {"serviceResponse": {"authenticationFailure": {"code": fault, "description": "no"}}}
        head = b'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
        if fault:
            return 200, head + (
                f'<cas:authenticationFailure code="{fault}">no</cas:authenticationFailure></cas:serviceResponse>'
            ).encode()
        told = {name: value for name, value in self.person.items() if name != "sub"}
        if is_json:
            good = {"user": self.person["sub"], "attributes": told}
            return 200, {"serviceResponse": {"authenticationSuccess": good}}
        inner = "".join(f"<cas:{name}>{escape(str(value))}</cas:{name}>" for name, value in told.items())
        return 200, head + (
            f"<cas:authenticationSuccess><cas:user>{escape(self.person['sub'])}</cas:user><cas:attributes>{inner}"
            "</cas:attributes></cas:authenticationSuccess></cas:serviceResponse>"
        ).encode()

    # WeChat.

    def sns_token(self, query, body, headers):
        apps = {CLIENT: SECRET, OFFICIAL: OFFICIAL_SECRET}
        if query.get("appid") not in apps:
            return 200, {"errcode": 40013, "errmsg": "invalid appid"}
        if query.get("secret") != apps[query["appid"]]:
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("grant_type") != "authorization_code":
            return 200, {"errcode": 40002, "errmsg": "invalid grant_type"}
        code = query.get("code", "")
        note = self.codes.get(code)
        if note is None or note.get("app") != query["appid"]:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        if note.get("used"):
            return 200, {"errcode": 40163, "errmsg": "code been used"}
        if note["until"] < time.time():
            return 200, {"errcode": 42003, "errmsg": "code expired"}
        note["used"] = True
        openid = self.wechat["openid" if query["appid"] == CLIENT else "official_openid"]
        access = secrets.token_urlsafe(24)
        self.tokens[access] = openid
        union = {"unionid": self.wechat["unionid"]} if self.wechat["unionid"] else {}
        return 200, {
            "access_token": access, "expires_in": 7200, "refresh_token": "r", "openid": openid, "scope": note["scope"],
            **union,
        }  # fmt: skip

    def sns_userinfo(self, query, body, headers):
        if self.tokens.get(query.get("access_token")) != query.get("openid"):
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        return 200, {"openid": query["openid"], "nickname": "岚", "unionid": self.wechat["unionid"]}

    # WeCom.

    def gettoken(self, query, body, headers):
        if query.get("corpid") != CLIENT:
            return 200, {"errcode": 40013, "errmsg": "invalid corpid"}
        if query.get("corpsecret") != SECRET:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens["corp"] = secrets.token_urlsafe(24)
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": self.tokens["corp"], "expires_in": 7200}

    def getuserinfo(self, query, body, headers):
        if query.get("access_token") != self.tokens.get("corp"):
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        note = self.take(query.get("code", ""))
        if note is None:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        told = {"errcode": 0, "errmsg": "ok"}
        if not self.member["userid"]:
            return 200, told | {"openid": "visitor"}
        ticket = {"user_ticket": "ticket-1"} if note["scope"] == "snsapi_privateinfo" else {}
        return 200, told | {"userid": self.member["userid"]} | ticket

    def getuserdetail(self, query, body, headers):
        if query.get("access_token") != self.tokens.get("corp"):
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        if json.loads(body) != {"user_ticket": "ticket-1"}:
            return 200, {"errcode": 40110, "errmsg": "invalid user_ticket"}
        return 200, {"errcode": 0, "errmsg": "ok", **self.member}

    # DingTalk.

    def user_token(self, query, body, headers):
        told = json.loads(body)
        if told.get("clientId") != CLIENT or told.get("clientSecret") != SECRET:
            return 400, {"code": "invalidClientIdOrSecret", "message": "no"}
        if told.get("grantType") != "authorization_code":
            return 400, {"code": "invalidParameter.grantType", "message": "no"}
        note = self.take(told.get("code", ""))
        if note is None:
            return 400, {"code": "invalidParameter.authCode.notFound", "message": "不合法的临时授权码"}
        access = secrets.token_urlsafe(24)
        self.tokens[access] = "ding"
        return 200, {"accessToken": access, "refreshToken": "r", "expireIn": 7200}

    def users_me(self, query, body, headers):
        if self.tokens.get(headers.get("x-acs-dingtalk-access-token")) != "ding":
            return 401, {"code": "InvalidAuthentication", "message": "no"}
        return 200, self.ding


def fresh_key(name):
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


def key_set(*keys):
    return KeySet(list(keys))


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.close()
