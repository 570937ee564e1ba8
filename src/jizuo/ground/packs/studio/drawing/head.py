"""What a scene is called and for what, and what a school may set for itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs.parts import HEAD, README
from jizuo.ground.packs.studio import plain, words
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Row,
    Sheet,
    Told,
    Values,
    file_changes,
    pick,
    put,
    text,
)
from jizuo.ground.packs.studio.plain import Changes, Files


def sheet(files: Files, name: str = "") -> Sheet:
    """The editor of the head."""
    told = plain.told(files, HEAD)
    category = str(told.get("category", ""))
    head = (
        Asked("title", _("场景叫什么"), value=str(told.get("title", "")), is_must=True),
        Asked("english", _("英文名称"), value=str(told.get("english", ""))),
        pick("category", _("归到哪一类"), category, [(one, one) for one in words.CATEGORIES], none="—"),
        Asked("icon", _("图标（一个字）"), value=str(told.get("icon", ""))),
        Asked("about", _("一句话介绍"), "long", str(told.get("about", ""))),
        Asked("readme", _("说明：谁用、怎么办、变了什么"), "long", files.get(README, ""), hint=_("别的学校照它决定用不用")),
        Asked("version", _("版本号"), value=str(told.get("version", "1.0")), hint=_("改过再发布要加大，如 1.1")),
    )  # fmt: skip
    settings = plain.mapped(told.get("settings"))
    kinds = (("number", _("数字")), ("text", _("文字")), ("time", _("时刻")), ("yes_no", _("是或否")))
    rows = tuple(
        Row(
            str(plain.mapped(one).get("title") or key),
            (
                Asked("title", _("设置叫什么"), value=str(plain.mapped(one).get("title", "")), is_must=True),
                pick("kind", _("是什么"), str(plain.mapped(one).get("kind", "number")), kinds),
                Asked("value", _("平常是多少"), value=_said(plain.mapped(one).get("value", ""))),
            ),
            place, (f"{HEAD}: settings.{key}",), f"settings.{key}",
        )
        for place, (key, one) in enumerate(settings.items())
    )  # fmt: skip
    new = (
        Asked("title", _("加一个设置"), hint=_("如：每人最多报几项。各校可以改，流程里也能用")),
        Asked("kind", _("是什么"), "select", "number", kinds),
        Asked("value", _("平常是多少")),
    )
    return Sheet(_("名称和说明"), head, rows, new, _("各校可以自己改的设置"), _("加一个设置"), (HEAD, README))


def write(files: Files, name: str, told: Told) -> Changes:
    """The head and the README as they came back."""
    head: dict[str, Any] = plain.told(files, HEAD)
    head["title"] = text(told.head, "title") or head.get("title", "")
    head["english"] = text(told.head, "english") or head.get("english", "")
    for word in ("category", "icon", "about"):
        put(head, word, text(told.head, word))
    if text(told.head, "version"):
        head["version"] = text(told.head, "version")
    settings = plain.mapped(head.get("settings"))
    keys, kept = list(settings), {}
    for origin, values in told.rows:
        if origin >= 0:
            kept[keys[origin]] = _setting(plain.mapped(settings[keys[origin]]), values)
        elif text(values, "title"):
            kept[plain.key_from(text(values, "title"), [*settings, *kept], "setting")] = _setting({}, values)
    put(head, "settings", kept)
    changes = file_changes(files, HEAD, head)
    readme = str(told.head.get("readme", "")).replace("\r\n", "\n")
    if readme.strip() and readme.strip() != files.get(README, "").strip():
        changes[README] = readme.strip() + "\n"
    return changes


def _setting(held: dict[str, Any], values: Values) -> dict[str, Any]:
    kind = text(values, "kind") or "number"
    said = text(values, "value")
    value: Any = said
    if kind == "number":
        value = plain.number_of(said)
    elif kind == "yes_no":
        value = said in ("是", "true", "1")
    return {**held, "title": text(values, "title") or held.get("title", ""), "kind": kind, "value": value}


def _said(value: Any) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


EDITOR = Editor("head", sheet, write)
