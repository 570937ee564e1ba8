"""What is checked: the records of a dataset with what stands beside them, as declared by the room that owns it.

A subject names the dataset, which of its records count (``where``), and relations: a record that belongs to it (the
pupil's class), or many (her guardians) of which numbers are told. Rules read all of it by name: ``seat_no``,
``class.entry_year``, ``guardians.legal``. Two ways of asking: *whole* joins grouped tables once, *few* looks beside
each of the touched records; both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules.quality.conditions import Codes, Condition, condition
from jizuo.hubs.data.rules.quality.faults import bad
from jizuo.hubs.data.rules.quality.values import DATE, NUMBER, Name, Names, kind_of
from jizuo.hubs.data.rules.quality.values import value as made_value

#: Columns of the house that a condition may read, with their type.
HOUSE = {"id": "uuid", "changed_at": "timestamp with time zone"}
HOUSE_TITLES = {"id": "编号", "changed_at": "最近更新时间"}
SUBJECT_KEYS = {"dataset", "where", "org", "relations", "held_by", "person"}
RELATION_KEYS = {"dataset", "by", "where", "many", "relations", "tells"}
TELLS = {"where", "title", "english", "sum", "max", "min"}

DatasetOf = Callable[[str], Dataset]


@dataclass(frozen=True, slots=True)
class Relation:
    """Another dataset's records beside a record. on: their field -> the parent's name; tells: name -> aggregate (many
    only). inner: relations of their own, one each; is_daily: it changes with the day alone."""

    name: str
    alias: str
    dataset: Dataset
    on: tuple[tuple[str, str], ...]
    parents: frozenset[str]
    is_many: bool = False
    where: Condition | None = None
    inner: tuple[Relation, ...] = ()
    tells: Mapping[str, Composable] = field(default_factory=dict)
    is_daily: bool = False


@dataclass(frozen=True)
class Subject:
    """A dataset as it is checked. names: all that rules may read; org: the class a record belongs to, a name or '';
    person: the name of the person a record is about, '' for none; held_by: for people of the base, the unit's records
    that stand for them."""

    dataset: Dataset
    names: Names
    relations: Mapping[str, Relation]
    where: Condition | None
    org: str = ""
    person: str = ""
    held_by: Relation | None = None
    where_told: Any = None
    relations_told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> Composable:
        """The unit that answers for a record."""
        return sql.SQL("h.unit_no" if self.held_by else "t.unit_no")

    def relation_of(self, name: str) -> str:
        """The relation a name stands in, '' for the record's own fields."""
        return name.partition(".")[0] if "." in name else ""

    def needed(self, names: Iterable[str]) -> list[Relation]:
        """The relations behind these names, each after those it hangs on."""
        wanted: dict[str, Relation] = {}

        def want(key: str) -> None:
            if key and key not in wanted:
                for parent in sorted(self.relations[key].parents):
                    want(parent)
                wanted[key] = self.relations[key]

        for name in sorted(names):
            want(self.relation_of(name))
        return list(wanted.values())

    def beside(self, brought: Iterable[tuple[Relation, Names]]) -> Subject:
        """The same subject with the relations that rules bring themselves."""
        found = list(brought)
        return replace(
            self,
            names={**self.names, **{key: name for _made, names in found for key, name in names.items()}},
            relations={**self.relations, **{made.name: made for made, _names in found}},
        )

    def is_daily(self, names: Iterable[str]) -> bool:
        """Whether what is read changes with the day alone: which records count, or what stands beside them."""
        beside = self.needed({*names, *self.own_names()})
        held = self.held_by is not None and self.held_by.is_daily
        return held or bool(self.where and self.where.is_daily) or any(one.is_daily for one in beside)

    def own_names(self) -> frozenset[str]:
        """Names read for every check: which records count, whose they are."""
        base = self.where.names if self.where else frozenset()
        return base | {name for name in (self.org, self.person) if name}


def _columns(dataset: Dataset, alias: str, prefix: str = "", said: str = "") -> dict[str, Name]:
    found = {
        f"{prefix}{key}": Name(sql.Identifier(alias, key), one.db_type, f"{said}{one.title}", one.code_table)
        for key, one in dataset.fields.items()
    }
    if "unit_no" not in found:
        found |= {
            f"{prefix}{key}": Name(sql.Identifier(alias, key), kind, f"{said}{HOUSE_TITLES[key]}")
            for key, kind in HOUSE.items()
            if f"{prefix}{key}" not in found
        }
    return found


