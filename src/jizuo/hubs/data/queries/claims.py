"""Who says what of a record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground.doors import INNER, source
from jizuo.hubs.data import datasets


class Said(msgspec.Struct, frozen=True):
    """What one source says of one field of a record."""

    field: str
    title: str
    source: str
    value: Any
    said_at: Any


@source(title="谁说了什么", reach=INNER)
def claims_of(*, dataset: str, record_id: UUID) -> list[Said]:
    """Every visible claim on a record, by field and source."""
    known = datasets.get(dataset)
    with connection.cursor() as cursor:
        cursor.execute(
            "select source, fields::text, said_at from claim where dataset = %s and record_id = %s order by source",
            [dataset, record_id],
        )
        return [
            Said(key, known.fields[key].title, source_, value, said_at)
            for source_, fields, said_at in cursor.fetchall()
            for key, value in msgspec.json.decode(fields).items()
            if key in known.fields
        ]
