"""The word that a sign-in of the plain recipe has ended, signed with a key of that sign-in."""

from __future__ import annotations

import hmac

from jizuo.ground import keys
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.app_sign_ons import Ending, NotTold
from jizuo.hubs.identity.actions.tokens import fresh
from jizuo.hubs.identity.protocols import outgoing

EVENT = "signed_out"


def key_of(client_id: str, session: str) -> str:
    """The key of one sign-in, 64 hex digits: handed over with the answer about the person, made anew when it is needed,
    kept nowhere."""
    key = keys.ring().derive(keys.Purpose.WEB)
    return hmac.digest(key, f"plain.end\n{client_id}\n{session}".encode(), "sha256").hex()


def signature(end_key: str, fields: dict[str, str]) -> str:
    """HMAC-SHA256 in hex over the values of app_id, event, session, timestamp and nonce, a line feed between them; the key
    is the text of `end_key` as it was handed over."""
    text = "\n".join(fields[name] for name in ("app_id", "event", "session", "timestamp", "nonce"))
    return hmac.digest(end_key.encode(), text.encode(), "sha256").hex()


def tell(ending: Ending) -> str:
    """Post the word to the application's address for it; raises NotTold for whatever is no 2xx. timestamp: seconds since
    1970."""
    said = {
        "app_id": ending.client_id,
        "event": EVENT,
        "session": ending.handle,
        "timestamp": str(int(entry.now().timestamp())),
        "nonce": fresh(),
    }
    sign = signature(key_of(ending.client_id, ending.handle), said)
    try:
        status = outgoing.post_form(ending.address, {**said, "sign": sign})
    except outgoing.Unreached as fault:
        raise NotTold(fault.code) from None
    if not 200 <= status < 300:
        raise NotTold(f"status {status}")
    return f"status {status}"
