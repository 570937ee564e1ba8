"""Which values a role's duty opens, and how the rest is shown.

A field's grade says how harmful it is, its purpose what it was collected for; a role sees in clear what serves
its duty. Document numbers are never open: they show their last four and are revealed one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

from jizuo.ground import scope as scopes
from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE, Field
from jizuo.plain import phones

ROSTER, CONTACT, SAFETY, SCHOOL_ROLL, STAFF = "roster", "contact", "safety", "school_roll", "staff"

#: Purposes open to a role. A teacher knows names; the homeroom teacher reaches her families and knows what a
#: child may not eat; the school's office keeps the roll; the district's stewards look after its correctness.
OPEN: Mapping[str, frozenset[str]] = {
    scopes.CLERK: frozenset({ROSTER, CONTACT, SAFETY, SCHOOL_ROLL, STAFF}),
    scopes.HEAD: frozenset({ROSTER, SCHOOL_ROLL, STAFF}),
    scopes.HOMEROOM_TEACHER: frozenset({ROSTER, CONTACT, SAFETY}),
    scopes.TEACHER: frozenset({ROSTER}),
    scopes.DISTRICT_ADMIN: frozenset({ROSTER, STAFF}),
    scopes.DISTRICT_STEWARD: frozenset({ROSTER, SCHOOL_ROLL, STAFF}),
}
MASK = "＊＊＊"


def is_open(field: Field, role: str) -> bool:
    """True when `role` sees values of `field` in clear."""
    if field.grade < PERSONAL:
        return True
    if field.kind == "sealed":
        return False
    return field.purpose in OPEN.get(role, frozenset()) if field.purpose else field.grade < SENSITIVE


def masked(field: Field, value: str) -> str:
    """What stands for a value that is not open: the ends of a phone, the year of a birthday, else nothing of it."""
    if not value:
        return ""
    if field.kind == "phone":
        return phones.mask(value)
    return f"{value[:4]}-{MASK}" if field.kind == "date" else MASK


def opens_phones(role: str) -> bool:
    """True when a list may show phones in clear to `role`."""
    return CONTACT in OPEN.get(role, frozenset())
