"""A page by its blocks: what stands on it, of which table, which rows, in what order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import plain, words
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Row,
    Sheet,
    Told,
    Values,
    chosen,
    file_changes,
    filter_questions,
    filters_told,
    many,
    pick,
    put,
    text,
    ticked,
    with_held,
)
from jizuo.ground.packs.studio.plain import Changes, Files

OF_DATA = frozenset({"table", "list", "record", "calendar", "board", "roll"})
CHARTS = (("bar", "柱"), ("line", "线"), ("pie", "饼"))


def sheet(files: Files, name: str) -> Sheet:
    """The editor of one page."""
    path = f"pages/{name}.yaml"
    told = plain.told(files, path)
    head = (
        Asked("title", _("页面叫什么"), value=str(told.get("title", "")), is_must=True),
        Asked("place", _("放在哪里"), "select", str(told.get("place", "menu")), chosen(words.PLACES)),
    )
    rows = tuple(
        _row(files, name, place, plain.mapped(one)) for place, one in enumerate(plain.listed(told.get("blocks")))
    )  # fmt: skip
    new = (
        Asked("kind", _("加一块"), "select", "table", chosen(words.BLOCKS)),
        pick("of", _("用哪一个"), "", things(files), hint=_("表格选表，数字选数字，填表选表单，进度和待办选流程")),
    )  # fmt: skip
    return Sheet(
        str(told.get("title") or name), head, rows, new, _("页面上从上到下有什么"), _("加一块"), (path,)
    )


def things(files: Files) -> list[tuple[str, str]]:
    """(folder/name, words) of everything a block can be about."""
    kinds = (("standards", _("表")), ("forms", _("表单")), ("flows", _("流程")), ("indicators", _("数字")))
    return [("", "—")] + [
        (f"{folder}/{name}", f"{word}：{title}")
        for folder, word in kinds
        for name, title in plain.choices(files, folder)
    ]


def _row(files: Files, name: str, place: int, block: dict[str, Any]) -> Row:
    kind = str(block.get("kind", ""))
    asked = [Asked("title", _("小标题"), value=str(block.get("title", "")), hint=_("空着就用自己的名字"))]

    def thing(word: str, label: Any, folder: str) -> Asked:
        held = str(block.get(word, ""))
        return pick(word, label, held, plain.choices(files, folder), none="—")

    if kind in OF_DATA:
        data = str(block.get("data", ""))
        asked.append(thing("data", _("用哪张表"), "standards"))
        asked.append(
            Asked("columns", _("显示哪些项目"), "checks", ticked(block.get("columns")),
                  tuple(plain.element_choices(files, data)))
        )  # fmt: skip
        asked += filter_questions(files, data, block.get("where"))
        order = str(block.get("order", ""))
        asked += [
            pick("order", _("按什么排"), order, plain.element_choices(files, data), none=_("先来的在前")),
            Asked("newest", _("倒过来排（新的、大的在前）"), "check", bool(block.get("newest"))),
            Asked("empty", _("没有记录时说什么"), value=str(block.get("empty", ""))),
        ]  # fmt: skip
        fields = {
            "calendar": (("day", _("哪一天")), ("end", _("到哪一天"))),
            "board": (("lane", _("按什么分列")),),
        }
        for word, label in fields.get(kind, ()):
            held = str(block.get(word, ""))
            types = ("date", "timestamptz") if kind == "calendar" else ("code",)
            asked.append(
                Asked(
                    word,
                    label,
                    "select",
                    held,
                    with_held(plain.element_choices(files, data, types, none="—"), held),
                )
            )
    elif kind in ("number", "chart"):
        asked.append(thing("number", _("哪个数字"), "indicators"))
        if kind == "chart":
            by = plain.listed(plain.told(files, f"indicators/{block.get('number')}.yaml").get("by"))
            divided = [(str(one), by_word(files, block, str(one))) for one in by]
            asked += [
                Asked("chart", _("画成什么"), "select", str(block.get("chart", "bar")), CHARTS),
                pick("by", _("按什么分开"), str(block.get("by", "")), divided, none="—"),
            ]  # fmt: skip
    elif kind == "form":
        asked.append(thing("form", _("哪张表单"), "forms"))
    elif kind in ("steps", "todo"):
        asked.append(thing("flow", _("哪个流程"), "flows"))
    elif kind == "text":
        asked.append(Asked("text", _("写什么"), "long", str(block.get("text", "")), is_must=True))
    word = words.BLOCKS.get(kind, kind)
    return Row(
        str(block.get("title") or word), tuple(asked), place, (f"pages/{name}.yaml: blocks[{place}]",), word
    )


def by_word(files: Files, block: dict[str, Any], key: str) -> str:
    """What a number is divided by, in words."""
    of = str(plain.told(files, f"indicators/{block.get('number')}.yaml").get("of", ""))
    return _("学校") if key == "unit" else str(plain.elements(files, of).get(key, {}).get("title") or key)


def write(files: Files, name: str, told: Told) -> Changes:
    """The file of the page as it came back."""
    path = f"pages/{name}.yaml"
    page = plain.told(files, path)
    page["title"] = text(told.head, "title") or page.get("title", name)
    put(page, "place", text(told.head, "place"), "menu")
    held = [plain.mapped(one) for one in plain.listed(page.get("blocks"))]
    page["blocks"] = [
        _changed(files, held[origin], values) if origin >= 0 else _new(files, values)
        for origin, values in told.rows
    ]
    return file_changes(files, path, page)


def _new(files: Files, values: Values) -> dict[str, Any]:
    kind = text(values, "kind")
    kind = kind if kind in words.BLOCKS else "text"
    folder, _slash, name = text(values, "of").partition("/")

    def first(wanted: str) -> str:
        return name if folder == wanted else next(iter(plain.names(files, wanted)), "")

    block: dict[str, Any] = {"kind": kind}
    if kind in OF_DATA:
        data = first("standards")
        block |= {"data": data, "columns": [key for key, _title in plain.element_choices(files, data)][:6]}
        if kind == "calendar":
            block["day"] = next((key for key, _title in plain.element_choices(files, data, ["date"])), "")
        if kind == "board":
            block["lane"] = next((key for key, _title in plain.element_choices(files, data, ["code"])), "")
        return plain.tidy(block | {"empty": "还没有记录"})
    if kind in ("number", "chart"):
        number = first("indicators")
        by = plain.listed(plain.told(files, f"indicators/{number}.yaml").get("by"))
        return plain.tidy(block | {"number": number} | ({"by": by[0]} if kind == "chart" and by else {}))
    if kind == "form":
        return plain.tidy(block | {"form": first("forms")})
    if kind in ("steps", "todo"):
        return plain.tidy(block | {"flow": first("flows")})
    return block | {"text": "在这里写说明"}


def _changed(files: Files, block: dict[str, Any], values: Values) -> dict[str, Any]:
    block = dict(block)
    for word in (
        "title",
        "data",
        "order",
        "empty",
        "day",
        "end",
        "lane",
        "number",
        "by",
        "form",
        "flow",
        "text",
    ):
        if word in values:
            put(block, word, text(values, word))
    if "chart" in values:
        put(block, "chart", text(values, "chart"), "bar")
    if "newest" in values:
        put(block, "newest", bool(text(values, "newest")))
    if "columns" in values:
        data = str(block.get("data", ""))
        on, known = many(values, "columns"), [key for key, _title in plain.element_choices(files, data)]
        was = [key for key in map(str, plain.listed(block.get("columns"))) if key in on]
        put(block, "columns", [*was, *(key for key in known if key in on and key not in was)])
        put(block, "where", filters_told(files, data, values))
    return block


def begin(files: Files, name: str, title: str) -> Changes:
    """A new page, with the first table on it."""
    block = (
        _new(files, {"kind": "table", "of": ""})
        if plain.names(files, "standards")
        else {"kind": "text", "text": title}
    )
    return {f"pages/{name}.yaml": reading.to_yaml({"title": title, "blocks": [block]})}


EDITOR = Editor("pages", sheet, write)
