"""Invented rows for a dataset of a draft, and how they are read back from what a person typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs.studio import options, plain

PEOPLE = ("陈以宁", "马小川", "阿卜杜拉·买买提")
STAFF = ("陆晓岚", "杜文", "何佳")
CLASSES = ("三（1）班", "三（1）班", "三（2）班")
MOST_ROWS, MOST_LETTERS = 50, 200


def rows_of(files: plain.Files, dataset: str, today: date) -> list[dict[str, Any]]:
    """Three rows as they may come, by the types of the elements."""
    return [
        {
            key: _value(files, dataset, key, one, place, today)
            for key, one in plain.elements(files, dataset).items()
        }
        for place in range(3)
    ]


def _value(
    files: plain.Files, dataset: str, key: str, one: Mapping[str, Any], place: int, today: date
) -> Any:
    match one.get("type", "text"):
        case "person":
            return (STAFF if options.is_staff(files, dataset, key) else PEOPLE)[place]
        case "org":
            return CLASSES[place]
        case "date":
            return (today + timedelta(days=place)).isoformat()
        case "timestamptz":
            return f"{(today + timedelta(days=place)).isoformat()} 08:{place}0"
        case "integer" | "decimal":
            return place + 1
        case "boolean":
            return place != 1
        case "code":
            names = list(options.of_code(files, str(one.get("code", ""))))
            return names[place % len(names)] if names else str(place + 1)
    return _("样例%(n)s") % {"n": place + 1}


def read_cell(typed: str, one: Mapping[str, Any], files: plain.Files) -> Any:
    """What was typed for one element: a number, a truth, a code or the text."""
    said = typed.strip()[:MOST_LETTERS]
    match one.get("type", "text"):
        case "integer" | "decimal":
            return plain.number_of(said) if said else None
        case "boolean":
            return said in ("是", "true", "True", "1")
        case "code":
            codes = {name: code for code, name in options.of_code(files, str(one.get("code", ""))).items()}
            return codes.get(said, said)
    return said


def shown(value: Any, one: Mapping[str, Any], files: plain.Files) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if one.get("type") == "code":
        return options.of_code(files, str(one.get("code", ""))).get(str(value), str(value))
    return str(value)
