"""Which values a role's duty opens, and how the rest is shown.

A field's grade says how harmful it is, its purpose what it was collected for; a role sees in clear what serves
its duty. The duties are registered with the data hub, whose `masking` decides for every door. Document numbers are
never open: they show their last four and are revealed one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from jizuo.ground import scope as scopes
from jizuo.hubs.data import masking
from jizuo.hubs.data.datasets import Field

ROSTER, CONTACT, SAFETY, SCHOOL_ROLL, STAFF = "roster", "contact", "safety", "school_roll", "staff"
PURPOSES = {
    ROSTER: _("名册"),
    CONTACT: _("联系"),
    SAFETY: _("安全"),
    SCHOOL_ROLL: _("学籍"),
    STAFF: _("人事"),
}
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
MASK = masking.MASK

masking.register_duties(OPEN, PURPOSES)


def is_open(field: Field, role: str) -> bool:
    """True when `role` sees values of `field` in clear."""
    return masking.is_open(field, masking.lens_of(role))


def shown_as(field: Field, role: str) -> str:
    """How a person's page shows `role` a value of `field`; what a door would leave out stands there as stars."""
    how = masking.decide(field, masking.lens_of(role))
    return masking.STARS if how == masking.NOTHING else how


def masked(field: Field, value: str) -> str:
    """What stands for a value that is not open: the ends of a phone, the year of a birthday, the first character of a
    name, else nothing of it."""
    how = masking.masked_as(field)
    return masking.shown(masking.STARS if how == masking.NOTHING else how, value)


def opens_phones(role: str) -> bool:
    """True when a list may show phones in clear to `role`."""
    return CONTACT in masking.purposes_of(role)
