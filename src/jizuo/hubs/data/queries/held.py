"""What is held already and by whom: forms and imports show it and do not ask again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.hubs.data import datasets, owners


class AlreadyHeld(msgspec.Struct, frozen=True):
    """A field its source of record has spoken of. source: its name, source_title in words; records: how many (1 for one
    record); since: when it was first said, of many records the latest of them."""

    field: str
    title: str
    source: str
    source_title: str
    records: int
    since: datetime


@source(title="已有的数据", roles=scopes.STAFF_ROLES)
def already_held(
    *, dataset: str, record_id: UUID | None = None, unit_no: int | None = None, fields: Sequence[str] = ()
) -> dict[str, AlreadyHeld]:
    """field -> who holds it, of the fields (default all of the dataset) whose source of record has spoken: of one record,
    or of any record of a unit (default the acting unit). Reads claims only, no values. Raises KeyError for no dataset."""
    known = datasets.get(dataset)
    unit = scopes.current().unit_no if unit_no is None else unit_no
    ownership = owners.of(dataset)
    wanted = {name: ownership.owner(name, unit) for name in fields or known.fields if name in known.fields}
    by_owner: dict[str, list[str]] = {}
    for name, owner in wanted.items():
        if owner:
            by_owner.setdefault(owner, []).append(name)
    if not by_owner:
        return {}
    pairs = [(owner, name) for owner, names in by_owner.items() for name in names]
    test = "c.record_id = %(record)s" if record_id else "c.unit_no = %(unit)s"
    given: dict[str, Any] = {
        "record": record_id, "unit": unit, "dataset": dataset,
        "owners": [owner for owner, _name in pairs], "names": [name for _owner, name in pairs],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.name, count(*), max(c.said_at) from unnest(%(owners)s::text[], %(names)s::text[]) as w(owner, name)"
            f" join claim c on c.dataset = %(dataset)s and {test} and c.source = w.owner and c.fields ? w.name group by 1",
            given,
        )
        rows = cursor.fetchall()
    sources = owners.known_sources()
    found = {}
    for name, records, since in rows:
        owner = wanted[name]
        title = sources[owner].word if owner in sources else owner
        found[name] = AlreadyHeld(name, known.fields[name].word, owner, title, records, since)
    return found
