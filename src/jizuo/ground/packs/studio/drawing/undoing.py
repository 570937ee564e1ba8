"""Taking back what a flow has written, as questions about the flow: whether, what changes and who is told; until when and
what is said afterwards where the file says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import conditions, options, plain
from jizuo.ground.packs.studio.drawing import following
from jizuo.ground.packs.studio.drawing.sheets import Asked, Values, pick, put, text
from jizuo.ground.packs.studio.plain import Changes, Files

TODAY, NOTHING = "today", "null"
TODAY_WORD = "今天"
#: The field that a table gets where nothing in it says that a record was taken back.
FIELD: dict[str, Any] = {"title": "取消日期", "english": "Cancelled on", "type": "date", "grade": 2}


def questions(files: Files, flow: dict[str, Any], listed: Sequence[tuple[str, Any]]) -> list[Asked]:
    """What the head of a flow asks; nothing of a flow that writes nothing. listed: who can be told."""
    undo = plain.mapped(flow.get("undo"))
    if not undo and not _written(flow):
        return []
    found = [
        Asked(
            "undo", _("记下以后还可以取消"), "check", bool(undo),
            hint=_("如退课、退出社团：申请人自己取消，名额空出来；勾上并保存，再写怎么取消"),
        )
    ]  # fmt: skip
    if not undo:
        return found
    found.append(
        Asked("undo-title", _("取消的按钮上写什么"), value=str(undo.get("title", "")), hint=_("如：退出社团"))
    )
    if undo.get("until"):
        form, until = str(flow.get("form", "")), str(undo["until"])
        found.append(pick("undo-until", _("申请人到哪一天还能取消"), until, _days(files, form)))
    if set(undo) & {"when", "until", "say"}:
        found.append(Asked("undo-say", _("不能取消时怎么说"), value=str(undo.get("say", ""))))
    change, tell = _step(undo, "write"), _step(undo, "tell")
    kept = plain.mapped(change.get("set"))
    if len(kept) <= 1:
        into = str(change.get("into", ""))
        key, said = next(iter(kept.items()), ("", NOTHING))
        found += [
            pick("undo-field", _("取消时改哪一项"), key, plain.element_choices(files, into), none="—"),
            Asked(
                "undo-value", _("改成什么"), value=_words(files, into, key, str(said)),
                hint=_("可写 今天、数字、选项的名字；空着就是清空"),
            ),
        ]  # fmt: skip
    to = list(map(str, plain.listed(tell.get("to"))))
    found += [
        pick("undo-to", _("取消以后告诉谁"), to[0] if to else "", listed, none=_("不告诉别人")),
        Asked("undo-words", _("对他们说什么"), value=str(tell.get("words", ""))),
    ]
    return found


def changed(files: Files, flow: dict[str, Any], head: Values) -> Changes:
    """Put the answers into the flow; returns what else changes: a table that gets the day of taking back."""
    if "undo" not in head:
        return {}
    undo = plain.mapped(flow.get("undo"))
    if not text(head, "undo"):
        flow.pop("undo", None)
        return {}
    if not undo:
        return _begin(files, flow)
    if "undo-title" not in head:
        return {}
    for word in ("title", "until", "say"):
        if f"undo-{word}" in head:
            put(undo, word, text(head, f"undo-{word}"))
    change = _step(undo, "write")
    if "undo-field" in head:
        into = str(change.get("into", ""))
        kept = plain.mapped(change.get("set"))
        held, said = next(iter(kept.items()), ("", NOTHING))
        key, value = text(head, "undo-field"), text(head, "undo-value")
        if key != held or value != _words(files, into, held, str(said)):
            change["set"] = {key: _value(files, into, key, value)} if key else {}
    tell, to, told = _step(undo, "tell"), text(head, "undo-to"), text(head, "undo-words")
    if to:
        if not tell:
            tell = {"key": _key(flow, undo, "告诉取消"), "title": "告诉取消", "auto": "tell"}
        tell["to"] = list(dict.fromkeys([to, *map(str, plain.listed(tell.get("to"))[1:])]))
        put(tell, "words", told)
    undo["steps"] = _put_back(undo, change, tell if to else {})
    flow["undo"] = undo
    return {}


def _begin(files: Files, flow: dict[str, Any]) -> Changes:
    """Taking back as it is usual: the record stays and keeps the day."""
    into, kept = _written(flow)[0]
    held = plain.elements(files, into)
    unsaid = [
        key for key, one in held.items()
        if one.get("type") == "date" and not one.get("is_retired") and str(kept.get(key, NOTHING)) == NOTHING
    ]  # fmt: skip
    key = unsaid[0] if unsaid else plain.key_from(FIELD["english"], held)
    step = {"title": "取消", "auto": "write", "into": into, "change": True, "set": {key: TODAY}}
    flow["undo"] = {"title": "取消", "steps": [{"key": _key(flow, {}, "取消"), **step}]}
    path = f"standards/{into}.yaml"
    if unsaid or path not in files:
        return {}
    told = plain.told(files, path)
    standard = told | {"fields": plain.mapped(told.get("fields")) | {key: dict(FIELD)}}
    return {path: reading.to_yaml(standard)} | following.listed(files, into, [key], [])


def _written(flow: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(table, what is set) of the steps that write a record."""
    steps = [plain.mapped(one) for one in plain.listed(flow.get("steps"))]
    return [
        (str(one["into"]), plain.mapped(one.get("set")))
        for one in steps
        if one.get("auto") == "write" and one.get("into")
    ]


def _step(undo: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first step of a kind, empty where there is none."""
    steps = [plain.mapped(one) for one in plain.listed(undo.get("steps"))]
    return next((one for one in steps if one.get("auto") == kind), {})


def _put_back(undo: dict[str, Any], change: dict[str, Any], tell: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps with the first of both kinds as they are now; one without a table or people is left out."""
    now = {"write": change, "tell": tell}
    found = []
    for one in (plain.mapped(step) for step in plain.listed(undo.get("steps"))):
        kind = str(one.get("auto", ""))
        one = now.pop(kind) if kind in now else one
        if one:
            found.append(one)
    return [*found, *(one for one in now.values() if one)]


def _key(flow: dict[str, Any], undo: dict[str, Any], title: str) -> str:
    steps = [*plain.listed(flow.get("steps")), *plain.listed(undo.get("steps"))]
    return plain.key_from(title, {str(plain.mapped(one).get("key")) for one in steps}, "step")


def _days(files: Files, form: str) -> list[tuple[str, str]]:
    """The days that a form asks for."""
    told = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(told.get("over", "")))
    return [
        (f"form.{one['key']}", str(one.get("title") or held.get(str(one["key"]), {}).get("title") or one["key"]))
        for one in plain.form_fields(told)
        if (one.get("kind") or held.get(str(one.get("key")), {}).get("type")) == "date"
    ]  # fmt: skip


def _names(files: Files, into: str, key: str) -> dict[str, str] | None:
    """code -> name of a field that is one of a list, None of any other."""
    one = plain.elements(files, into).get(key, {})
    return options.of_code(files, str(one.get("code", ""))) if one.get("type") == "code" else None


def _words(files: Files, into: str, key: str, said: str) -> str:
    if said in (TODAY, NOTHING):
        return TODAY_WORD if said == TODAY else ""
    return conditions.words_of(said, _names(files, into, key) or {})


def _value(files: Files, into: str, key: str, told: str) -> str:
    if told in (TODAY_WORD, ""):
        return TODAY if told else NOTHING
    return conditions.value_of(told, _names(files, into, key))
