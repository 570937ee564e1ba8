"""An authenticator in Python that speaks WebAuthn Level 3: real keys, real signatures, and faults on request."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

ORIGIN = "http://localhost"
UP, UV, BE, AT = 0x01, 0x04, 0x08, 0x40


@dataclass
class Authenticator:
    """One device with one passkey. count: what it says next; 0 for one that does not count."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = UP | UV
    count: int = 0
    handle: bytes = b""
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {
            "type": f"webauthn.{kind}",
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(told).encode()

    def _told(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.credential_id),
                "rawId": websafe_encode(self.credential_id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: websafe_encode(value) for name, value in response.items()},
            }
        )

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a creation challenge."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = (
            hashlib.sha256(self.rp_id.encode()).digest()
            + struct.pack(">BI", self.flags | AT, self.count)
            + bytes(16)
            + struct.pack(">H", len(self.credential_id))
            + self.credential_id
            + public
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._told(
            clientDataJSON=self._client_data("create", asked["challenge"]), attestationObject=attestation
        )

    def answer(self, options: dict[str, Any], *, handle: bytes | None = None, signs: bytes = b"") -> str:
        """The answer to a request challenge. signs: sign this instead of what was asked."""
        asked = options["publicKey"]
        if self.count:
            self.count += 1
        data = hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", self.flags, self.count)
        client = self._client_data("get", asked["challenge"])
        signature = self.key.sign(signs or data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._told(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle if handle is None else handle,
        )


def add_to(client: Any, device: Authenticator, name: str = "办公室电脑") -> Any:
    """Register the device's passkey with the signed-in client; returns the answer of the page."""
    options = client.post("/me/passkeys/options/").json()
    return client.post("/me/passkeys/add/", {"name": name, "answer": device.make(options)})


def sign_in_with(client: Any, device: Authenticator, **more: Any) -> Any:
    """Sign in with the device's passkey; returns the answer of the page."""
    options = client.post("/sign-in/options/").json()
    return client.post("/sign-in/?by=passkey", {"answer": device.answer(options), **more})
