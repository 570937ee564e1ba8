"""Which column of a school's sheet feeds which field: what a person chose, what was remembered, what is proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jizuo.plain.workbook import mapping, words
from jizuo.plain.workbook.mapping import Checker, Field
from jizuo.plain.workbook.shape import Table, TableRow

#: Kinds of values; the converters stand in `values`. soft: a code of a table that is still to be checked against its
#: standard; a word it does not know is left out with a warning. place: a number in a row of few, mostly, so 06 is 6.
NAME, TEXT, DATE, MONTH, CODE, PHONE, WHOLE, DECIMAL, FLAG, DOCUMENT, ROLL, CLASS, SOFT, PLACE = (
    "name", "text", "date", "month", "code", "phone", "whole", "decimal", "flag", "document", "roll", "class", "soft",
    "place",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spec:
    """One wanted column. titles: the shown one first, then other names. code: id of the code table. most: the
    longest text that fits. is_asked: stands in our own template."""

    key: str
    titles: tuple[str, ...]
    kind: str = TEXT
    code: str = ""
    most: int = 0
    initials: str = ""
    required: bool = False
    is_asked: bool = True
    explanation: str = ""
    example: str = ""

    @property
    def title(self) -> str:
        return self.titles[0]


@dataclass(slots=True)
class Mapped:
    """A table with its columns named. places: field -> place in `table.columns`; adults: for each guardian of a
    row, part (name, relation, phone ...) -> place; doubtful: (place, words); unused: places that feed nothing."""

    table: Table
    fingerprint: str
    places: dict[str, int]
    adults: list[dict[str, int]]
    doubtful: list[tuple[int, str]] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)
    is_remembered: bool = False


ADULT_PARTS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", ""),
    "relation": ("关系", "与学生关系", "与孩子关系", "称谓", "与本人关系"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码"),
    "id_kind": ("身份证件类型", "证件类型"),
    "number": ("身份证件号", "身份证号", "证件号码", "证件号", "身份证", "身份证号码", "身份证件号码"),
    "is_legal": ("是否监护人", "是否法定监护人", "法定监护人"),
    "ethnic": ("民族",),
}
_PART_OF = {title: part for part, titles in ADULT_PARTS.items() for title in titles}
_ADULT = re.compile(
    r"^(?P<who>监护人|家长|成员|家庭成员|联系人|紧急联系人|父亲|母亲|爸爸|妈妈|父|母)(?P<no>[一二三四五1-5]?)/?(?P<part>.*)$"
)
_FIXED_RELATION = {"父亲": "父亲", "爸爸": "父亲", "父": "父亲", "母亲": "母亲", "妈妈": "母亲", "母": "母亲"}
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "": "1"}

_IDLE = """
    序号 编号 照片 签名 学校 学校名称 学校标识码 校名 学校代码 no 年龄 人数 怎么改 姓名拼音 联系电话
    出生地行政区划码 是否在编 备用地址 是否独生子女 婚姻状况
"""
#: Headings that carry nothing for the base; nobody needs to hear that they were left out.
IDLE = frozenset(map(words.normal, _IDLE.split()))
_FORBIDDEN = """
    残疾 低保 脱贫 贫困 孤儿 留守 随迁 优抚 烈士 资助 宗教 信仰 收入 工作单位 父职务 母职务 父亲职务 母亲职务
    父亲学历 母亲学历 家长职务 家长学历 成绩 名次 总分 处分 指纹 人脸
"""
#: School-practice sections 3 and 6: no list asks for these, and what nobody asks for is not taken in.
FORBIDDEN = tuple(_FORBIDDEN.split())


def is_forbidden(heading: str) -> bool:
    """True for a heading that names what the base does not collect by a list."""
    whole = words.normal(heading)
    return any(word in whole for word in FORBIDDEN)


def map_columns(
    specs: Sequence[Spec],
    checkers: Mapping[str, Checker],
    table: Table,
    remembered: Mapping[str, Mapping[str, str]],
    chosen: Mapping[str, Mapping[str, str]],
    *,
    has_adults: bool = False,
) -> Mapped:
    """The columns of `table`. chosen and remembered: fingerprint -> {column letter: field key, '' for none}; a
    person's choice goes before what was remembered, and both before the proposal."""
    fingerprint = mapping.fingerprint(table)
    adults, taken = adult_columns(table) if has_adults else ([], set())
    told = chosen.get(fingerprint) or remembered.get(fingerprint)
    known = {spec.key for spec in specs}
    if told is not None:
        place_of = {column.letter: place for place, column in enumerate(table.columns)}
        places = {
            key: place_of[letter] for letter, key in told.items() if key in known and letter in place_of
        }
        return Mapped(
            table, fingerprint, places, adults, [], left_over(table, set(places.values()) | taken), True
        )
    open_places = [place for place in range(len(table.columns)) if place not in taken]
    part = table if not taken else narrowed(table, open_places)
    fields = [
        Field(spec.key, spec.titles, spec.initials, checkers.get(spec.kind), spec.required) for spec in specs
    ]
    proposals = mapping.propose(fields, part)
    places = {proposal.key: open_places[proposal.place] for proposal in proposals}
    doubtful = [
        (open_places[proposal.place], proposal.doubts or proposal.reason)
        for proposal in proposals
        if proposal.doubts or proposal.score < mapping.SURE
    ]
    return Mapped(
        table, fingerprint, places, adults, doubtful, left_over(table, set(places.values()) | taken)
    )


def left_over(table: Table, used: set[int]) -> list[int]:
    """Places with a heading that feed nothing, without the idle ones."""
    return [
        place
        for place, column in enumerate(table.columns)
        if place not in used and column.heading and words.normal(column.heading) not in IDLE
    ]


def adult_columns(table: Table) -> tuple[list[dict[str, int]], set[int]]:
    """The guardians' columns, guardian by guardian in the order of the sheet, and every place they take.

    监护人一/姓名 under a merged heading, 成员1姓名, 父亲姓名, 家长电话 are all known; 父亲 alone is a name.
    """
    groups: dict[tuple[str, str], dict[str, int]] = {}
    taken: set[int] = set()
    for place, column in enumerate(table.columns):
        heading = "/".join(map(words.normal, column.heading.split("/")))
        match = _ADULT.fullmatch(heading)
        if match is None or is_forbidden(column.heading):
            continue
        part = _PART_OF.get(match["part"])
        if part is None:
            continue
        group = groups.setdefault((match["who"], _NUMERALS.get(match["no"], match["no"])), {})
        if part not in group:
            group[part] = place
            taken.add(place)
    alone = next((place for place, column in enumerate(table.columns) if words.normal(column.heading) in (
        "与学生关系", "与孩子关系")), None)  # fmt: skip
    adults = []
    for (who, _no), group in groups.items():
        if "name" not in group and "phone" not in group:
            taken -= set(group.values())
            continue
        if alone is not None and "relation" not in group and alone not in taken:
            group["relation"] = alone
            taken.add(alone)
        if who in _FIXED_RELATION:
            group.setdefault("fixed", 0 if _FIXED_RELATION[who] == "父亲" else 1)
        adults.append(group)
    return adults, taken


def narrowed(table: Table, places: Sequence[int]) -> Table:
    """A sample of the table with only the columns at `places`."""
    step = max(1, len(table.rows) // mapping.SAMPLE)
    rows = [TableRow(row.number, [row.cells[place] for place in places]) for row in table.rows[::step]]
    return Table(table.sheet, table.heading_row, [table.columns[place] for place in places], rows)
