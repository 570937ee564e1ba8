"""Which columns a dataset wants of a sheet, and how each is cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data import codes, datasets, references
from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE, Dataset, Field
from jizuo.hubs.data.masking import PHONE_NAMED
from jizuo.plain import cleaning, idnumber, phones
from jizuo.plain.cleaning import BadStep, Step
from jizuo.plain.pinyin import initials
from jizuo.plain.workbook import mapping

#: Kinds of fields no sheet feeds: a sealed number has its own importer.
_UNFED = frozenset(("sealed",))
_DOCUMENT = re.compile(r"身份证|证件号|^SFZJ?H$")
_NAME = re.compile(r"姓名$|^XM$")
#: What parts a reference's key from its part: ``person_id.base_no``.
DOT = "."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column that a sheet may have. key: the field, or ``field.part`` of a reference; field: the dataset's
    own; is_key: it helps to name the record; is_required: no record without it; looks: whether a text could be such
    a value; is_secret: shown masked."""

    key: str
    titles: tuple[str, ...]
    field: Field
    steps: tuple[Step, ...]
    initials: str = ""
    part: str = ""
    is_key: bool = False
    is_required: bool = False
    is_secret: bool = False
    looks: Callable[[str], bool] | None = None

    @property
    def title(self) -> str:
        return self.titles[0]


def dataset_called(name: str) -> Dataset:
    """The dataset a sheet goes into. Raises NotFound for an unknown one, BadInput for one no sheet may feed."""
    try:
        dataset = datasets.get(name)
    except KeyError:
        raise NotFound(_("没有“%(name)s”这个数据集") % {"name": name[:60]}) from None
    if not is_open(dataset):
        raise BadInput(
            _("“%(title)s”不能用任意表格导入") % {"title": dataset.title},
            fix=_("它没有声明用哪些字段认出一条记录；请用它自己的导入，或在数据标准里补上“主键字段”"),
            problems=[Problem("dataset", name)],
        )
    return dataset


def is_open(dataset: Dataset) -> bool:
    """True where a sheet may bring rows: a unit's own table that says which fields name a record."""
    return dataset.has_unit and bool(dataset.key)


def wanted_of(
    dataset: Dataset, told: Mapping[str, Sequence[Any]] | None = None, unit_no: int | None = None
) -> list[Wanted]:
    """The columns of a dataset in the order of its standard. told: field key -> declared steps that replace the usual
    ones. Raises BadInput for a declaration that cannot be run."""
    found: list[Wanted] = []
    for field in dataset.fields.values():
        if field.kind in _UNFED or field.db_type.endswith("[]") or field.db_type in ("jsonb", "bytea"):
            continue
        is_key = field.key in dataset.key
        must = is_key or field.is_required
        if refers := refers_of(field):
            resolver = references.resolver_of(refers)
            if resolver is None:
                continue
            found += [
                Wanted(
                    f"{field.key}{DOT}{part.key}", tuple(dict.fromkeys((part.titles[0], *part.titles[1:]))), field,
                    cleaning.TIDY, part.initials, part.key, is_key, must and part.is_enough, False, part.looks,
                )
                for part in resolver.parts
            ]  # fmt: skip
            continue
        if field.db_type == "uuid":
            continue
        declared = (told or {}).get(field.key)
        steps = declared_steps(field, declared) if declared is not None else usual_steps(field)
        found.append(
            Wanted(
                field.key, titles_of(field), field, steps, field.initials or initials(field.title), "", is_key, must,
                field.grade >= SENSITIVE or (field.grade >= PERSONAL and _is_number(field)),
                looks_of(field, steps, unit_no),
            )
        )  # fmt: skip
    return found


def refers_of(field: Field) -> str:
    """The kind of thing a field names, '' for none."""
    return field.refers or (field.kind if field.kind in ("person", "org") else "")


def titles_of(field: Field) -> tuple[str, ...]:
    """The headings under which a field arrives: title, aliases, English, column name."""
    known = (field.title, *field.aliases, field.english, field.key, field.key.replace("_", ""))
    return tuple(dict.fromkeys(word for word in known if word))


def _is_number(field: Field) -> bool:
    return bool(_DOCUMENT.search(field.title) or PHONE_NAMED.search(field.title))


def usual_steps(field: Field) -> tuple[Step, ...]:
    """How a field's values are cleaned when nobody says otherwise."""
    names = (field.title, field.initials)
    is_text = field.kind in ("text", "id") and not field.code_table
    return cleaning.usual(
        field.kind, table=field.code_table, db_type=field.db_type,
        is_document=is_text and any(_DOCUMENT.search(name) for name in names),
        is_phone=is_text and any(PHONE_NAMED.search(name) for name in names),
        is_name=is_text and any(_NAME.search(name) for name in names),
    )  # fmt: skip


def declared_steps(field: Field, told: Sequence[Any]) -> tuple[Step, ...]:
    """The steps a person declared: those named, then the usual ones, which decide what may be stored; a chain that
    begins with ``"only"`` is taken as it is. Raises BadInput."""
    rest = list(told)
    is_only = bool(rest) and rest[0] == "only"
    try:
        steps = cleaning.parse(rest[1:] if is_only else rest)
    except BadStep as error:
        raise BadInput(
            _("“%(title)s”的清洗步骤有误") % {"title": field.title},
            problems=[Problem(field.key, error.reason)],
        ) from None
    return steps if is_only else (*steps, *usual_steps(field))


def tables(name: str) -> Any:
    """A code table in force by its id, None for an unknown one."""
    return codes.tables().get(name)


def looks_of(field: Field, steps: Sequence[Step], unit_no: int | None) -> Callable[[str], bool] | None:
    """Whether a text could be a value of this field; None for kinds whose values look like anything."""
    kinds = {step.kind: step for step in steps}
    if "code" in kinds:
        table = tables(kinds["code"].table)
        words = known_words(table) if table is not None else frozenset()
        return (lambda text: cleaning.collapse(text).casefold() in words) if words else None
    if "id_number" in kinds:
        return _looks_like_document
    if "phone" in kinds:
        return _looks_like_phone
    if kinds.keys() & {"date", "month"}:
        return _looks_like_date
    return None


def known_words(table: Any) -> frozenset[str]:
    """Names, codes and other names of a table's rows."""
    return frozenset(word.casefold() for row in table for word in (row.code, row.name, *row.aliases) if word)


def _looks_like_document(text: str) -> bool:
    bare = idnumber.normalise(text)
    return (len(bare) == 18 and bare[:-1].isdigit()) or idnumber.is_broken_by_excel(text)


def _looks_like_phone(text: str) -> bool:
    try:
        phones.read(text)
    except phones.BadPhone:
        return False
    return True


def _looks_like_date(text: str) -> bool:
    # A bare year or a running number reads as a date too; only what was written with a month tells a column.
    if len(text) < 6:
        return False
    return cleaning.clean((Step("month"),), text).value is not None


def mapping_fields(found: Sequence[Wanted]) -> list[mapping.Field]:
    """The wanted columns as the mapping proposes for them."""
    return [mapping.Field(one.key, one.titles, one.initials, one.looks, one.is_required) for one in found]
