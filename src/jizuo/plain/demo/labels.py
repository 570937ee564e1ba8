"""How schools write their classes in their own lists, beside the name that the base computes."""

from __future__ import annotations

from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.demo.shapes import Class, Unit
from jizuo.plain.school_year import Placement, SchoolYear, Stage, stage_and_grade
from jizuo.plain.text import say_number

STYLES = ("bracket", "dotted", "spoken", "cohort")
"""三（2）班 · 3.2 · 初一2班 · 2024级2班."""


def placement(klass: Class) -> Placement:
    """Where the class stands in the district's school year."""
    place = stage_and_grade(klass.scheme, klass.entry_year, SchoolYear(klass.year))
    if not isinstance(place, Placement):
        raise ValueError(f"class {klass.id} is not in school in {klass.year}")
    return place


def key(klass: Class) -> ClassKey:
    """What fixes the class inside its school."""
    return ClassKey(klass.scheme, klass.entry_year, klass.number)


def grade_name(klass: Class) -> str:
    """小班, 三年级, 预备, 初一, 高一, 职一."""
    place = placement(klass)
    if place.stage is Stage.KINDERGARTEN:
        return f"{place.word}班"
    return f"{place.word}年级" if place.stage is Stage.PRIMARY else place.word


def class_name(klass: Class, style: str = "bracket") -> str:
    """The name of a class in one of ``STYLES``; the computed name where a style has no form for a stage."""
    place = placement(klass)
    if style == "cohort":
        return f"{klass.entry_year}级{klass.number}班"
    if style == "dotted" and place.number:
        return f"{place.number}.{klass.number}"
    if style == "spoken":
        if place.stage is Stage.KINDERGARTEN:
            return f"{place.word}{say_number(klass.number)}班"
        return f"{grade_name(klass)}{klass.number}班"
    return shown(key(klass), SchoolYear(klass.year))


def style_of(unit: Unit) -> str:
    """The way this school writes its classes, fixed by its kind or place in the list."""
    if unit.name == "启明小学":
        return "bracket"
    if unit.kind == "vocational":
        return "cohort"
    style = STYLES[unit.id % 4]
    # 2024级2班 would be two classes where one school has two stages
    return "spoken" if style == "cohort" and len(unit.stages) > 1 else style
