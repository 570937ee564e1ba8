"""The grades in force: what a standard ships with, and where the base departs from it.

A change raises the catalogue's version, so that every process meets it at its next door; `datasets.get` then answers
with the raised fields, and masks, audits and pages follow without asking.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from jizuo.ground import catalogue_state
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.rules.grading import Standing, category_of

#: What was set of one element: category, grade, nature, kind ('' and None: as shipped), and whether it was lowered.
Told = tuple[str, int | None, str | None, str, bool]
#: (dataset, field) -> what was set.
Set = dict[tuple[str, str], Told]
_kept: tuple[str, Set] = ("", {})
_raised: dict[str, tuple[Dataset, Dataset]] = {}


def set_grades() -> Set:
    """Every departure from a shipped grade, as this process last met it."""
    global _kept
    state = catalogue_state.seen()
    if state != _kept[0]:
        _kept = (state, read() if state else {})
        _raised.clear()
    return _kept[1]


def read() -> Set:
    """The departures as the base has them now."""
    with connection.cursor() as cursor:
        cursor.execute("select dataset, field, category, grade, nature, kind, is_lowered from element_grade")
        return {
            (dataset, field): (category, grade, nature, kind, is_lowered)
            for dataset, field, category, grade, nature, kind, is_lowered in cursor.fetchall()
        }


def over(dataset: Dataset) -> Dataset:
    """`dataset` with the grades in force."""
    told = set_grades()
    if not any(name == dataset.name for name, _field in told):
        return dataset
    held = _raised.get(dataset.name)
    if held is None or held[0] is not dataset:
        fields = {
            key: laid(field, told[dataset.name, key]) if (dataset.name, key) in told else field
            for key, field in dataset.fields.items()
        }
        held = _raised[dataset.name] = (dataset, replace(dataset, fields=fields))
    return held[1]


def laid(field: Field, told: Told) -> Field:
    """`field` with what was set of it."""
    category, grade, nature, kind, is_lowered = told
    held = field.grade if grade is None else grade
    return replace(
        field,
        category=category or field.category,
        grade=held if is_lowered else max(held, field.grade),
        nature=field.nature if nature is None else nature,
        kind=kind or field.kind,
    )


def is_of_people(dataset: Dataset) -> bool:
    """True for a dataset whose rows are about people."""
    return dataset.wall == "person" or dataset.name == "person" or "person_id" in dataset.fields


def standing(dataset: Dataset, key: str) -> Standing:
    """Where an element of a dataset (as `datasets.get` gives it) stands now."""
    field = dataset.fields[key]
    return Standing(category_of(field, is_of_people=is_of_people(dataset)), field.grade, field.nature)


datasets.graded_by(over)
