"""Translations without gettext binaries: ``python tools/i18n.py extract | check | compile``.

Chinese is the source language: a msgid is the Chinese text. ``extract`` merges what the code says into the
English catalogue, ``check`` names what is missing there, ``compile`` writes the binary catalogues.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "jizuo"
CATALOGUE = SOURCES / "locale" / "en" / "LC_MESSAGES" / "django.po"
#: Sample content for page writers, shown while developing only.
NOT_TRANSLATED = frozenset({"gallery.html", "gallery.py"})

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
STRING = r"""[uU]?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*(?::[^}]*)?\}")
CHINESE = re.compile(r"[\u3400-\u9fff]")
TAGS = re.compile(
    r"\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Message:
    """One text to translate. msgid: the text, or (singular, plural)."""

    msgid: str | tuple[str, str]
    context: str | None
    where: str


def sources(root: Path = SOURCES) -> Iterator[Path]:
    """Every Python file and template below `root` whose words people read."""
    for path in sorted(root.rglob("*")):
        is_template = path.suffix in (".html", ".txt") and "templates" in path.parts
        if (path.suffix == ".py" or is_template) and path.name not in NOT_TRANSLATED:
            yield path


def messages_of(path: Path, root: Path = ROOT) -> Iterator[Message]:
    """The messages marked in one file, in order."""
    where = path.relative_to(root).as_posix()
    if path.suffix == ".py":
        with path.open("rb") as file:
            for _line, function, texts, _comments in extract_python(file, KEYWORDS, (), {}):
                yield from _from_call(function, texts if isinstance(texts, tuple) else (texts,), where)
        return
    from django.utils.translation.template import templatize

    for call in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=where)):
        texts = tuple(ast.literal_eval(text) for text in re.findall(STRING, call[2]))
        yield from _from_call(call[1], texts, where)


def _from_call(function: str, texts: tuple[str | None, ...], where: str) -> Iterator[Message]:
    context = None
    if function.removeprefix("n").startswith("pgettext"):
        context, texts = texts[0], texts[1:]
    plural = function.startswith("n")
    if not texts or not texts[0]:
        return
    first = texts[0]
    second = texts[1] if plural and len(texts) > 1 else None
    yield Message((first, second) if second else first, context, where)


def found(root: Path = SOURCES) -> Catalog:
    """A catalogue of everything marked below `root`, without translations."""
    catalog = Catalog(locale="en", charset="utf-8")
    for path in sources(root):
        for message in messages_of(path):
            catalog.add(message.msgid, locations=[(message.where, 0)], context=message.context)
    return catalog


def read(path: Path = CATALOGUE) -> Catalog:
    """The English catalogue; empty when there is no file yet."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def extract(path: Path = CATALOGUE) -> tuple[int, int]:
    """Merge the code's messages into the catalogue, sorted; what the code no longer says goes.

    Returns how many there are and how many lack their English.
    """
    catalog = read(path)
    catalog.update(found(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file,
            catalog,
            width=100,
            omit_header=True,
            sort_output=True,
            include_lineno=False,
            ignore_obsolete=True,
        )
    messages = [message for message in catalog if message.id]
    return len(messages), sum(not all(_strings(message.string)) for message in messages)


def _strings(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def problems(marked: Catalog, catalog: Catalog) -> list[str]:
    """One line for each message without a whole English translation or with other placeholders."""
    lines = []
    for message in marked:
        if not message.id:
            continue
        shown = message.id if isinstance(message.id, str) else message.id[0]
        where = f"{message.locations[0][0]}: 「{shown}」"
        english = catalog.get(message.id, context=message.context)
        if english is None or english.fuzzy or not all(_strings(english.string)):
            lines.append(f"{where} 没有英文：运行 tools/i18n.py extract 后在 django.po 里补上")
            continue
        wanted = set(PLACEHOLDER.findall(shown))
        for text in _strings(english.string):
            if set(PLACEHOLDER.findall(text)) != wanted:
                lines.append(f"{where} 的占位符与英文「{text}」不同")
    return lines


def unmarked(root: Path = SOURCES) -> list[str]:
    """Chinese words of templates that stand outside every translation tag."""
    lines = []
    for path in sources(root):
        if path.suffix == ".py":
            continue
        text = TAGS.sub(lambda tag: "\n" * tag[0].count("\n"), path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            words = re.findall(r"[\u3400-\u9fff]+", line)
            if words:
                lines.append(
                    f"{path.relative_to(ROOT).as_posix()}:{number}: 「{words[0]}」没有放进 {{% trans %}}"
                )
    return lines


def compile_all(locale: Path = SOURCES / "locale") -> list[Path]:
    """Write the binary catalogue beside every ``django.po``; the paths written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, read(source))
        written.append(target)
    return written


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("extract", "check", "compile"))
    what = parser.parse_args(arguments).what
    if what == "extract":
        total, missing = extract()
        print(f"{total} 条，缺英文 {missing} 条")
        return 0
    if what == "compile":
        for path in compile_all():
            print(path.relative_to(ROOT))
        return 0
    lines = problems(found(), read()) + unmarked()
    print("\n".join(lines) if lines else "英文齐全")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
