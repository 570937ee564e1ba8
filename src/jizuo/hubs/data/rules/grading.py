"""What a category, a grade and a kind of value mean, and what follows from them. Pure.

The table follows the pattern of GB/T 43697-2024 and JY/T 0661-2025, whose texts are not at hand: every reference to
a clause is to check. Grades 1 to 4 divide what GB/T 43697 calls general data (一般), 5 is important data (重要); core
data (核心) is never loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.datasets import IMPORTANT, INTERNAL, PERSONAL, PUBLIC, SENSITIVE, Field

#: Grade -> (title, what the national standard calls it, what it holds).
GRADES: Mapping[int, tuple[Any, Any, Any]] = {
    PUBLIC: (_("公开"), _("一般"), _("可以向任何人公开")),
    INTERNAL: (_("内部"), _("一般"), _("单位内部使用，不涉及个人")),
    PERSONAL: (_("个人"), _("一般"), _("个人信息")),
    SENSITIVE: (_("敏感个人"), _("一般"), _("敏感个人信息：不满十四周岁未成年人的信息、证件号、健康、住址、困难情况")),
    IMPORTANT: (_("重要"), _("重要"), _("重要数据，或十万人以上的汇总")),
}  # fmt: skip
#: Category -> title, on the pattern of JY/T 0661-2025 (to check).
CATEGORIES: Mapping[str, Any] = {
    "people": _("人员数据"),
    "management": _("管理数据"),
    "teaching": _("教学与资源数据"),
    "research": _("科研数据"),
}
#: Kinds of value that are shown to each family alone, never to a group (school-practice 6).
NATURES: Mapping[str, Any] = {
    "score": _("成绩"),
    "rank": _("名次"),
    "comment": _("评语"),
    "health": _("健康"),
    "aid": _("资助"),
    "discipline": _("处分"),
}
#: Cells of fewer people are not shown: inside the base, and in anything published.
SMALL_INSIDE, SMALL_PUBLISHED = 5, 10
#: From so many people on a sum is important data (GRD-1).
MANY_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an element stands. category, nature: keys of the tables above, nature '' for none."""

    category: str
    grade: int
    nature: str = ""


def category_of(field: Field, *, is_of_people: bool) -> str:
    """The category of a field: as its standard says, else by what its dataset is about."""
    return field.category or ("people" if is_of_people else "management")


def may_show_to_group(fields: Iterable[Field]) -> tuple[str, ...]:
    """Titles of the fields that must not be shown to more than one family at a time; () when all may.

    Whoever sends, publishes or projects values asks this first and refuses by these names, offering "each family sees
    its own child" instead.
    """
    return tuple(field.word for field in fields if field.nature in NATURES)


def refusal(names: Sequence[str]) -> str:
    """The words of a refusal by `may_show_to_group`."""
    return str(_("“%(names)s”不能给一个群体看，请改为每个家庭只看自己的孩子") % {"names": "、".join(names)})


def derived_grade(
    grades: Iterable[int], *, smallest_cell: int | None = None, people: int = 0, is_published: bool = False
) -> int:
    """The grade of data made from elements of `grades`: the highest of them.

    smallest_cell: people in the smallest cell of an aggregate, None when rows of single people remain. An aggregate
    whose cells all reach the small-group limit is internal, and public data stays public; over MANY_PEOPLE people it
    is important whatever it is made of, unless it is made of public data alone.
    """
    highest = max(grades, default=PUBLIC)
    if highest == PUBLIC:
        return PUBLIC
    if people >= MANY_PEOPLE:
        return IMPORTANT
    limit = SMALL_PUBLISHED if is_published else SMALL_INSIDE
    if highest == IMPORTANT or smallest_cell is None or smallest_cell < limit:
        return highest
    return min(highest, INTERNAL)


def is_lower(was: Standing, new: Standing) -> bool:
    """True for a change that opens more: a lower grade, or a kind of value taken away. It wants a second person."""
    return new.grade < was.grade or (was.nature != "" and new.nature != was.nature)
