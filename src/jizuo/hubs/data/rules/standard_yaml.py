"""A standard as YAML and back, in the shape of those that ship with the rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import yaml
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.standards import Body, Element
from jizuo.plain import typed

MOST_CHARS = 400_000
_TYPES = {
    "number": "integer",
    "bool": "boolean",
    "phone": "text",
    "sealed": "text",
    "id": "text",
    "moment": "timestamptz",
}


class BadYaml(ValueError):
    """A text that is no standard; `problems` name each place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.what}" for one in problems))
        self.problems = problems


class Read(msgspec.Struct, frozen=True):
    """A standard read from YAML. major, minor: the version it says it is."""

    body: Body
    major: int
    minor: int
    effective_on: date | None = None
    until_on: date | None = None
    notes: str = ""


def write(
    body: Body,
    version: str,
    *,
    effective_on: date | str | None = None,
    until_on: date | str | None = None,
    notes: str = "",
) -> str:
    """The standard as text that `read` takes back without a difference."""
    told: dict[str, Any] = {
        "dataset": body.name,
        "title": body.title,
        "english": body.english,
        "version": version,
    }
    if body.is_master:
        told["master"] = True
    if body.key:
        told["key"] = list(body.key)
    for name, value in (
        ("label_by", body.label), ("source", body.source), ("to_check", body.to_check),
        ("known_to", "" if body.known_to == "office" else body.known_to), ("cycle", body.cycle),
        ("effective_on", str(effective_on or "")), ("until_on", str(until_on or "")), ("notes", notes),
    ):  # fmt: skip
        if value:
            told[name] = value
    told["fields"] = {
        one.key: {name: value for name, value in msgspec.to_builtins(one).items() if name != "key"}
        for one in body.elements
    }
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000)


def read(text: str) -> Read:
    """A standard from YAML. `kind` is understood where `type` is missing, as the shipped ones have it. Raises BadYaml
    naming every place that cannot be read; what the standard says is judged elsewhere."""
    if len(text) > MOST_CHARS:
        raise BadYaml([Problem("yaml", _("文件太大"), _("一个文件只放一个标准"))])
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("第 %(line)s 行") % {"line": mark.line + 1} if mark else "yaml"
        raise BadYaml([Problem(where, _("不是正确的 YAML"), _("检查缩进和冒号"))]) from None
    return of_plain(told)


def of_plain(told: Any) -> Read:
    """A standard from what its YAML says. Raises BadYaml."""
    if not isinstance(told, Mapping) or not isinstance(told.get("fields"), Mapping):
        raise BadYaml([Problem("yaml", _("不是数据标准"), _("要有 dataset、title、version 和 fields"))])
    problems: list[Problem] = []
    strange = set(map(str, told)) - {
        "dataset", "title", "english", "version", "master", "key", "label_by", "source", "to_check", "effective_on",
        "until_on", "notes", "fields", "known_to", "cycle",
    }  # fmt: skip
    problems += [Problem(name, _("多出的内容"), _("去掉它")) for name in sorted(strange)]
    elements = []
    for key, entry in told["fields"].items():
        try:
            elements.append(_element(str(key), entry))
        except (msgspec.ValidationError, TypeError) as error:
            problems.append(Problem(f"fields.{key}", str(error)[:200], _("对照下载的文件改好")))
    number = re.fullmatch(r"(\d{1,2})\.(\d{1,3})", str(told.get("version", "")))
    if number is None:
        problems.append(Problem("version", _("版本号应像 1.0"), _('加引号写：version: "1.0"')))
    if problems or number is None:
        raise BadYaml(problems)
    try:
        body = typed.convert(
            {
                "name": told.get("dataset", ""),
                "title": told.get("title", ""),
                "english": told.get("english") or "",
                "elements": elements,
                "key": told.get("key") or [],
                "label": told.get("label_by") or "",
                "is_master": told.get("master", False),
                "source": told.get("source") or "",
                "to_check": told.get("to_check") or "",
                "known_to": told.get("known_to") or "office",
                "cycle": told.get("cycle") or "",
            },
            Body,
        )
        days = typed.convert(
            {name: told[name] if isinstance(told[name], date) else str(told[name])
             for name in ("effective_on", "until_on") if told.get(name)},
            dict[str, date],
        )  # fmt: skip
    except msgspec.ValidationError as error:
        raise BadYaml([Problem("yaml", str(error)[:200], _("对照下载的文件改好"))]) from None
    return Read(
        body=body,
        major=int(number[1]),
        minor=int(number[2]),
        effective_on=days.get("effective_on"),
        until_on=days.get("until_on"),
        notes=str(told.get("notes") or ""),
    )


def _element(key: str, entry: Any) -> Element:
    if not isinstance(entry, Mapping):
        raise TypeError(_("字段应写成 {title: …, type: …}"))
    told = {name: value for name, value in entry.items() if name not in ("kind", "said_of")}
    if "type" not in told:
        kind = str(entry.get("kind", "text"))
        told["type"] = "code" if told.get("code") else _TYPES.get(kind, kind)
        if told["type"] == "text":
            told.setdefault("length", 200)
    return typed.convert({"key": key, **told}, Element)


_OF_COLUMN = (
    ("numeric", "decimal"), ("bool", "boolean"), ("date", "date"), ("timestamp", "timestamptz"), ("uuid", "text"),
    ("int", "integer"), ("bigint", "integer"), ("smallint", "integer"),
)  # fmt: skip


def of_dataset(dataset: Dataset) -> Body:
    """A shipped standard in the shape of those that people make."""
    elements = []
    for one in dataset.fields.values():
        kind = next((name for start, name in _OF_COLUMN if one.db_type.startswith(start)), "text")
        numbers = [int(part) for part in re.findall(r"\d+", one.db_type)]
        if one.code_table and not one.db_type.endswith("[]"):
            kind = "code"
        elements.append(
            typed.convert(
                {
                    "key": one.key, "title": one.title, "english": one.english, "initials": one.initials, "type": kind,
                    "length": (numbers[0] if numbers else 36 if one.db_type == "uuid" else 200) if kind == "text" else None,
                    "precision": numbers[0] if kind == "decimal" and numbers else None,
                    "scale": numbers[1] if kind == "decimal" and len(numbers) > 1 else None,
                    "code": one.code_table, "grade": one.grade, "purpose": one.purpose, "owner": one.owner,
                    "rule": one.rule,
                },
                Element,
            )
        )  # fmt: skip
    return Body(
        name=dataset.name, title=dataset.title, english=dataset.english, elements=tuple(elements), key=dataset.key,
        is_master=dataset.is_master, known_to=dataset.known_to, cycle=dataset.cycle,
    )  # fmt: skip
