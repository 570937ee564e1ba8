"""Pure decisions about standards: what is wrong with one, names it may be given, what a new version changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jizuo.ground import plans
from jizuo.ground.errors import Problem
from jizuo.hubs.data.datasets import INTERNAL, Field
from jizuo.hubs.data.rules import detection
from jizuo.hubs.data.rules.catalogue import CIRCLES, CYCLES
from jizuo.hubs.data.standards import Body, Element
from jizuo.plain import pinyin, typed
from jizuo.plain.text import clean
from jizuo.plain.workbook.words import normal

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
INITIALS = re.compile(r"[A-Z][A-Z0-9]{0,29}")
LONGEST_WORD, MOST_KEY, MOST_ALIASES = 80, 6, 20
#: What a field list may call a type, beside the type's own name.
TYPES: Mapping[str, str] = {
    "字符": "text", "字符型": "text", "字符串": "text", "文本": "text", "文字": "text", "c": "text", "an": "text",
    "varchar": "text", "char": "text", "string": "text", "整数": "integer", "整型": "integer", "数字": "integer",
    "数值": "integer", "数值型": "integer", "n": "integer", "int": "integer", "bigint": "integer", "number": "integer",
    "小数": "decimal", "浮点": "decimal", "金额": "decimal", "numeric": "decimal", "float": "decimal",
    "double": "decimal", "是否": "boolean", "布尔": "boolean", "逻辑": "boolean", "l": "boolean", "bool": "boolean",
    "日期": "date", "日期型": "date", "d": "date", "时间": "timestamptz", "日期时间": "timestamptz", "t": "timestamptz",
    "datetime": "timestamptz", "timestamp": "timestamptz", "代码": "code", "字典": "code", "枚举": "code", "人": "person",
    "人员": "person", "组织": "org", "班级": "org", "附件": "file", "文件": "file",
}  # fmt: skip
#: Kinds as a dataset's field says them, by type.
KINDS: Mapping[str, str] = {
    "text": "text", "integer": "number", "decimal": "number", "boolean": "bool", "date": "date",
    "timestamptz": "moment", "code": "code", "person": "id", "org": "id", "file": "id",
}  # fmt: skip
_YES = frozenset(("是", "必填", "必备", "m", "y", "yes", "true", "1", "√", "✓", "必须"))


def problems_of(body: Body, tables: Collection[str], taken: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a standard by itself, as it would be published as a first version. tables: ids of the known
    code tables; taken: names of datasets that ship with the rooms."""
    found: list[Problem] = []
    if body.name in taken:
        found.append(
            Problem(
                "name",
                _("数据集 %(name)s 已有标准") % {"name": body.name},
                _("一个名字只归一个标准，请换一个"),
            )
        )
    if not body.title.strip() or len(body.title) > LONGEST_WORD:
        found.append(Problem("title", _("要有中文名，最长 80 个字")))
    found += plans.problems_of(body.plan(1))
    initials: dict[str, str] = {}
    titles: dict[str, str] = {}
    for place, one in enumerate(body.elements):
        where = f"columns[{place}]"
        if one.initials and not INITIALS.fullmatch(one.initials):
            found.append(
                Problem(
                    where, _("拼音名应是大写字母：%(name)s") % {"name": one.initials[:30]}, _("如 XM、XBM")
                )
            )
        if one.initials and initials.setdefault(one.initials, one.key) != one.key:
            found.append(
                Problem(
                    where,
                    _("拼音名 %(name)s 已属于 %(key)s")
                    % {"name": one.initials, "key": initials[one.initials]},
                    _("改其中一个，如加数字"),
                )
            )
        for word in dict.fromkeys(map(normal, (one.title, *one.aliases))):
            if word and titles.setdefault(word, one.key) != one.key:
                found.append(
                    Problem(
                        where,
                        _("“%(word)s”已是 %(key)s 的名称或别名") % {"word": word, "key": titles[word]},
                        _("两个字段不能同名"),
                    )
                )
        if len(one.aliases) > MOST_ALIASES or any(len(alias) > LONGEST_WORD for alias in one.aliases):
            found.append(Problem(where, _("别名最多 20 个，每个最长 80 个字")))
        if one.type == "code" and one.code and one.code not in tables:
            found.append(
                Problem(
                    where, _("没有代码表：%(name)s") % {"name": one.code}, _("先在“代码表”里加上，或改用文本")
                )
            )
        if one.is_retired and one.required:
            found.append(Problem(where, _("停用的字段不能必填"), _("去掉必填")))
    if body.known_to not in CIRCLES or body.cycle not in ("", *CYCLES):
        found.append(
            Problem(
                "known_to",
                _("没有这种可知范围或更新周期：%(words)s")
                % {"words": f"{body.known_to} {body.cycle}".strip()[:60]},
                f"known_to: {', '.join(CIRCLES)}; cycle: {', '.join(CYCLES)}",
            )
        )
    keys = {one.key for one in body.elements}
    strange = [key for key in (*body.key, *filter(None, [body.label])) if key not in keys]
    if strange:
        found.append(
            Problem(
                "key", _("没有这个字段：%(keys)s") % {"keys": "、".join(strange)}, _("从本标准的字段里选")
            )
        )
    if len(set(body.key)) != len(body.key) or len(body.key) > MOST_KEY:
        found.append(Problem("key", _("主键由 1 到 6 个不同的字段组成")))
    return list(dict.fromkeys(found))


