"""What a block looks like with invented rows, for who draws it: no table, no person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jizuo.ground.packs.blocks import word_of
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block
from jizuo.ground.pages.asks import Ask, Slice
from jizuo.ground.pages.parts import Entry
from jizuo.ground.pages.tables import Column, Table
from jizuo.hubs.data.blocks.boards import weekdays
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.scene_wheres import code_table, standard_of
from jizuo.hubs.data.standards import Element

PEOPLE = ("陈以宁", "马小川", "阿卜杜拉·买买提")
CLASSES = ("三（1）班", "三（2）班", "四（1）班")
DAY = date(2026, 9, 16)


def value_of(pack: Pack, element: Element, place: int) -> str:
    """An invented value of an element, as it is read."""
    if element.type == "code":
        words = list(code_table(pack, element.code).values()) or ["—"]
        return words[place % len(words)]
    told: dict[str, str] = {
        "person": PEOPLE[place % 3],
        "org": CLASSES[place % 3],
        "date": (DAY + timedelta(days=place)).isoformat(),
        "timestamptz": f"{DAY} 08:{place:02d}",
        "integer": str(place + 1),
        "decimal": str(place + 1),
        "boolean": "是",
        "file": "附件",
    }
    return told.get(element.type, f"{element.title}（示例）")


def elements_of(block: Block, standard: SceneStandard) -> list[Element]:
    """The elements a block shows."""
    known = {one.key: one for one in standard.body.elements}
    return [known[key] for key in block.columns if key in known] or [
        one for one in known.values() if one.grade < SENSITIVE
    ]


def rows_of(pack: Pack, block: Block) -> tuple[str, list[Element], list[dict[str, str]]]:
    """Title, elements and three invented rows."""
    standard = standard_of(pack, block.data)
    if standard is None:
        return block.data, [], []
    elements = elements_of(block, standard)
    title = word_of(block.title or standard.body.title, block.english or standard.body.english)
    return title, elements, [{one.key: value_of(pack, one, n) for one in elements} for n in range(3)]


def table(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Context of a table."""
    title, elements, rows = rows_of(pack, block)
    columns = [Column(one.key, one.title) for one in elements]
    ask = Ask(columns=tuple(one.key for one in elements))
    return {"table": Table("sample", title, columns, Slice(rows), ask, total=len(rows), total_unit="条")}


def listed(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Context of a list."""
    title, _elements, rows = rows_of(pack, block)
    lines = [{"words": words[0], "details": words[1:]} for row in rows if (words := list(row.values()))]
    return {"title": title, "lines": lines, "empty": block.empty}


def record(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Context of a record."""
    title, elements, rows = rows_of(pack, block)
    entries = [Entry(one.title, rows[0][one.key]) for one in elements] if rows else []
    return {"title": title, "entries": entries, "empty": block.empty}


def board(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Context of a board."""
    standard = standard_of(pack, block.data)
    lane = standard.body.element(block.lane) if standard else None
    told = listed(pack, block)
    lanes = list(code_table(pack, lane.code).values()) if lane else []
    return {
        "title": told["title"],
        "lanes": [
            {"name": name, "cards": told["lines"][place : place + 1]} for place, name in enumerate(lanes)
        ],
    }


def month(pack: Pack, block: Block) -> Mapping[str, Any]:
    """Context of a calendar: one week of it."""
    told = listed(pack, block)
    begin = DAY - timedelta(days=DAY.weekday())
    week = [
        {"day": begin + timedelta(days=place), "cards": told["lines"][place : place + 1]}
        for place in range(7)
    ]
    return {"title": told["title"], "month": DAY, "weekdays": weekdays(), "weeks": [week]}
