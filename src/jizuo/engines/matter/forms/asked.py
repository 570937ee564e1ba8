"""What a form asks for: the words of its file over what the standard says of the same element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from jizuo.engines.matter.shapes import Field, Form
from jizuo.ground.packs import versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data.standards import Element

#: Kind of a field over an element, by the element's type.
OF_TYPE: Mapping[str, str] = {
    "text": "text", "integer": "number", "decimal": "number", "boolean": "yes_no", "date": "date",
    "timestamptz": "moment", "code": "code", "person": "person", "org": "org", "file": "file",
}  # fmt: skip
#: Text of more letters than this is written in an area.
LONG = 120
MOST_FILES, MOST_ROWS = 9, 200
FILE_KINDS = frozenset({"file", "photo", "signature"})
LIST_KINDS = frozenset({"choices", "people", "orgs", "units"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One field as it is asked. kind: of `shapes.KINDS`; code: id of its code table; most: of a number or money its upper
    bound, of a list how many; length: of a text; scale: decimals; columns: of a table; field: as written."""

    key: str
    kind: str
    title: str
    english: str
    required: bool
    grade: int
    length: int
    scale: int
    code: str
    columns: tuple[Asked, ...]
    field: Field
    purpose: str = ""

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return said(self.title, self.english)

    @property
    def is_typed(self) -> bool:
        """Whether a person fills it: not a note, not worked out."""
        return self.kind not in ("note", "computed") and not self.field.compute

    @property
    def most(self) -> int:
        """How many a list may hold."""
        if self.field.most is not None and self.kind not in ("number", "money", "period"):
            return int(self.field.most)
        return {"photo": MOST_FILES, "file": MOST_FILES, "signature": 1}.get(self.kind, MOST_ROWS)


@dataclass(frozen=True, slots=True)
class AskedPage:
    """One page of a form."""

    title: str
    english: str
    about: str
    when: str
    fields: tuple[Asked, ...]

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return said(self.title, self.english)


def said(title: str, english: str) -> str:
    """The one of two titles that fits the language in force."""
    return title if (get_language() or "zh").startswith("zh") else english or title


def elements_of(pack: Pack, form: Form) -> Mapping[str, Element]:
    """The elements of the standard that a form stands over, by key; none for a form without one."""
    standard = pack.part("standards").get(form.over)
    return {one.key: one for one in standard.body.elements} if standard is not None else {}


def asked_of(form: Form, elements: Mapping[str, Element]) -> tuple[AskedPage, ...]:
    """The pages of a form with every field as it is asked."""
    return tuple(
        AskedPage(
            page.title, page.english, page.about, page.when,
            tuple(_asked(field, elements.get(field.key)) for field in page.fields),
        )
        for page in form.pages
    )  # fmt: skip


@lru_cache(maxsize=512)
def of_version(version_id: UUID, name: str) -> tuple[AskedPage, ...]:
    """The pages of a form of a published version, as a process keeps them. Raises NotFound, KeyError for no such form."""
    pack = versions.pack_of(version_id)
    form: Form = pack.part("forms")[name]
    return asked_of(form, elements_of(pack, form))


def fields_of(pages: tuple[AskedPage, ...]) -> Iterator[Asked]:
    """Every field of every page in order."""
    for page in pages:
        yield from page.fields


def _asked(field: Field, element: Element | None) -> Asked:
    kind = field.kind or (_kind_of(element) if element else "")
    if field.compute and not kind:
        kind = "computed"
    told: dict[str, Any] = {
        "length": None,
        "scale": None,
        "title": "",
        "english": "",
        "code": "",
        "required": None,
    }
    if element is not None:
        told |= {key: getattr(element, key) for key in told}
    required = field.required if field.required is not None else told["required"]
    if required is None:
        required = kind not in ("yes_no", "note", "computed")
    return Asked(
        key=field.key, kind=kind or "text", title=field.title or told["title"] or field.key,
        english=field.english or told["english"] or ("" if field.title or told["title"] else field.key),
        required=bool(required) and kind not in ("note", "computed") and not field.compute,
        grade=max(field.grade, element.grade) if element else field.grade,
        length=field.length or told["length"] or (1_000 if kind == "long_text" else 200),
        scale=field.scale or told["scale"] or 0, code=field.code or told["code"],
        columns=tuple(_asked(one, None) for one in field.fields), field=field,
        purpose=element.purpose if element else "",
    )  # fmt: skip


def _kind_of(element: Element) -> str:
    if element.type == "text" and (element.length or 0) > LONG:
        return "long_text"
    return OF_TYPE[element.type]