#: Words whose characters are read otherwise than in names, where single characters are all there is to go by.
_SAID = {
    "曾用": "CY", "曾任": "CR", "重复": "CF", "重读": "CD", "重名": "CM", "长度": "CD", "特长": "TC", "时长": "SC",
    "身长": "SC", "银行": "YH", "行业": "HY", "会计": "KJ", "音乐": "YY", "调动": "DD", "调入": "DR", "调出": "DC",
    "参加": "CJ", "都市": "DS", "单价": "DJ", "单位": "DW", "单亲": "DQ",
}  # fmt: skip
_SPLIT = re.compile(f"({'|'.join(_SAID)})")


def _letters(part: str) -> str:
    """First letters of a part of a title. A character stands before it, or its first would be read as a surname."""
    return _SAID.get(part) or pinyin.initials(f"某{part}")[1:].upper()


def propose_initials(title: str, is_code: bool = False, taken: Collection[str] = ()) -> str:
    """The pinyin-initial name of a title: 姓名 -> XM, 性别 with a code table -> XBM; a number is added to one that is
    taken. '' for a title without letters."""
    name = re.sub(r"[^A-Z0-9]", "", "".join(_letters(part) for part in _SPLIT.split(clean(title))))[:28]
    if name and not name[0].isalpha():
        name = f"Z{name}"
    if name and is_code and not title.endswith("码"):
        name += "M"
    return _free(name, taken, "") if name else ""


def propose_key(
    title: str, known: Mapping[str, tuple[str, str]], taken: Collection[str] = ()
) -> tuple[str, str]:
    """An English key and an English name for a title: those of a known element of the same name, else the initials
    in lower case and no English name. known: normal title -> (key, english)."""
    key, english = known.get(normal(title), ("", ""))
    key = key or propose_initials(title).lower() or "field"
    return _free(key[: plans.LONGEST_KEY - 3], taken, "_"), english


def propose_grade(
    title: str,
    key: str = "",
    english: str = "",
    initials: str = "",
    code: str = "",
    aliases: Sequence[str] = (),
) -> int:
    """The grade of an element about which nobody has said one: internal, or as high as its names and its code table look
    (see `detection`). A person may say another. key, initials: as somebody wrote them; letters that were worked out from
    the title say no more than it does, and mislead (测试日期 and 出生日期 are both CSRQ)."""
    found = detection.examine(
        key=key, title=title, english=english, initials=initials, code_table=code, aliases=aliases
    )
    return max([INTERNAL, *(one.grade for one in found)])


