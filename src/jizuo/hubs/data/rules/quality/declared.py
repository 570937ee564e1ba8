"""A rule of quality as it is declared: what has to hold of which records, how grave it is, who mends it by when.

Kinds: ``required pattern range code unique reference condition freshness balance``. Each is a short way of saying a
condition; ``condition`` says it in full. See docs/guides/write-a-quality-rule.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import Composable

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Problem
from jizuo.hubs.data.rules.quality.conditions import Codes, Condition, condition, refuse_contradiction
from jizuo.hubs.data.rules.quality.faults import BadRule, bad
from jizuo.hubs.data.rules.quality.subjects import DatasetOf, Relation, Subject, relation
from jizuo.hubs.data.rules.quality.values import Name

#: The six of GB/T 36344-2018 (to check): code -> (Chinese, English).
DIMENSIONS = {
    "conformity": ("规范性", "Conformity"),
    "completeness": ("完整性", "Completeness"),
    "accuracy": ("准确性", "Accuracy"),
    "consistency": ("一致性", "Consistency"),
    "timeliness": ("时效性", "Timeliness"),
    "accessibility": ("可访问性", "Accessibility"),
}
KINDS = {
    "required": "completeness", "pattern": "conformity", "range": "accuracy", "code": "conformity",
    "unique": "accuracy", "reference": "consistency", "condition": "consistency", "freshness": "timeliness",
    "balance": "consistency",
}  # fmt: skip
WARN, ERROR, BLOCK = "warn", "error", "block"
SEVERITIES = (WARN, ERROR, BLOCK)
#: Who may be asked to mend.
OWNERS = (scopes.CLERK, scopes.HOMEROOM_TEACHER, scopes.HEAD)
MOST_DAYS = 365
COMMON = {
    "code", "kind", "dataset", "dimension", "severity", "title", "english", "fix", "fix_english", "owner", "days",
    "source", "when", "is_off",
}  # fmt: skip
OF_KIND = {
    "required": {"field", "fields"}, "pattern": {"field", "matches"},
    "range": {"field", "at_least", "at_most", "more", "less"}, "code": {"field", "table"},
    "unique": {"field", "fields"}, "reference": {"field", "to", "to_field", "where"}, "condition": {"must"},
    "freshness": {"field", "within"}, "balance": {"field", "against", "tolerance"},
}  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_]{2,59}")


def dimension_word(key: str) -> str:
    """A dimension in the language in force."""
    chinese, english = DIMENSIONS[key]
    return chinese if (get_language() or "zh").startswith("zh") else english


@dataclass(frozen=True)
class Rule:
    """A rule, checked and compiled. fails: true for a record that breaks it; is_daily: it changes with the day alone;
    brought: relations of the rule itself, beside its subject's, with their names; is_off: shipped but switched on by nobody
    yet."""

    code: str
    kind: str
    dataset: str
    dimension: str
    severity: str
    title: str
    english: str
    fix: str
    fix_english: str
    owner: str
    days: int
    source: str
    told: Mapping[str, Any]
    fails: Composable
    names: frozenset[str]
    is_daily: bool
    brought: tuple[tuple[Relation, Mapping[str, Name]], ...] = ()
    is_off: bool = False

    @property
    def word(self) -> str:
        """What must hold, in the language in force."""
        return self.title if (get_language() or "zh").startswith("zh") else self.english or self.title

    @property
    def mend(self) -> str:
        """How it is mended, in the language in force."""
        return self.fix if (get_language() or "zh").startswith("zh") else self.fix_english or self.fix


def declare(told: Mapping[str, Any], subject: Subject, dataset_of: DatasetOf, codes: Codes) -> Rule:
    """A rule from its declaration. Raises BadRule with every place that is wrong with its head, or the first of its
    condition."""
    if not isinstance(told, Mapping):
        raise bad("rule", _("这里要一条规则"))
    _refuse_head(told)
    made = _KINDS[told["kind"]](told, subject, dataset_of, codes)
    names = subject.beside(made).names
    must_told, when_told = _must(told, tuple(one[0] for one in made)), _when(told)
    must = condition(must_told, names, codes, "must")
    when = condition(when_told, names, codes, "when") if when_told else None
    if when is not None:
        refuse_contradiction([when_told, must_told], "must")
    parts: list[Condition] = [must, *([when] if when else [])]
    holds = sql.SQL("({}) is false").format(must.sql)
    return Rule(
        code=told["code"], kind=told["kind"], dataset=subject.dataset.name,
        dimension=told.get("dimension") or KINDS[told["kind"]], severity=told.get("severity", ERROR),
        title=told["title"].strip(), english=told.get("english", "").strip(), fix=told["fix"].strip(),
        fix_english=told.get("fix_english", "").strip(), owner=told.get("owner", scopes.CLERK),
        days=told.get("days", 10), source=str(told.get("source", "")), told=dict(told),
        fails=sql.SQL("({}) is true and {}").format(when.sql, holds) if when else holds,
        names=frozenset().union(*(one.names for one in parts)), is_daily=any(one.is_daily for one in parts),
        brought=tuple(made), is_off=bool(told.get("is_off", False)),
    )  # fmt: skip


def _refuse_head(told: Mapping[str, Any]) -> None:
    problems: list[Problem] = []

    def look(where: str, is_well: bool, what: str, fix: str = "") -> None:
        if not is_well:
            problems.extend(bad(where, what, fix).problems)

    kind = told.get("kind")
    look("kind", kind in KINDS, _("没有这种规则"), "、".join(KINDS))
    if kind in KINDS:
        unknown = sorted(str(key) for key in set(told) - COMMON - OF_KIND[kind])
        look(
            unknown[0] if unknown else "",
            not unknown,
            _("不认识这个词"),
            "、".join(sorted(COMMON | OF_KIND[kind])),
        )
    look("code", isinstance(told.get("code"), str) and bool(_CODE.fullmatch(told["code"])),
         _("代号要用小写字母、数字和下划线，字母开头，3 到 60 个"))  # fmt: skip
    for key in ("title", "fix"):
        text = told.get(key)
        look(key, isinstance(text, str) and 2 <= len(text.strip()) <= 200, _("要写 2 到 200 个字"),
             _("说清要满足什么、怎么改"))  # fmt: skip
    for key in ("english", "fix_english", "source"):
        look(key, isinstance(told.get(key, ""), str) and len(told.get(key, "")) <= 300, _("太长了"))
    look(
        "dimension", told.get("dimension", "accuracy") in DIMENSIONS, _("没有这个维度"), "、".join(DIMENSIONS)
    )
    look("severity", told.get("severity", ERROR) in SEVERITIES, _("没有这种程度"), "、".join(SEVERITIES))
    look("owner", told.get("owner", scopes.CLERK) in OWNERS, _("不能请这个身份改"), "、".join(OWNERS))
    days = told.get("days", 10)
    look("days", isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= MOST_DAYS,
         _("限期要在 1 到 %(n)s 天之间") % {"n": MOST_DAYS})  # fmt: skip
    if problems:
        raise BadRule(problems)


def _fields(told: Mapping[str, Any]) -> list[str]:
    found = told.get("fields") or ([told["field"]] if told.get("field") else [])
    if (
        not isinstance(found, list)
        or not 1 <= len(found) <= 8
        or not all(isinstance(one, str) for one in found)
    ):
        raise bad("field", _("要选 1 到 8 个字段"))
    return found


def _field(told: Mapping[str, Any]) -> str:
    (one,) = _fields(told)[:1]
    return one


def _when(told: Mapping[str, Any]) -> list[Any]:
    when = told.get("when") or []
    extra: list[Any] = (
        [{"field": key, "filled": True} for key in _fields(told)] if told["kind"] == "unique" else []
    )
    return [*(when if isinstance(when, list) else [when]), *extra]


def _must(told: Mapping[str, Any], relations: tuple[Relation, ...]) -> Any:
    kind = told["kind"]
    if kind == "condition":
        if not told.get("must"):
            raise bad("must", _("没有写要满足什么"))
        return told["must"]
    if kind == "required":
        return [{"field": key, "filled": True} for key in _fields(told)]
    key = _field(told)
    if kind == "pattern":
        return {"field": key, "matches": told.get("matches")}
    if kind == "range":
        bounds = {
            word: told[word] for word in ("at_least", "at_most", "more", "less") if told.get(word) is not None
        }
        if not bounds:
            raise bad("at_least", _("上限和下限至少写一个"))
        return {"field": key, **bounds}
    if kind == "code":
        return {"field": key, "code": told.get("table") or True}
    if kind == "freshness":
        within = told.get("within")
        if isinstance(within, bool) or not isinstance(within, int) or not 1 <= within <= 3660:
            raise bad("within", _("要写几天之内，1 到 3660"))
        return {"field": key, "at_least": {"today": -within}}
    counted = f"{relations[0].name}.n" if relations else ""
    if kind == "unique":
        return {"field": counted, "at_most": 1}
    if kind == "reference":
        return {"any": [{"field": key, "filled": False}, {"field": counted, "at_least": 1}]}
    return _balance(told, key, counted)


def _balance(told: Mapping[str, Any], key: str, counted: str) -> Any:
    other = counted or told.get("against")
    if not isinstance(other, str):
        raise bad("against", _("要写和什么对账"), _("写一个字段，或写数据集和怎么数"))
    tolerance = told.get("tolerance", 0)
    gap = {"calc": {"minus": [{"field": key}, {"field": other}]}}
    if not tolerance:
        return {"field": key, "is": {"field": other}}
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or tolerance < 0:
        raise bad("tolerance", _("允许的差额要是 0 或正数"))
    return {"all": [{**gap, "at_most": tolerance}, {**gap, "at_least": -tolerance}]}


_Made = list[tuple[Relation, dict[str, Name]]]


def _nothing(told: Mapping[str, Any], subject: Subject, dataset_of: DatasetOf, codes: Codes) -> _Made:
    return []


def _beside(told: Mapping[str, Any], key: str, wish: dict[str, Any], subject: Subject, dataset_of: DatasetOf,
            codes: Codes) -> _Made:  # fmt: skip
    """A relation of the rule's own, named by its code so that two rules never meet."""
    name = f"{key}_{told['code']}"
    return [
        relation(name, {"many": True, **wish}, subject.dataset, subject.names, dataset_of, codes, key)
    ]  # fmt: skip


