"""The words of messages: what the rooms ship, in two languages, and a school's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection
from django.utils import translation

from jizuo.hubs.message import rules
from jizuo.plain import declared

ZH, EN = "zh", "en"
LANGUAGES = (ZH, EN)
#: Ends the name of a value that stands for another one in English.
IN_ENGLISH = "_en"


@dataclass(frozen=True, slots=True)
class Words:
    """Title and text of a message in one language, with placeholders."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message. per_child: each family gets it for its own child. fields: what its words may hold."""

    key: str
    titles: Mapping[str, str]
    per_child: bool
    fields: frozenset[str]
    words: Mapping[str, Words]

    @property
    def title(self) -> str:
        """What it is called, in the reader's language."""
        return self.titles[language_now()]


_folders: list[Path] = [Path(__file__).with_name("words.yaml")]


def offer(path: Path) -> None:
    """Add a room's own templates, a YAML file of the form of ``words.yaml``. Called on its plate."""
    if path not in _folders:
        _folders.append(path)
        templates.cache_clear()


@cache
def templates() -> dict[str, Template]:
    """Every template by key. Raises ValueError for two of one key, a language that is missing, and words that hold
    what they may not."""
    found: dict[str, Template] = {}
    for path in _folders:
        for key, told in declared.read(path).items():
            if key in found:
                raise ValueError(f"two templates are called {key}")
            words = {language: Words(**told[language]) for language in LANGUAGES}
            made = Template(key, told["title"], told["per_child"], frozenset(told["fields"]), words)
            for one in words.values():
                check(made, one)
            found[key] = made
    return found


def check(template: Template, words: Words) -> None:
    """Raise `rules.Refused` for words that this template may not have."""
    for text in (words.title, words.text):
        rules.check_words(text, template.fields, is_per_child=template.per_child)


def language_now() -> str:
    """The reader's language."""
    return EN if (translation.get_language() or "").startswith("en") else ZH


def own_words(unit_no: int) -> dict[tuple[str, str], Words]:
    """(template, language) -> a school's own words. Inside a door only; one read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select template, language, title, text from own_wording where unit_no = %s", [unit_no]
        )
        return {(key, language): Words(title, text) for key, language, title, text in cursor.fetchall()}


def spoken(values: Mapping[str, str], language: str) -> dict[str, str]:
    """The values of a message in one language: an English one where there is any."""
    plain = {field: text for field, text in values.items() if not field.endswith(IN_ENGLISH)}
    if language != EN:
        return plain
    english = {
        field.removesuffix(IN_ENGLISH): text for field, text in values.items() if field.endswith(IN_ENGLISH)
    }
    return plain | {field: text for field, text in english.items() if text}


def say(key: str, language: str, values: Mapping[str, str], own: Mapping[tuple[str, str], Words]) -> Words:
    """The filled words of a template. values: field -> text, `<field>_en` what stands for it in English; a template that no
    room ships any more says its title value only."""
    values = spoken(values, language)
    template = templates().get(key)
    if template is None:
        return Words(values.get("title", ""), values.get("text", ""))
    words = own.get((key, language)) or template.words[language]
    return Words(rules.fill(words.title, values), rules.fill(words.text, values))
