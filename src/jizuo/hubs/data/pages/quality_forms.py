"""From the fields of the form to a rule's declaration and back: no code, one form for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.hubs.data.rules.quality.subjects import Subject
from jizuo.hubs.data.rules.quality.values import BOOL, DATE, LIST, NUMBER, TEXT, kind_of

KINDS = {
    "required": gettext_lazy("必填：这些字段不能空"),
    "pattern": gettext_lazy("格式：按这个写法"),
    "range": gettext_lazy("范围：在这两个值之间"),
    "code": gettext_lazy("代码：是代码表里的"),
    "unique": gettext_lazy("不重复：一所学校里只有一条"),
    "reference": gettext_lazy("引用：在另一个库里找得到"),
    "condition": gettext_lazy("字段之间：同时满足几个条件"),
    "freshness": gettext_lazy("时效：几天内更新过"),
    "balance": gettext_lazy("对账：和另一个数一致"),
}
OPS = {
    "filled": gettext_lazy("有值"), "empty": gettext_lazy("没有值"), "is": gettext_lazy("等于"),
    "is_not": gettext_lazy("不等于"), "at_least": gettext_lazy("不小于（不早于）"), "at_most": gettext_lazy("不大于（不晚于）"),
    "more": gettext_lazy("大于（晚于）"), "less": gettext_lazy("小于（早于）"), "in": gettext_lazy("是其中之一（用逗号分开）"),
    "not_in": gettext_lazy("不是其中任何一个"), "matches": gettext_lazy("符合格式"),
}  # fmt: skip
WHEN_LINES, MUST_LINES = 3, 5
WITH_FIELDS = frozenset({"required", "unique"})
#: What a condition's line may be held against: a value, today, or another field.
TODAY = "@today"


@dataclass(slots=True)
class Line:
    """One line of a condition as typed: a field, a comparison, and a value or another field."""

    field: str = ""
    op: str = ""
    value: str = ""
    other: str = ""


@dataclass(slots=True)
class Draft:
    """A rule as the form holds it. told: what does not stand in lines."""

    told: dict[str, Any] = field(default_factory=dict)
    when: list[Line] = field(default_factory=list)
    must: list[Line] = field(default_factory=list)
    is_any: bool = False
    #: A declaration that the form cannot show line by line.
    is_deep: bool = False


def number(text: str) -> Any:
    """A whole or decimal number; the text itself for what is none."""
    plain = text.strip()
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return plain


def read(post: QueryDict, subject: Subject) -> dict[str, Any]:
    """The declaration that the form posts; what is wrong with it is for `declare` to say."""
    kind = post.get("kind", "")
    told: dict[str, Any] = {
        "code": post.get("code", "").strip(), "kind": kind, "dataset": subject.dataset.name,
        "title": post.get("title", "").strip(), "fix": post.get("fix", "").strip(),
        "severity": post.get("severity", "error"), "owner": post.get("owner", "clerk"),
        "days": number(post.get("days", "10") or "10"), "source": post.get("source", "").strip(),
    }  # fmt: skip
    if post.get("dimension"):
        told["dimension"] = post["dimension"]
    when = [one for one in (line(post, f"when{n}", subject) for n in range(WHEN_LINES)) if one]
    if when:
        told["when"] = when
    if kind in WITH_FIELDS:
        told["fields"] = [one for one in post.getlist("fields") if one]
    elif kind != "condition":
        told["field"] = post.get("field", "")
    if kind == "pattern":
        told["matches"] = post.get("matches", "")
    elif kind == "range":
        of = kind_of(subject.names[told["field"]].db_type) if told["field"] in subject.names else ""
        for word in ("at_least", "at_most"):
            if post.get(word, "").strip():
                told[word] = typed(post.get(word, ""), of)
    elif kind == "code" and post.get("table"):
        told["table"] = post["table"]
    elif kind == "reference":
        told |= {"to": post.get("to", ""), "to_field": post.get("to_field", "") or "id"}
    elif kind == "freshness":
        told["within"] = number(post.get("within", ""))
    elif kind == "balance":
        told |= {"against": post.get("against", ""), "tolerance": number(post.get("tolerance", "0") or "0")}
    elif kind == "condition":
        must = [one for one in (line(post, f"must{n}", subject) for n in range(MUST_LINES)) if one]
        told["must"] = {"any": must} if post.get("joined") == "any" and must else must
    return told


def typed(text: str, kind: str) -> Any:
    """A typed value as its field takes it."""
    if kind == NUMBER:
        return number(text)
    if kind == BOOL:
        return {"true": True, "是": True, "false": False, "否": False}.get(text.strip().lower(), text)
    return text.strip()


def line(post: QueryDict, name: str, subject: Subject) -> dict[str, Any] | None:
    """One line of a condition; None for an empty one."""
    key, op = post.get(f"{name}_field", ""), post.get(f"{name}_op", "")
    if not key or not op:
        return None
    kind = kind_of(subject.names[key].db_type) if key in subject.names else ""
    other, text = post.get(f"{name}_other", ""), post.get(f"{name}_value", "")
    if op in ("filled", "empty"):
        return {"field": key, "filled": op == "filled"}
    if op in ("in", "not_in"):
        parts = [part for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
        return {"field": key, op: [typed(part, kind) for part in parts]}
    if op == "matches":
        return {"field": key, "matches": text}
    if other == TODAY:
        days = number(text or "0")
        return {"field": key, op: {"today": days}}
    if other:
        return {"field": key, op: {"field": other}}
    return {"field": key, op: typed(text, kind)}


def show(told: Mapping[str, Any]) -> Draft:
    """The form of a declaration."""
    draft = Draft(dict(told))
    when, deep_when = lines(told.get("when"))
    must_told = told.get("must")
    if isinstance(must_told, Mapping) and set(must_told) == {"any"}:
        draft.is_any, must_told = True, must_told["any"]
    must, deep_must = lines(must_told)
    draft.when, draft.must = when, must
    draft.is_deep = (
        deep_when or deep_must or isinstance(told.get("against"), Mapping) or bool(told.get("where"))
    )
    return draft


def lines(told: Any) -> tuple[list[Line], bool]:
    """(the lines of a condition, whether some of it cannot be shown so)."""
    if not told:
        return [], False
    found, is_deep = [], False
    for one in told if isinstance(told, list) else [told]:
        made = shown_line(one)
        if made is None:
            is_deep = True
        else:
            found.append(made)
    return found, is_deep


def shown_line(one: Any) -> Line | None:
    """A condition as one line; None where it is more."""
    if not isinstance(one, Mapping) or set(one) - {"field"} == set() or len(one) != 2 or "field" not in one:
        return None
    ((op, given),) = [(op, given) for op, given in one.items() if op != "field"]
    if op == "filled":
        return Line(one["field"], "filled" if given else "empty")
    if op not in OPS:
        return None
    if isinstance(given, list):
        return Line(one["field"], op, ", ".join(str(part) for part in given))
    if isinstance(given, Mapping):
        if set(given) == {"field"}:
            return Line(one["field"], op, "", given["field"])
        if set(given) == {"today"}:
            return Line(one["field"], op, str(given["today"]), TODAY)
        return None
    if isinstance(given, bool):
        return Line(one["field"], op, "true" if given else "false")
    return Line(one["field"], op, str(given))


def padded(some: Sequence[Line], count: int) -> list[Line]:
    """The lines and empty ones after them."""
    return [*some, *(Line() for _one in range(count - len(some)))]


def field_choices(subject: Subject) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a rule may read, in groups: the record's own fields, then each relation's."""
    words = {TEXT: _("文字"), NUMBER: _("数字"), DATE: _("日期"), BOOL: _("是或否"), LIST: _("多个值")}
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, name in subject.names.items():
        kind = kind_of(name.db_type)
        if kind not in words or key.split(".")[-1] in ("unit_no", "sort_key", "source_id"):
            continue
        group = _("本库字段") if "." not in key else _("旁边的数")
        groups.setdefault(group, []).append((key, f"{name.title}（{words[kind]}）"))
    return list(groups.items())
