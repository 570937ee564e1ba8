"""What is odd about sign-ins. Pure decisions over counts; `actions.watching` counts and tells.

No place is looked up anywhere: far means a network that shares neither the first 16 bits of an IPv4 address nor the
first 32 of an IPv6 one. A school stands behind one address, and a family behind one tablet, so the limits are wide.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class What(StrEnum):
    """What somebody tried at the entrance."""

    SIGN_IN = "sign_in"
    FACTOR = "factor"
    STEP_UP = "step_up"
    ENDED = "ended"


class Outcome(StrEnum):
    """What came of it."""

    OK = "ok"
    WRONG = "wrong"
    LOCKED = "locked"
    SLOWED = "slowed"


class Kind(StrEnum):
    """What was odd."""

    SPRAY = "spray"
    NEW_DEVICE = "new_device"
    TWO_PLACES = "two_places"
    AWAKE = "awake"
    CROWD = "crowd"
    CODES = "codes"
    COUNT_BACK = "count_back"


SPRAY_NAMES, SPRAY_WITHIN = 20, timedelta(minutes=15)
PLACES_WITHIN = timedelta(minutes=10)
AWAKE_AFTER = timedelta(days=180)
CROWD_ACCOUNTS, CROWD_WITHIN = 7, timedelta(hours=24)
CODES_SENT, CODES_WITHIN = 20, timedelta(minutes=10)
KEPT = timedelta(days=180)
#: How long the same thing about the same one is not told again.
QUIET: dict[Kind, timedelta] = {
    Kind.SPRAY: timedelta(hours=1),
    Kind.NEW_DEVICE: KEPT,
    Kind.TWO_PLACES: timedelta(hours=1),
    Kind.AWAKE: timedelta(days=1),
    Kind.CROWD: timedelta(hours=24),
    Kind.CODES: timedelta(hours=1),
    Kind.COUNT_BACK: timedelta(minutes=1),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A sign-in that went well, with what was known before it.

    before: when the account was last seen, or first activated if never; None for neither. knows_device: it was signed in
    here before; has_past: anywhere. elsewhere: networks at which it signed in on other devices within `PLACES_WITHIN`.
    on_device: accounts that called this browser their own within `CROWD_WITHIN`, this one included.
    """

    is_admin: bool
    at: datetime
    network: str
    before: datetime | None = None
    knows_device: bool = False
    has_past: bool = False
    elsewhere: tuple[str, ...] = ()
    on_device: int = 0


def of_arrival(arrival: Arrival) -> list[Kind]:
    """What is odd about a sign-in that went well."""
    is_new_here = arrival.has_past and not arrival.knows_device
    tests = (
        (Kind.NEW_DEVICE, arrival.is_admin and is_new_here),
        (Kind.TWO_PLACES, is_new_here and any(is_far(one, arrival.network) for one in arrival.elsewhere)),
        (Kind.AWAKE, arrival.before is not None and arrival.at - arrival.before >= AWAKE_AFTER),
        (Kind.CROWD, arrival.on_device >= CROWD_ACCOUNTS),
    )
    return [kind for kind, is_odd in tests if is_odd]


def is_spray(failed_names: int, arrived: int) -> bool:
    """Many names failing at one address within `SPRAY_WITHIN`, and not because a school is signing in there: more fail
    than come in. failed_names: different accounts, and each try with a name that nobody has."""
    return failed_names >= SPRAY_NAMES and arrived < failed_names


def is_burst(targets: int) -> bool:
    """Codes asked for at one address for this many phones or mail addresses within `CODES_WITHIN`."""
    return targets >= CODES_SENT


def is_count_back(before: int, told: int) -> bool:
    """Whether a passkey's counter did not go on: two devices hold the key (WebAuthn Level 3, 7.2 step 22). A device that
    does not count says 0 always."""
    return (before > 0 or told > 0) and told <= before


def network_of(address: str) -> str:
    """The network of an address as it is kept and shown: /24 of IPv4, /48 of IPv6; empty when there is none."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def is_far(one: str, other: str) -> bool:
    """Whether two networks have nothing in common; False when one of them is not known. An IPv4 and an IPv6 network cannot
    be compared and count as near: one line often has both."""
    try:
        first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    except ValueError:
        return False
    if first.version != second.version:
        return False
    wide = 16 if first.version == 4 else 32
    return first.supernet(new_prefix=wide) != second.supernet(new_prefix=wide)
