"""YAML without what a declaration does not need: no references, no tags, no key twice, nothing deep, nothing guessed.

A day, a time, a number with a leading zero and the words on, off, yes and no stay text; only true and false are a truth.
The events come from the native parser, so that the largest file is read in a moment.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import yaml
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import files as pack_files

MOST_NODES, MOST_DEPTH = 20_000, 12
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_FRACTION = re.compile(r"-?(?:0|[1-9]\d{0,17})\.\d{1,18}(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Refused(Exception):
    """What a text may not have. line: from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def _line(event: Any) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


class _Reader:
    """One document as plain data."""

    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.nodes = 0

    def document(self) -> Any:
        told: Any = None
        count = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                if count > 1:
                    raise _Refused(_("一个文件只放一份内容"), _line(event))
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                told = self.value(event, 1)
        return told

    def value(self, event: Any, depth: int) -> Any:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _Refused(_("不能用引用（* 和 &）"), line)
        if event.tag:
            raise _Refused(_("不能用标记（!）"), line)
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > MOST_DEPTH:
            raise _Refused(_("内容太多或套得太深"), line)
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(event, depth + 1))
            return items
        found: dict[Any, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.value(event, depth + 1)
            if not isinstance(key, str | int | float | bool) or key in found:
                raise _Refused(_("同一个词写了两次：%(key)s") % {"key": str(key)[:40]}, _line(event))
            found[key] = self.value(next(self.events), depth + 1)
        return found


def scalar(word: str) -> Any:
    """What a word without quotes means: a number or a truth where it is plainly one, else itself."""
    if word in _WORDS:
        return _WORDS[word]
    if _NUMBER.fullmatch(word):
        return int(word)
    return float(word) if _FRACTION.fullmatch(word) else word


class _Plain(yaml.SafeDumper):
    """YAML as people write it: lists indented, texts that would be read as something else in quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def of_yaml(text: str) -> Any:
    """Plain data of a YAML text. Raises `files.BadPack` with the line."""
    if len(text) > pack_files.MOST_FILE:
        raise pack_files.BadPack([Problem("yaml", _("文件太大"), _("一个文件最大 256 KB"))])
    try:
        return _Reader(text).document()
    except _Refused as refused:
        where = _("第 %(line)s 行") % {"line": refused.line}
        raise pack_files.BadPack([Problem(where, refused.what, _("检查缩进、冒号和引号"))]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("第 %(line)s 行") % {"line": mark.line + 1} if mark else "yaml"
        what = getattr(error, "problem", "") or _("不是正确的 YAML")
        raise pack_files.BadPack([Problem(where, what, _("检查缩进、冒号和引号"))]) from None
    except ValueError:
        raise pack_files.BadPack([Problem("yaml", _("不是正确的 YAML"), _("检查缩进和冒号"))]) from None


def to_yaml(told: Any) -> str:
    """The text of plain data or of a shape, as the studio writes it; `of_yaml` gives the same back."""
    return yaml.dump(msgspec.to_builtins(told), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)