def _free(name: str, taken: Collection[str], between: str) -> str:
    if name not in taken and name not in plans.RESERVED:
        return name
    number = 2
    while f"{name}{between}{number}" in taken:
        number += 1
    return f"{name}{between}{number}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A field list as pasted: the elements read from it, and what could not be read, row by row."""

    elements: tuple[Element, ...]
    problems: tuple[Problem, ...]


_HEADS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "字段名",
        "字段名称",
        "中文名",
        "中文名称",
        "名称",
        "数据项",
        "数据项名称",
        "数据项名",
        "字段",
        "项目",
    ),
    "key": ("英文名", "英文名称", "字段代码", "标识符", "key", "列名", "英文标识"),
    "initials": ("拼音名", "拼音", "拼音缩写", "编号名", "数据项代码", "简称"),
    "type": ("类型", "数据类型", "字段类型"),
    "length": ("长度", "数据长度", "字段长度"),
    "required": ("必填", "是否必填", "约束", "可选", "是否必备", "必备"),
    "code": ("代码表", "值域", "引用编号", "取值范围", "字典", "代码集"),
    "grade": ("分级", "数据分级", "级别"),
    "rule": ("说明", "依据", "备注", "解释", "来源"),
}
_PLACE = {normal(word): place for place, words in _HEADS.items() for word in words}


