"""A provider of OpenID Connect whose word is right but for the one thing that a test has it forge."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

SUB, NAME, OTHER = "a-subject-of-22-signs-x", "顾知夏", "https://other.example.cn"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
#: What can be forged in any signed token of ours.
TOKEN_LIES = ("signature", "no signature", "iss", "aud", "aud with our azp", "exp")
SIGN_IN_LIES = (
    *TOKEN_LIES, "nonce", "no nonce", "iss of the answer", "no iss of the answer", "state", "sub of userinfo",
)  # fmt: skip
LOGOUT_LIES = (*TOKEN_LIES, "events")


@dataclass
class Forger:
    """url: its issuer. lie: one of the words above, or empty for none. sid: of the sign-on that it speaks of."""

    url: str
    alg: str
    lie: str = ""
    sid: str = "a-sid"
    client_id: str = "outside-client"
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    #: code -> (nonce, challenge of the verifier)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turn()
        self.foreign = self._key()

    def turn(self) -> None:
        """Sign with a new key from now on and show no other."""
        self.kid = secrets.token_hex(4)
        self.key = self._key()

    def _key(self) -> Any:
        told = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if self.alg == "RS256":
            return RSAKey.generate_key(2048, told)
        return ECKey.generate_key("P-256", told)

    def token(self, typ: str, **claims: Any) -> str:
        """A signed token about SUB, forged as `lie` says."""
        said = {
            "iss": self.url, "aud": self.client_id, "sub": SUB, "sid": self.sid, "iat": int(time.time()),
            "exp": int(time.time()) + 120, **claims,
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "iss": {"iss": OTHER},
            "aud": {"aud": "other"},
            "aud with our azp": {"aud": ["other"], "azp": self.client_id},
            "exp": {"exp": int(time.time()) - 3600},
        }
        said |= lies.get(self.lie, {})
        header = {"alg": self.alg, "kid": self.kid, "typ": typ}
        if self.lie == "no signature":
            parts = ({**header, "alg": "none"}, said)
            return ".".join(coded(json.dumps(one).encode()) for one in parts) + "."
        key = self.foreign if self.lie == "signature" else self.key
        return jwt.encode(header, said, key, algorithms=[self.alg])

    def logout_token(self) -> str:
        events = {} if self.lie == "events" else {"events": {LOGOUT: {}}}
        return self.token("logout+jwt", jti=secrets.token_hex(8), **events)

    def discovery(self) -> dict[str, Any]:
        names = ("authorization", "token", "userinfo", "end_session")
        return {
            "issuer": self.url,
            **{f"{name}_endpoint": f"{self.url}/{name}" for name in names},
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [self.alg],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def answer(self, told: dict[str, str]) -> str:
        """Where an authorization request goes back to: everybody is signed in here."""
        code = secrets.token_hex(16)
        self.codes[code] = (told["nonce"], told["code_challenge"])
        said = {"code": code, "state": told["state"], "iss": self.url}
        said |= {"state": {"state": "other"}, "iss of the answer": {"iss": OTHER}}.get(self.lie, {})
        if self.lie == "no iss of the answer":
            del said["iss"]
        return told["redirect_uri"] + "?" + urlencode(said)

    def redeem(self, told: dict[str, str]) -> dict[str, Any] | None:
        """The tokens of a code; None without its verifier."""
        nonce, challenge = self.codes.pop(told["code"])
        if coded(hashlib.sha256(told["code_verifier"].encode()).digest()) != challenge:
            return None
        said = {"nonce": {"nonce": "other"}, "no nonce": {}}.get(self.lie, {"nonce": nonce})
        return {"access_token": "a-token", "token_type": "Bearer", "id_token": self.token("JWT", **said)}

    def userinfo(self) -> dict[str, str]:
        return {"sub": "other" if self.lie == "sub of userinfo" else SUB, "name": NAME}


def coded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@contextlib.contextmanager
def forger(alg: str) -> Iterator[Forger]:
    """A provider that signs with `alg`, on a port of its own."""
    held: list[Forger] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, told = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
            if path == "/authorization":
                self.send_response(302)
                self.send_header("Location", held[0].answer(told))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            pages = {
                "/.well-known/openid-configuration": held[0].discovery,
                "/jwks": lambda: {"keys": [held[0].key.as_dict(private=False)]},
                "/userinfo": held[0].userinfo,
            }
            self.say(pages[path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            assert self.path == "/token", self.path
            self.say(held[0].redeem(dict(parse_qsl(body))))

        def say(self, said: dict[str, Any] | None) -> None:
            body = json.dumps(said or {"error": "invalid_grant"}).encode()
            self.send_response(200 if said else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.append(Forger(f"http://127.0.0.1:{server.server_address[1]}", alg))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield held[0]
    finally:
        server.shutdown()
        server.server_close()
