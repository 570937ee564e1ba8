"""Datasets made from published standards, as a process keeps them until the catalogue moves on.

A standard is known under its name by its newest version whose table stands; an older major version, whose rows are in
a table of their own, under its name with ``@`` and the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

from jizuo.ground import acting, catalogue_state
from jizuo.ground.plans import columns_of
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.standards import Body, Element
from jizuo.plain import typed

READ = """
select v.name, v.major, v.minor, v.body::text, m."table", m.columns::text
from standard_version v join made_table m on m.standard = v.name and m.major = v.major
where v.state <> 'draft' and coalesce(v.effective_on, %(today)s) <= %(today)s
  and (v.until_on is null or v.until_on > %(today)s)
order by v.name, v.major desc, v.minor desc
"""

_kept: tuple[str, date | None, dict[str, Dataset]] = ("", None, {})


def current() -> Mapping[str, Dataset]:
    """Every made dataset in force today, by name."""
    global _kept
    state, today = catalogue_state.seen(), acting.today()
    if (state, today) != _kept[:2]:
        _kept = (state, today, read(today) if state else {})
    return _kept[2]


def read(today: date) -> dict[str, Dataset]:
    """The made datasets as the base has them now."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"today": today})
        rows = cursor.fetchall()
    found: dict[str, Dataset] = {}
    seen: set[tuple[str, int]] = set()
    for name, major, minor, body_text, table, columns_text in rows:
        body = typed.from_json(body_text, Body)
        columns = columns_of(columns_text)
        # Until the builder is done with a version, the one before it goes on.
        if (name, major) in seen or any(one.key not in columns for one in body.elements):
            continue
        seen.add((name, major))
        known_as = name if name not in found else f"{name}@{major}"
        found[known_as] = dataset_of(body, known_as, f"{major}.{minor}", table, major)
    return found


def dataset_of(body: Body, name: str, version: str, table: str, major: int) -> Dataset:
    """The dataset of one published version."""
    from jizuo.hubs.data.rules.standards import field_of

    return Dataset(
        name=name,
        title=body.title if "@" not in name else f"{body.title} {version}",
        english=body.english or body.name,
        table=table,
        wall="unit",
        is_master=body.is_master,
        version=version,
        room="standards",
        fields={one.key: field_of(one) for one in body.elements},
        label=label_of(body),
        key=body.key,
        made=(body.name, major),
        known_to=body.known_to,
        cycle=body.cycle,
    )


def label_of(body: Body) -> str:
    """SQL over alias ``t`` that calls a record by the element its standard names, else by what its key says."""
    named = [body.element(key) for key in ((body.label,) if body.label else body.key)]
    parts = [word_of(one) for one in named if one is not None]
    return f"concat_ws(' ', {', '.join(parts)})" if parts else "''"


def word_of(one: Element) -> str:
    """SQL over alias ``t`` of one element in words: a person or class as its own dataset calls it, within the wall."""
    column = f't."{one.key}"'
    other = datasets.shipped().get(one.type) if one.type in ("person", "org") else None
    if other is None:
        return f"{column}::text"
    return f'(select r.word from (select t.id, {other.label} as word from "{other.table}" t) r where r.id = {column})'
