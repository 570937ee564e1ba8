"""The answers of a matter's form as people read them, what is not the reader's masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import asked, drawn
from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.forms.kinds import KINDS, Known
from jizuo.engines.matter.lines import Answer
from jizuo.engines.matter.seeing import Sight
from jizuo.engines.matter.writing import Case
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.packs import versions
from jizuo.hubs.data import codes, datasets, masking, naming
from jizuo.hubs.data.datasets import PERSONAL

PERSON_KINDS, ORG_KINDS = ("person", "people"), ("org", "orgs")
MOST_SHOWN = 200


def shown(case: Case, form: str, data: Mapping[str, Any], sight: Sight) -> list[Answer]:
    """The filled fields of a form in their order. Inside a door; at most two reads. What is given away unmasked of grade 3
    and up is disclosed."""
    try:
        fields = [one for one in asked.fields_of(asked.of_version(case.version_id, form)) if one.key in data]
    except KeyError:
        return []
    opened = {one.key for one in fields if is_open(one, case, form, sight)}
    names = _names(fields, data, opened)
    told = {one.key for one in fields if one.key in opened and one.grade >= PERSONAL}
    if told:
        about = [case.subject_id] if case.subject_id else []
        audit.disclose([f"{case.scene}.{key}" for key in sorted(told)], about)
    return [
        drawn_answer(one, data, case)
        if one.kind in ("columns", "sheet")
        else answer_of(one, data[one.key], names)
        if one.key in opened
        else Answer(one.key, one.word, "＊＊＊", True)
        for one in fields
    ]


def is_open(one: Asked, case: Case, form: str, sight: Sight) -> bool:
    """Whether the reader sees a field in clear: all of it in a matter that is hers to decide or her own, else what her duty
    or the scene opens to her."""
    if sight.is_open or one.grade < PERSONAL:
        return True
    told = versions.pack_of(case.version_id).part("forms").get(form)
    known = datasets.all_datasets().get(told.over) if told is not None and told.over else None
    if known is None or one.key not in known.fields:
        return False
    return one.key in sight.use.open.get(known.name, ()) or masking.is_open(
        known.fields[one.key], masking.lens_of(scopes.current().role)
    )


def _names(fields: list[Asked], data: Mapping[str, Any], opened: set[str]) -> dict[str, str]:
    """id -> name of the people and orgs in the answers that are shown."""
    people, orgs = set(), set()
    for one in fields:
        if one.key in opened:
            people |= _ids(data[one.key]) if one.kind in PERSON_KINDS else set()
            orgs |= _ids(data[one.key]) if one.kind in ORG_KINDS else set()
            for column in one.columns:
                some = {each for row in data[one.key] or () for each in _ids(row.get(column.key))}
                people |= some if column.kind in PERSON_KINDS else set()
                orgs |= some if column.kind in ORG_KINDS else set()
    found = {**naming.names_of("person", people), **naming.names_of("org", orgs)}
    return {str(key): name for key, name in found.items()}


def _ids(value: Any) -> set[UUID]:
    found = set()
    for one in value if isinstance(value, list | tuple) else [value]:
        try:
            found.add(UUID(str(one)))
        except ValueError:
            continue
    return found


def drawn_answer(one: Asked, data: Mapping[str, Any], case: Case) -> Answer:
    """Drawn columns by their titles, or the sheet filled by them."""
    columns = drawn.columns_of({**case.data.get("form", {}), **data}.get(one.field.of or "columns"))
    if one.kind == "columns":
        return Answer(
            one.key, one.word, "、".join(column.title for column in drawn.columns_of(data[one.key]))
        )
    rows = [row for row in data[one.key] or () if isinstance(row, Mapping)]
    cells = tuple(
        tuple(words_of(drawn.asked_column(column), row.get(column.key), {}) for column in columns)
        for row in rows[:MOST_SHOWN]
    )
    return Answer(
        one.key,
        one.word,
        _("%(n)s 行") % {"n": len(rows)},
        heads=tuple(each.title for each in columns),
        rows=cells,
    )


def answer_of(one: Asked, value: Any, names: Mapping[str, str]) -> Answer:
    """One answer in clear."""
    if one.kind == "table" and isinstance(value, list):
        heads = tuple(column.word for column in one.columns)
        rows = tuple(
            tuple(words_of(column, row.get(column.key), names) for column in one.columns)
            for row in value[:MOST_SHOWN]
        )
        return Answer(one.key, one.word, _("%(n)s 行") % {"n": len(value)}, heads=heads, rows=rows)
    if one.kind in asked.FILE_KINDS:
        files = tuple(
            (str(each["id"]), str(each.get("name", "")))
            for each in (value if isinstance(value, list) else [value])
            if isinstance(each, Mapping) and "id" in each
        )
        return Answer(one.key, one.word, "、".join(name for _id, name in files), files=files)
    return Answer(one.key, one.word, words_of(one, value, names))


def unit_names(numbers: list[Any]) -> list[str]:
    """The names of units in reach. Inside a door; one read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(nullif(short_name, ''), name) from unit where unit_no = any(%s) order by sort_key, unit_no",
            [[one for one in numbers if isinstance(one, int)]],
        )
        return [name for (name,) in cursor.fetchall()]


def words_of(one: Asked, value: Any, names: Mapping[str, str]) -> str:
    """A value as words: of a person or org its name, and a word for one who is not there any more."""
    if value in (None, "", [], {}):
        return ""
    if one.kind in ("unit", "units"):
        some = value if isinstance(value, list) else [value]
        return "、".join(unit_names(some))
    if one.kind in (*PERSON_KINDS, *ORG_KINDS):
        some = value if isinstance(value, list) else [value]
        return "、".join(names.get(str(each), _("已不在名册")) for each in some)
    return KINDS[one.kind].show(one, value, Known(scopes.current().today, tables=codes.tables()))
