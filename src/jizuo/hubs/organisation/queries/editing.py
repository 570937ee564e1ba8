"""What of a person an office may type over, and what others hold already: the form of one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import codes, datasets, owners
from jizuo.hubs.data.queries.corrections import plain, values_now
from jizuo.hubs.data.queries.held import already_held
from jizuo.hubs.data.rules import corrections as rules
from jizuo.hubs.organisation import masks
from jizuo.hubs.organisation.queries.family import in_words
from jizuo.hubs.organisation.queries.people import TOLD_ONCE, reachable
from jizuo.hubs.organisation.subjects import FIXED

EDITORS = frozenset({scopes.CLERK})


class Editable(msgspec.Struct, frozen=True):
    """One field. value: as it is typed (a code's name, 是 or 否); choices: names of its code table where they are few;
    holder: who holds it already, '' where it may be typed here; since: when the holder first said it; source: in whose
    name it is written."""

    dataset: str
    key: str
    title: str
    value: str
    choices: list[str]
    holder: str
    since: datetime | None
    source: str

    @property
    def name(self) -> str:
        """The name of its field in a form."""
        return f"{self.dataset}.{self.key}"


class EditView(msgspec.Struct, frozen=True):
    """A person as the office may write her. fields: in the order of the standards."""

    affiliation_id: UUID
    person_id: UUID
    unit_no: int
    role: str
    name: str
    fields: list[Editable]


MOST_CHOICES = 40


@source(title="一个人可填的资料", roles=EDITORS, reach=PAGE)
def edit_view(*, affiliation_id: UUID) -> EditView:
    """Every field of a person in reach that her office sees: to be typed, or held by its source of record and not asked
    for again. Raises NotFound for who is out of reach or has left."""
    person_id = reachable(affiliation_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, role, name from affiliation where id = %s and end_on is null", [affiliation_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这个人"), fix=_("可能已经离开"))
    unit_no, role, name = row
    records = {"person": person_id, "affiliation": affiliation_id, role: affiliation_id}
    now = values_now(list(records.items()))
    known = owners.known_sources()
    fields: list[Editable] = []
    for dataset, record_id in records.items():
        standard = datasets.get(dataset)
        held = (
            already_held(dataset=dataset, record_id=record_id, unit_no=unit_no) if standard.is_master else {}
        )
        for key, field in standard.fields.items():
            if not may_be_typed(dataset, key, field, scopes.current().role):
                continue
            holder, owner = held.get(key), owners.owner_of(dataset, key, unit_no)
            is_own = owner in known and known[owner].kind in rules.MENDED_HERE
            value = typed(field, now.get((dataset, record_id), {}).get(key))
            is_free = is_own or holder is None
            fields.append(
                Editable(
                    dataset, key, field.word_of(role), value, choices(field, value),
                    "" if holder is None or is_free else holder.source_title,
                    None if holder is None or is_free else holder.since, owner if is_own else rules.SCHOOL,
                )
            )  # fmt: skip
    shown = {
        one.key
        for one in fields
        if one.value and datasets.get(one.dataset).fields[one.key].grade >= datasets.PERSONAL
    }
    audit.disclose(shown, [person_id], 1)
    return EditView(affiliation_id, person_id, unit_no, role, name, fields)


def may_be_typed(dataset: str, key: str, field: datasets.Field, role: str) -> bool:
    """True for a field that the role sees in clear and that no flow of its own moves."""
    return (
        key not in FIXED
        and field.is_claimed
        and masks.is_open(field, role)
        and not (dataset == "affiliation" and key in TOLD_ONCE | {"is_present"})
        and not field.db_type.endswith("[]")
    )


def typed(field: datasets.Field, value: Any) -> str:
    """A stored value as a person would type it."""
    return in_words(field, value) if field.code_table or isinstance(value, bool) else plain(value)


def choices(field: datasets.Field, value: str) -> list[str]:
    """The words to choose from, what stands there among them; none where they are too many, or the field takes any
    text."""
    if field.db_type == "boolean":
        return [_("是"), _("否")]
    if not field.code_table:
        return []
    names = [code.name for code in codes.tables()[field.code_table]]
    if len(names) > MOST_CHOICES:
        return []
    return names if not value or value in names else [value, *names]
