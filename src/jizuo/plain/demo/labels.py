"""How a class and a grade are called: the computed name and the ways schools write it in their own lists."""

from __future__ import annotations

from jizuo.plain.demo.shapes import Class, Unit

_DIGITS = "零一二三四五六七八九十"
STYLES = ("bracket", "dotted", "spoken", "cohort")
"""三（2）班 · 3.2 · 初一2班 · 2024级2班."""


def grade_name(stage: str, grade: int, *, is_five_four: bool = False) -> str:
    """小班 ... 一年级 ... 六年级, 预备 (grade 6 of 五四), 七年级, 高一, 职一."""
    if stage == "kindergarten":
        return ("小班", "中班", "大班")[grade + 2]
    if stage == "senior":
        return "高" + _DIGITS[grade - 9]
    if stage == "vocational":
        return "职" + _DIGITS[grade - 9]
    if stage == "junior" and grade == 6 and is_five_four:
        return "预备年级"
    return f"{_DIGITS[grade]}年级"


def class_name(klass: Class, *, style: str = "bracket") -> str:
    """The name of a class in its present grade, in one of ``STYLES``."""
    grade, number, stage = klass.grade, klass.number, klass.stage
    if style == "cohort":
        return f"{klass.entry_year}级{number}班"
    if style == "dotted" and stage != "kindergarten":
        return f"{grade}.{number}"
    if stage == "kindergarten":
        head = "小中大"[grade + 2]
        return f"{head}{_DIGITS[number]}班" if style == "spoken" else f"{head}（{number}）班"
    if stage in ("senior", "vocational"):
        head = ("高" if stage == "senior" else "职") + _DIGITS[grade - 9]
    elif stage == "junior" and style == "spoken":
        head = "预备" if grade == 6 else "初" + _DIGITS[grade - 6]
    elif stage == "junior" and grade == 6:
        head = "预备"
    else:
        head = _DIGITS[grade]
    if style == "spoken":
        return f"{head}{'年级' if len(head) == 1 else ''}{number}班"
    return f"{head}（{number}）班"


def style_of(unit: Unit) -> str:
    """The way this school writes its classes, fixed by its place in the list; 启明小学 writes 三（2）班."""
    if unit.name == "启明小学":
        return "bracket"
    style = STYLES[unit.id % 4]
    # 2024级2班 would be two classes where one school has two stages
    return "spoken" if style == "cohort" and len(unit.stages) > 1 else style
