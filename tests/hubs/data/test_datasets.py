"""Every column of every room's tables has a standard, and standards name things that exist."""

from __future__ import annotations

import pytest

from tests.database import CHECKOUT


@pytest.fixture(scope="module")
def known(base):
    from jizuo.hubs.data import datasets
    from jizuo.project import rooms

    rooms.plates()
    return {name: one for name, one in datasets.shipped().items() if one.room != "test"}


def test_every_table_with_a_standard_gives_every_column_a_title_and_a_grade(known):
    from django.apps import apps

    from jizuo.hubs.data.datasets import HOUSE_COLUMNS

    tables = {model._meta.db_table: model for model in apps.get_models()}
    assert len(known) > 10
    for dataset in known.values():
        columns = {field.column for field in tables[dataset.table]._meta.concrete_fields} - HOUSE_COLUMNS
        assert columns == dataset.fields.keys() - HOUSE_COLUMNS, dataset.name
        for field in dataset.fields.values():
            place = f"{dataset.name}.{field.key}"
            assert field.title and field.english, place
            assert field.grade in (1, 2, 3, 4, 5), place


def test_every_row_table_of_the_organisation_has_a_standard(known):
    from django.apps import apps

    from jizuo.ground.rows import PersonRow, Row

    # What a school works with on the way (a turn, a comparison, a print) is no dataset and stands graded by table.
    graded = (CHECKOUT / "tests" / "house" / "graded.csv").read_text(encoding="utf-8")
    told = {dataset.table for dataset in known.values()} | {row.split(",")[0] for row in graded.splitlines()}
    for model in apps.get_app_config("organisation").get_models():
        if issubclass(model, Row | PersonRow):
            assert model._meta.db_table in told, model.__name__


def test_code_tables_named_in_standards_exist(known):
    from jizuo.hubs.data import codes

    named = {
        (f"{dataset.name}.{field.key}", field.code_table)
        for dataset in known.values()
        for field in dataset.fields.values()
        if field.code_table
    }
    assert len(named) > 10
    assert {place for place, table in named if table not in codes.tables()} == set()


def test_owners_are_sources_people_know(known):
    owners = {field.owner for dataset in known.values() for field in dataset.fields.values()}
    assert owners <= {"", "register", "school", "family", "district"}


def test_labels_and_undo_guards_are_sql_that_runs(base, known):
    from psycopg import sql

    batch = sql.Literal("00000000-0000-0000-0000-000000000000")
    with base.owner() as owner:
        for dataset in known.values():
            guard = sql.SQL(dataset.undo_guard).format(batch=sql.SQL("{}::uuid").format(batch))
            if "person_is_elsewhere" in dataset.undo_guard:
                continue  # only `app` may call it; undo itself runs it in every test of an undo
            owner.execute(
                sql.SQL("select {}, {} from {} t limit 0").format(
                    sql.SQL(dataset.label), guard, sql.Identifier(dataset.table)
                )
            )


def told(**fields):
    return {"dataset": "org", "title": "x", "english": "x", "version": "1.0", "fields": fields}


def test_a_standard_that_does_not_fit_its_table_is_refused(known):
    from jizuo.hubs.data.datasets import dataset_of
    from jizuo.hubs.organisation.models import Org

    title = {"title": "x", "english": "x", "grade": 1}
    with pytest.raises(ValueError, match="field nothing has no column in Org"):
        dataset_of(told(nothing=title), "test", Org, "x.yaml")
    with pytest.raises(ValueError, match=r"x\.yaml: name: unknown words \['gread'\]"):
        dataset_of(told(name={**title, "gread": 2}), "test", Org, "x.yaml")
    with pytest.raises(ValueError, match=r"columns without a standard: .*'class_no'"):
        dataset_of(told(name=title), "test", Org, "x.yaml")


def test_a_second_dataset_of_one_name_is_refused(known):
    from dataclasses import replace

    from jizuo.hubs.data import datasets

    datasets.register(known["org"])
    with pytest.raises(ValueError, match="two datasets of one name"):
        datasets.register(replace(known["org"], title="别的"))


def test_a_field_is_called_as_it_is_said_of_pupils_and_of_staff(known):
    from django.utils import translation

    field = known["affiliation"].fields["local_no"]
    assert [field.word_of(role) for role in ("pupil", "staff", "")] == ["学号", "工号", "学号（工号）"]
    with translation.override("en"):
        assert [field.word_of("pupil"), field.word] == ["Pupil number", "Local number"]
