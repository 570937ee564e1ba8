"""A number by picking: how many, how much or which share of a table, of which rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import plain, words
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Sheet,
    Told,
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

_SUMMED = ("integer", "decimal")
_DIVIDED = ("org", "code", "person")


def sheet(files: Files, name: str) -> Sheet:
    """The editor of one number."""
    path = f"indicators/{name}.yaml"
    told = plain.told(files, path)
    of, measure = str(told.get("of", "")), str(told.get("measure", "count"))
    head = [
        Asked("title", _("这个数字叫什么"), value=str(told.get("title", "")), is_must=True),
        pick("of", _("从哪张表数"), of, plain.choices(files, "standards")),
        Asked("measure", _("怎么数"), "select", measure, chosen(words.MEASURES)),
    ]
    if measure == "count":
        held = str(told.get("distinct", ""))
        head.append(
            Asked("distinct", _("同一个只算一次"), "select", held,
                  with_held(plain.element_choices(files, of, none=_("不，每条都算")), held),
                  hint=_("如按学生：一个学生报两项也算一人"))
        )  # fmt: skip
    elif measure != "share":
        held = str(told.get("column", ""))
        head.append(
            Asked(
                "column",
                _("哪个项目"),
                "select",
                held,
                with_held(plain.element_choices(files, of, _SUMMED, none="—"), held),
            )
        )
    head += filter_questions(files, of, told.get("where"))
    if measure == "share":
        head += [
            Asked(one.name, _("其中，") + str(one.label), one.kind, one.value, one.options, one.hint)
            for one in filter_questions(files, of, told.get("part"), "p")
        ]
    on = str(told.get("on", ""))
    head += [
        Asked("unit", _("单位"), value=str(told.get("unit", "")), hint=_("人、条、元")),
        Asked("definition", _("一句话说清怎么算的"), "long", str(told.get("definition", "")), is_must=True,
              hint=_("看数字的人点“?”看到的就是它")),
        Asked("missing", _("没有记录意味着什么"), value=str(told.get("missing", ""))),
        Asked("zero", _("没有记录就是零"), "check", bool(told.get("zero"))),
        Asked("by", _("可以按什么分开看"), "checks", ticked(told.get("by")),
              (("unit", _("学校")), *plain.element_choices(files, of, _DIVIDED))),
        pick("on", _("算在哪一天"), on, plain.element_choices(files, of, ["date", "timestamptz"]), none="—"),
    ]  # fmt: skip
    return Sheet(str(told.get("title") or name), tuple(head), paths=(path,))


def write(files: Files, name: str, told: Told) -> Changes:
    """The file of the number as it came back."""
    path = f"indicators/{name}.yaml"
    number: dict[str, Any] = plain.told(files, path)
    number["title"] = text(told.head, "title") or number.get("title", name)
    number["of"] = of = text(told.head, "of")
    number["measure"] = text(told.head, "measure") or "count"
    for word in ("distinct", "column", "unit", "missing", "on"):
        if word in told.head:
            put(number, word, text(told.head, word))
    if number["measure"] != "count":
        number.pop("distinct", None)
    if number["measure"] in ("count", "share"):
        number.pop("column", None)
    put(number, "where", filters_told(files, of, told.head))
    if "p0-column" in told.head:
        put(number, "part", filters_told(files, of, told.head, "p"))
    number["definition"] = text(told.head, "definition")
    put(number, "zero", bool(text(told.head, "zero")))
    on = many(told.head, "by")
    was = [key for key in map(str, plain.listed(number.get("by"))) if key in on]
    put(number, "by", [*was, *(key for key in on if key not in was)])
    if number["measure"] != "share":
        number.pop("part", None)
    return file_changes(files, path, number)


def begin(files: Files, name: str, title: str, of: str) -> Changes:
    """A new number: how many rows a table has."""
    held = plain.title_of(files, "standards", of)
    return {
        f"indicators/{name}.yaml": reading.to_yaml(
            {
                "title": title, "of": of, "measure": "count", "by": ["unit"], "unit": "条",
                "definition": f"“{held}”有几条", "missing": "没有记录即为零", "zero": True,
            }
        )
    }  # fmt: skip


EDITOR = Editor("indicators", sheet, write)
