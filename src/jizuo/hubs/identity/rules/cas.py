"""Which service addresses CAS tickets may go to.

An entry of an application is a whole address, compared letter by letter, or ends in ``/*`` and lets every address
below that folder in: never another scheme, host or port, and no path that leaves the folder again.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from jizuo.hubs.identity.rules.addresses import is_address

BELOW = "/*"
#: Addresses deeper than this match letter by letter only.
MOST_FOLDERS = 20
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_UNREADABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")


def is_service(address: str) -> bool:
    """Whether a ticket may be sent to an address at all, by its form: http or https, a plain host, no fragment, no name
    before the host."""
    if not is_address(address) or _UNREADABLE.search(address):
        return False
    parts = urlsplit(address)
    is_plain = address.startswith((f"http://{parts.netloc}", f"https://{parts.netloc}"))
    return is_plain and bool(_HOST.fullmatch(parts.netloc))


def is_entry(text: str) -> bool:
    """Whether a service may be registered so: an address, or a folder with ``/*`` at the end of its path."""
    address = text[: -len(BELOW)] + "/" if text.endswith(BELOW) else text
    if "*" in address or not is_service(address) or "," in urlsplit(address).netloc:
        return False
    return address is text or (not urlsplit(address).query and is_straight(urlsplit(address).path))


def is_straight(path: str) -> bool:
    """Whether a path stays below each of its folders for whoever reads it: no step up, no separator in disguise."""
    known, before = path, ""
    while known != before:
        known, before = unquote(known), known
    pieces = known.split("/")
    return (
        "\\" not in known
        and not any(piece.partition(";")[0] in (".", "..") for piece in pieces)
        and known.count("/") == path.count("/")
        and "//" not in known
    )


def entries_of(service: str) -> list[str]:
    """Every entry that lets this address in, the narrowest first; empty for one that no ticket may go to."""
    if not is_service(service):
        return []
    found = [service] if "*" not in service else []
    parts = urlsplit(service)
    if not parts.path.startswith("/") or not is_straight(parts.path):
        return found
    folders = parts.path.split("/")[1:-1]
    if len(folders) <= MOST_FOLDERS:
        root = f"{parts.scheme}://{parts.netloc}"
        found += ["/".join([root, *folders[:count]]) + BELOW for count in range(len(folders), -1, -1)]
    return found