def _known(told: Mapping[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(told) - keys)
    if unknown:
        raise bad(f"{where}.{unknown[0]}", _("不认识这个词"), "、".join(sorted(keys)))


def _dataset(name: Any, dataset_of: DatasetOf, where: str) -> Dataset:
    try:
        return dataset_of(name)
    except (KeyError, TypeError) as error:
        raise bad(where, _("没有叫“%(name)s”的数据集") % {"name": name}) from error


def plain(dataset: Dataset) -> Subject:
    """The subject of a dataset that nobody said more about: its own fields alone."""
    return Subject(dataset, _columns(dataset, "t"), {}, None)


def subject(told: Mapping[str, Any], dataset_of: DatasetOf, codes: Codes) -> Subject:
    """A subject from its declaration. Raises BadRule naming the place."""
    _known(told, SUBJECT_KEYS, "subject")
    dataset = _dataset(told.get("dataset"), dataset_of, "dataset")
    where = f"subject {dataset.name}"
    names = _columns(dataset, "t")
    relations: dict[str, Relation] = {}
    for key, one in (told.get("relations") or {}).items():
        made, tells = relation(key, one, dataset, names, dataset_of, codes, f"{where}.relations.{key}")
        relations[key] = made
        names |= tells
    held_by = None
    if dataset.wall == "person":
        if "held_by" not in told:
            raise bad(f"{where}.held_by", _("基座的人要说明由哪个单位的哪条记录代表"))
        held_by, _brought = relation(
            "held_by", told["held_by"], dataset, names, dataset_of, codes, f"{where}.held_by"
        )
    counted = condition(told["where"], names, codes, f"{where}.where") if told.get("where") else None
    for key in ("org", "person"):
        if told.get(key, "") not in ("", *names):
            raise bad(f"{where}.{key}", _("没有叫“%(name)s”的字段") % {"name": told[key]})
    return Subject(
        dataset, names, relations, counted, told.get("org", ""), told.get("person", ""), held_by, told.get("where"),
        told.get("relations") or {},
    )  # fmt: skip


def relation(
    key: str,
    told: Mapping[str, Any],
    parent: Dataset,
    names: Names,
    dataset_of: DatasetOf,
    codes: Codes,
    where: str,
    prefix: str = "r_",
) -> tuple[Relation, dict[str, Name]]:
    """A relation and the names it brings."""
    if not isinstance(told, Mapping):
        raise bad(where, _("这里要一段说明"))
    _known(told, RELATION_KEYS, where)
    dataset = _dataset(told.get("dataset"), dataset_of, f"{where}.dataset")
    is_many = bool(told.get("many", False))
    alias = f"{prefix}{key}"
    own = _columns(dataset, "e" if is_many or told.get("where") else alias)
    inner: list[Relation] = []
    for below, one in (told.get("relations") or {}).items():
        if not is_many:
            raise bad(
                f"{where}.relations", _("只有多条的关联里才写下一层"), _("把它写在外面，by 里用“名字.字段”")
            )
        place = f"{where}.relations.{below}"
        made, brought = relation(below, one, dataset, own, dataset_of, codes, place, "i_")
        if made.is_many or made.where:
            raise bad(place, _("下一层只能是一对一的关联"))
        inner.append(made)
        own |= brought
    on = tuple((str(theirs), str(ours)) for theirs, ours in (told.get("by") or {}).items())
    parents = set()
    for theirs, ours in on:
        if theirs != "id" and theirs not in dataset.fields:
            raise bad(f"{where}.by.{theirs}", _("%(dataset)s没有这个字段") % {"dataset": dataset.title})
        if ours not in names:
            raise bad(f"{where}.by.{theirs}", _("没有叫“%(name)s”的字段") % {"name": ours})
        if "." in ours:
            parents.add(ours.partition(".")[0])
        mine, other = _columns(dataset, "x")[theirs], names[ours]
        if kind_of(mine.db_type) != kind_of(other.db_type):
            raise bad(f"{where}.by.{theirs}", _("两边不是一类内容"))
    if not on and not (dataset.has_unit and parent.has_unit):
        raise bad(f"{where}.by", _("要写明凭哪个字段对上"))
    test = condition(told["where"], own, codes, f"{where}.where") if told.get("where") else None
    is_daily = test is not None and test.is_daily
    tells: dict[str, Composable] = {}
    brought = {}
    if is_many:
        for name, one in (told.get("tells") or {"count": {}}).items():
            tells[name], daily = _told(name, one or {}, own, codes, f"{where}.tells.{name}")
            is_daily = is_daily or daily
            brought[f"{key}.{name}"] = Name(
                sql.SQL("coalesce({}, 0)").format(sql.Identifier(alias, name))
                if not {"max", "min"} & set(one or {})
                else sql.Identifier(alias, name),
                _type_of(one or {}, own),
                (one or {}).get("title", f"{key}.{name}"),
            )
    else:
        brought = _columns(dataset, alias, f"{key}.", f"{dataset.title}·")
    made = Relation(key, alias, dataset, on, frozenset(parents), is_many, test, tuple(inner), tells, is_daily)
    return made, brought


def _type_of(told: Mapping[str, Any], own: Names) -> str:
    for word in ("max", "min"):
        if word in told:
            db_type = own[told[word]].db_type
            return "date" if kind_of(db_type) == DATE else db_type
    return "numeric(30)"


def _told(
    name: str, told: Mapping[str, Any], own: Names, codes: Codes, where: str
) -> tuple[Composable, bool]:
    """The aggregate of one told number: a count, or the sum, max or min of a field; of the records that fit."""
    _known(told, TELLS, where)
    test = condition(told["where"], own, codes, f"{where}.where") if told.get("where") else None
    words = [word for word in ("sum", "max", "min") if word in told]
    if len(words) > 1:
        raise bad(where, _("sum、max、min 只写一个"))
    if not words:
        text: Composable = sql.SQL("count(*)")
    else:
        (word,) = words
        one = made_value({"field": told[word]}, own, f"{where}.{word}")
        if word == "sum" and one.kind != NUMBER:
            raise bad(f"{where}.sum", _("只有数字可以相加"))
        text = sql.SQL("{}({})").format(sql.SQL(word), one.sql)
    if test is not None:
        text = sql.SQL("{} filter (where {})").format(text, test.sql)
    return sql.SQL("{} as {}").format(text, sql.Identifier(name)), test is not None and test.is_daily
