"""What must be noticed, by picking: which rows, how many of them, whom it is told and what is said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing.flow import people
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Sheet,
    Told,
    file_changes,
    filter_questions,
    filters_told,
    pick,
    put,
    text,
    with_held,
)
from jizuo.ground.packs.studio.plain import Changes, Files


def sheet(files: Files, name: str) -> Sheet:
    """The editor of one alert."""
    path = f"alerts/{name}.yaml"
    told = plain.told(files, path)
    of, each, on = str(told.get("of", "")), str(told.get("each", "")), str(told.get("on", ""))
    tell = list(map(str, plain.listed(told.get("tell"))))
    head = (
        Asked("title", _("提醒什么"), value=str(told.get("title", "")), is_must=True),
        pick("of", _("看哪张表"), of, plain.choices(files, "standards")),
        *filter_questions(files, of, told.get("where")),
        pick("each", _("每个什么算一件"), each, plain.element_choices(files, of, ["person", "org", "code"]), none="—"),
        Asked("least", _("有几条才提醒"), "number", str(told.get("least", 1))),
        Asked("within_days", _("几天之内的"), "number", str(told.get("within_days") or ""), hint=_("空着就不限")),
        pick("on", _("按哪个日期算"), on, plain.element_choices(files, of, ["date", "timestamptz"]), none="—"),
        Asked("at", _("几点提醒"), value=str(told.get("at", "")), hint=_("如 08:30；空着就随时")),
        *(
            Asked(
                f"tell{n}", _("告诉谁") if n == 0 else _("还告诉谁"), "select", tell[n] if n < len(tell) else "",
                with_held([("", "—"), *people(files, "")], tell[n] if n < len(tell) else ""),
            )
            for n in range(2)
        ),
        Asked("words", _("说什么"), "long", str(told.get("words", "")), is_must=True, hint=_("不写名字和事由，点开才看到")),
    )  # fmt: skip
    return Sheet(str(told.get("title") or name), head, paths=(path,))


def write(files: Files, name: str, told: Told) -> Changes:
    """The file of the alert as it came back."""
    path = f"alerts/{name}.yaml"
    alert: dict[str, Any] = plain.told(files, path)
    alert["title"] = text(told.head, "title") or alert.get("title", name)
    alert["of"] = of = text(told.head, "of")
    put(alert, "where", filters_told(files, of, told.head))
    alert["each"] = text(told.head, "each")
    least = plain.number_of(text(told.head, "least"), usual=1)
    put(alert, "least", least, 1)
    put(alert, "within_days", plain.number_of(text(told.head, "within_days")))
    put(alert, "on", text(told.head, "on"))
    put(alert, "at", text(told.head, "at"))
    rest = list(map(str, plain.listed(alert.get("tell"))))[2:]
    found = [one for one in (text(told.head, "tell0"), text(told.head, "tell1"), *rest) if one]
    put(alert, "tell", list(dict.fromkeys(found)))
    alert["words"] = text(told.head, "words")
    return file_changes(files, path, alert)


def begin(files: Files, name: str, title: str, of: str) -> Changes:
    """A new alert over a table, told to the school office."""
    each = str(plain.told(files, f"standards/{of}.yaml").get("subject", ""))
    first = next((key for key, _title in plain.element_choices(files, of, ["person", "org", "code"])), "")
    return {
        f"alerts/{name}.yaml": reading.to_yaml(
            {"title": title, "of": of, "each": each or first, "tell": ["clerk"], "words": title}
        )
    }


EDITOR = Editor("alerts", sheet, write)
