"""What the base holds already, by the titles under which a person would ask for it again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from jizuo.engines.matter.forms import known
from jizuo.engines.matter.forms.drawn import Held, plain_title
from jizuo.ground import catalogue_state
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import SENSITIVE

#: What a district calls the counted numbers of a school in its tables.
ALSO = {
    "registered": ("在籍学生数", "学籍数", "在籍人数", "学生总数", "学生数", "在籍生数"),
    "present": ("在校学生数", "在校生数", "在校人数", "在读学生数"),
    "lent_in": ("借入学生数", "借读学生数"),
    "lent_out": ("借出学生数",),
    "classes": ("班级数", "教学班数", "班数"),
    "staff": ("教职工数", "教职工人数", "教师数", "教职工总数"),
    "established": ("在编教职工数", "在编人数", "在编数"),
    "full_time": ("专任教师数", "专任教师人数"),
}
SCHOOL = {
    "school.name": ("学校名称", "学校", "单位名称"),
    "school.identifier": ("学校标识码", "标识码", "学校代码"),
}
#: Fields whose titles are ordinary words of any table; a column so called asks for something else.
ORDINARY = frozenset(
    {
        "状态",
        "类型",
        "日期",
        "名称",
        "备注",
        "说明",
        "年份",
        "编号",
        "来源",
        "标题",
        "内容",
        "原因",
        "时间",
        "年级",
        "班级",
        "联系电话",
    }
)
#: Datasets of the house's own work, of which nobody would ask.
HOUSE = frozenset({"claim", "audit", "import_batch"})

_kept: tuple[tuple[str, str | None], Mapping[str, list[Held]]] = (("", None), {})


def words() -> dict[str, str]:
    """The known words that may fill a drawn column, with what they are called."""
    return {
        word: str(known.WORDS[word])
        for word in (*SCHOOL, *(f"number:{key}" for key in known.NUMBERS), "last")
    }


def by_title() -> Mapping[str, list[Held]]:
    """plain title -> where the base holds it: counted numbers, the school's own name and code, and the elements of every
    standard by title and alias. Kept while the catalogue stays as it is."""
    global _kept
    state = (catalogue_state.seen(), get_language())
    if state[0] and _kept[0] == state:
        return _kept[1]
    found: dict[str, list[Held]] = {}
    for key, titles in ALSO.items():
        held = Held("unit_summary", key, f"学校概况 · {known.NUMBERS[key]}", f"number:{key}")
        for title in titles:
            found.setdefault(plain_title(title), []).append(held)
    for word, titles in SCHOOL.items():
        held = Held("school", word.partition(".")[2], f"学校 · {known.WORDS[word]}", word)
        for title in titles:
            found.setdefault(plain_title(title), []).append(held)
    for dataset in datasets.all_datasets().values():
        if dataset.name in HOUSE:
            continue
        for field in dataset.fields.values():
            if field.kind == "id" or field.grade > SENSITIVE:
                continue
            called = {field.title, *(title for title, _english in field.said_of.values()), *field.aliases}
            for title in called - ORDINARY:
                held = Held(dataset.name, field.key, f"{dataset.title} · {field.title}")
                if len(plain_title(title)) > 1:
                    found.setdefault(plain_title(title), []).append(held)
    _kept = (state, found)
    return found