def read_field_list(
    rows: Sequence[Sequence[str]],
    tables: Mapping[str, str],
    known: Mapping[str, tuple[str, str]],
    held: Iterable[Element] = (),
) -> Listed:
    """Elements from pasted rows: 字段名 类型 长度 必填 代码表, under their headings in any order or, without headings,
    in this one. tables: id -> name of the code tables; held: elements there already, whose names are taken."""
    rows = [[clean(cell) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    order = ["title", "type", "length", "required", "code"]
    first = 1
    if rows and any(normal(cell) in _PLACE for cell in rows[0]):
        order, first = [_PLACE.get(normal(cell), "") for cell in rows[0]], 2
        rows = rows[1:]
    taken_keys = {one.key for one in held}
    taken_initials = {one.initials for one in held}
    ids = {normal(name): table for table, name in tables.items()} | {table: table for table in tables}
    found: list[Element] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, first):
        told = {place: cell for place, cell in zip(order, row, strict=False) if place and cell}
        if "title" not in told:
            problems.append(Problem(str(number), _("没有字段名"), _("每行先写中文字段名")))
            continue
        try:
            one = _element_of(told, ids, known, taken_keys, taken_initials)
        except ValueError as error:
            problems.append(Problem(str(number), f"{told['title']}：{error}", _("改好这一行再粘贴")))
            continue
        taken_keys.add(one.key)
        taken_initials.add(one.initials)
        found.append(one)
    return Listed(tuple(found), tuple(problems))


def _element_of(
    told: Mapping[str, str],
    ids: Mapping[str, str],
    known: Mapping[str, tuple[str, str]],
    taken_keys: Collection[str],
    taken_initials: Collection[str],
) -> Element:
    title = told["title"]
    code = ""
    if "code" in told:
        code = ids.get(told["code"], ids.get(normal(told["code"]), ""))
        if not code and told.get("type", "").casefold() in ("代码", "code", "字典"):
            raise ValueError(_("没有代码表：%(name)s") % {"name": told["code"][:40]})
    kind, length, precision, scale = _type_of(told.get("type", ""), told.get("length", ""), bool(code))
    grade = re.sub(r"\D", "", told.get("grade", ""))
    if grade and not 1 <= int(grade) <= 5:
        raise ValueError(_("数据分级应在 1 到 5 之间"))
    key, english = propose_key(title, known, taken_keys)
    if plans.NAME.fullmatch(told.get("key", "").lower()):
        key = told["key"].lower()
    initials = told.get("initials", "").upper() or propose_initials(title, bool(code), taken_initials)
    return Element(
        key=key,
        title=title,
        english=english,
        initials=initials,
        type=kind,
        length=length,
        precision=precision,
        scale=scale,
        code=code if kind == "code" else "",
        required=told.get("required", "").casefold() in _YES,
        grade=int(grade)
        if grade
        else propose_grade(title, told.get("key", ""), english, told.get("initials", ""), code),
        rule=told.get("rule", ""),
    )


def _type_of(told: str, length: str, has_code: bool) -> tuple[plans.Type, int | None, int | None, int | None]:
    """Type, length, precision, scale; ``C(40)`` and ``N(8,2)`` may hold the length too."""
    match = re.fullmatch(r"([^(（]+?)\s*[(（]?\s*([\d,，.]*)\s*[)）]?", told or "文本")
    word = (match[1] if match else told).strip().casefold()
    numbers = [int(part) for part in re.findall(r"\d+", length or (match[2] if match else ""))][:2]
    name = word if word in KINDS else TYPES.get(word, "")
    if not name:
        raise ValueError(_("不认识的类型：%(type)s") % {"type": told[:20]})
    if has_code:
        name = "code"
    if name == "integer" and len(numbers) == 2:
        name = "decimal"
    if name == "text":
        return "text", numbers[0] if numbers else 100, None, None
    if name == "decimal":
        precision, scale = (*numbers, 2)[:2] if numbers else (12, 2)
        return "decimal", None, precision, scale
    return typed.convert(name, plans.Type), None, None, None


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that a new version treats otherwise. what: new | gone | retired | changed; words: how."""

    key: str
    title: str
    what: str
    words: str = ""


def differences(old: Body | None, new: Body) -> list[Difference]:
    """What a version changes of the one before, element by element; all new against None."""
    held = {one.key: one for one in old.elements} if old else {}
    found = []
    for one in new.elements:
        was = held.pop(one.key, None)
        if was is None:
            found.append(Difference(one.key, one.title, "new"))
        elif was != one:
            is_retired = one.is_retired and not was.is_retired
            found.append(
                Difference(one.key, one.title, "retired" if is_retired else "changed", _changes(was, one))
            )
    return found + [Difference(one.key, one.title, "gone") for one in held.values()]


def _changes(was: Element, now: Element) -> str:
    words = {
        "title": _("中文名"), "english": _("英文名"), "initials": _("拼音名"), "type": _("类型"), "length": _("长度"),
        "precision": _("位数"), "scale": _("小数位"), "code": _("代码表"), "required": _("必填"), "grade": _("分级"),
        "purpose": _("用途"), "owner": _("权威来源"), "rule": _("依据"), "to_check": _("待核对"), "aliases": _("别名"),
        "is_retired": _("停用"),
    }  # fmt: skip
    parts = []
    for name in Element.__struct_fields__:
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            parts.append(f"{words.get(name, name)} {_said(before)} → {_said(after)}")
    return "；".join(parts)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "—"
    return str(value) if value not in (None, "") else "—"


def field_of(one: Element) -> Field:
    """The element as a field of a dataset."""
    column = one.column()
    return Field(
        key=one.key,
        title=one.title,
        english=one.english,
        grade=one.grade,
        db_type=column.db_type,
        initials=one.initials,
        purpose=one.purpose,
        owner=one.owner,
        code_table=one.code,
        rule=one.rule,
        kind=KINDS[one.type],
        aliases=one.aliases,
        refers=one.type if one.type in ("person", "org") else "",
        is_required=one.required,
    )


def moved(elements: Sequence[Element], key: str, by: int) -> tuple[Element, ...]:
    """The elements with `key` moved up (-1) or down (1); the same when it stands at the end."""
    order = list(elements)
    place = next((n for n, one in enumerate(order) if one.key == key), -1)
    if place < 0 or not 0 <= place + by < len(order):
        return tuple(order)
    order[place], order[place + by] = order[place + by], order[place]
    return tuple(order)
