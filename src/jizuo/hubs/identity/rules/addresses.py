"""Which addresses an answer may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST_URI = 500


def is_address(uri: str) -> bool:
    """Whether answers may be sent to an address: whole, without a fragment (RFC 6749 section 3.1.2), and no scheme that
    a browser runs. A native application may have a scheme of its own, with a dot (RFC 8252 section 7.1)."""
    try:
        parts = urlsplit(uri)
        _port = parts.port
    except ValueError:
        return False
    if len(uri) > LONGEST_URI or "#" in uri or any(sign <= " " or sign in '"<>\\^`{|}' for sign in uri):
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname) and not parts.username and not parts.password
    return "." in parts.scheme and bool(parts.path or parts.netloc)