def _unique(told: Mapping[str, Any], subject: Subject, dataset_of: DatasetOf, codes: Codes) -> _Made:
    """How many records of the same unit have the same values."""
    fields = _fields(told)
    for place, one in enumerate(fields):
        if one not in subject.dataset.fields:
            raise bad(f"fields[{place}]", _("查重只能用这个数据集自己的字段"))
    when = told.get("when") or []
    wish: dict[str, Any] = {
        "dataset": subject.dataset.name, "by": {one: one for one in fields},
        "tells": {"n": {}},
    }  # fmt: skip
    base = subject.where_told
    tests = [*(base if isinstance(base, list) else [base] if base else []),
             *(when if isinstance(when, list) else [when])]  # fmt: skip
    if tests:
        wish["where"] = tests
        beside = {name.partition(".")[0] for name in fields_in(tests) if "." in name}
        wish["relations"] = {
            key: subject.relations_told[key] for key in beside if key in subject.relations_told
        }
    try:
        return _beside(told, "same", wish, subject, dataset_of, codes)
    except BadRule as error:
        raise bad(
            "when", _("查重的范围只能用这个数据集自己的字段和一对一的关联"), str(error)
        ) from error  # fmt: skip


def fields_in(told: Any) -> set[str]:
    """Every name that a declaration reads, however it is nested."""
    if isinstance(told, Mapping):
        own = {told["field"]} if isinstance(told.get("field"), str) else set()
        return own.union(*(fields_in(one) for one in told.values()))
    return set().union(*(fields_in(one) for one in told)) if isinstance(told, list) else set()


def _reference(told: Mapping[str, Any], subject: Subject, dataset_of: DatasetOf, codes: Codes) -> _Made:
    """How many records of another dataset a field points at."""
    wish: dict[str, Any] = {
        "dataset": told.get("to"), "by": {told.get("to_field") or "id": _field(told)}, "tells": {"n": {}},
    }  # fmt: skip
    if told.get("where"):
        wish["where"] = told["where"]
    return _beside(told, "to", wish, subject, dataset_of, codes)


def _against(told: Mapping[str, Any], subject: Subject, dataset_of: DatasetOf, codes: Codes) -> _Made:
    """``against: {dataset:, by:, where:, sum:}``: counted or summed beside the record."""
    against = told.get("against")
    if not isinstance(against, Mapping):
        return []
    wish = {key: one for key, one in against.items() if key not in ("sum", "max", "min")}
    wish["tells"] = {"n": {key: against[key] for key in ("sum", "max", "min") if key in against}}
    return _beside(told, "against", wish, subject, dataset_of, codes)


_KINDS = dict.fromkeys(KINDS, _nothing) | {"unique": _unique, "reference": _reference, "balance": _against}
