"""Why two are thought to be one, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.rules.matching import COMPARISONS

#: comparison -> level -> words, and whether it speaks for one person.
SAYS: dict[str, dict[str, tuple[Any, bool]]] = {
    "name": {
        "same": (_("姓名相同"), True),
        "former": (_("一处的姓名是另一处的曾用名"), True),
        "homophone": (_("姓名读音相同、用字不同"), True),
        "swapped": (_("姓名的字颠倒"), True),
        "one_char": (_("姓名差一个字"), True),
        "near_sound": (_("姓名读音相近"), True),
        "missing_char": (_("姓名多或少一个字"), True),
        "one_of_two": (_("同姓，名不同"), False),
        "else": (_("姓名不同"), False),
    },
    "birth": {
        "same": (_("出生日期相同"), True),
        "swapped": (_("出生的月和日颠倒"), True),
        "one_digit": (_("出生日期差一个数字"), True),
        "same_month": (_("只有出生年月相同"), False),
        "same_year": (_("只有出生年相同"), False),
        "else": (_("出生日期不同"), False),
    },
    "sex": {"same": (_("性别相同"), True), "else": (_("性别不同"), False)},
    "phone": {"same": (_("电话尾号相同"), True), "else": (_("电话尾号不同"), False)},
    "address": {
        "same": (_("住址相同"), True),
        "same_house": (_("住址到楼号相同"), True),
        "same_road": (_("同一条路或小区"), True),
        "else": (_("住址不同"), False),
    },
    "school": {
        "same_class": (_("同校同班"), True),
        "same": (_("同一所学校"), True),
        "else": (_("学校不同"), False),
    },
    "kin": {"same": (_("有同名的家人"), True), "else": (_("家人姓名不同"), False)},
}


def reasons(levels: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """(what speaks for one person, what against), in the order of comparison."""
    told = [SAYS[one.name][levels[one.name]] for one in COMPARISONS if one.name in levels]
    return [str(word) for word, is_for in told if is_for], [str(word) for word, is_for in told if not is_for]
