"""Every table: its wall, and a grade for every column (GRD-1).

A table is a dataset whose standard grades each column, or stands in graded.csv: table, highest grade, why.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

SIGNED = Path(__file__).with_name("graded.csv")
#: What the house itself writes beside a standard's fields.
OF_THE_HOUSE = {"id", "unit_no", "batch_id", "changed_at", "held_by", "person_id"}


@pytest.fixture(scope="module")
def tables(base):
    """table -> its columns, of every walled model."""
    from django.apps import apps

    from jizuo.ground.rows import Walled
    from jizuo.project import rooms

    rooms.plates()
    return {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in apps.get_models()
        if issubclass(model, Walled)
    }


@pytest.fixture(scope="module")
def datasets(base):
    from jizuo.hubs.data import datasets as data_datasets

    return {dataset.table: dataset for dataset in data_datasets.shipped().values()}


def signed():
    with open(SIGNED, encoding="utf-8", newline="") as lines:
        return {row["table"]: row for row in csv.DictReader(lines)}


def test_every_model_has_a_wall(base):
    """`declared` raises for a table of ours without one; libraries' tables stand on the shared list by name."""
    from jizuo.ground import walls

    found = [wall.table for wall in walls.declared()]
    assert len(found) == len(set(found)) and len(found) > 40


def test_every_column_has_a_grade(tables, datasets):
    held = signed()
    bare = [name for name in tables if name not in datasets and name not in held]
    assert bare == [], "neither a dataset nor in graded.csv"
    for name, dataset in datasets.items():
        loose = tables[name] - dataset.fields.keys() - OF_THE_HOUSE
        assert loose == set(), name
        assert all(1 <= field.grade <= 5 for field in dataset.fields.values()), name


def test_the_signed_list_has_nothing_over(tables, datasets):
    held = signed()
    assert sorted(held) == list(held), "in order"
    assert set(held) <= set(tables) - set(datasets)
    assert all(row["why"].strip() and row["grade"] in "12345" for row in held.values())


def test_a_units_table_keeps_its_unit(tables):
    from jizuo.ground import walls

    for wall in walls.declared():
        if wall.kind == "unit":
            assert "unit_no" in tables[wall.table], wall.table
