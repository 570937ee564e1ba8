"""Enrolments of a zip column by column say what a row at a time would."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation.importers import enrolments
from jizuo.hubs.organisation.rules import derived_id

UUID_KEY = "01A200F7-E6DE-71A0-BE98-1AA76D8EE7A0"
TODAY = date(2026, 11, 22)


@given(
    st.lists(
        st.tuples(st.integers(0, 9_999), st.one_of(st.text(max_size=12), st.just(UUID_KEY))), max_size=20
    )
)
def test_ids_of_a_column_are_those_of_its_rows(pairs):
    units = pl.Series([unit for unit, _key in pairs], dtype=pl.Int64)
    keys = pl.Series([key for _unit, key in pairs], dtype=pl.String)
    found = enrolments.derived_ids(units, "enrolment", keys).to_list()
    assert found == [derived_id(unit, "enrolment", key) for unit, key in pairs]


def test_who_takes_part_in_what():
    table = pl.DataFrame(
        [
            ("e1", "active", "k1", "t1", "teacher", "true", "", ""),
            ("e2", "active", "k1", "p1", "student", "true", "", ""),
            ("e3", "active", "s1", "p1", "student", "", "2026-09-01", ""),
            ("e4", "tobedeleted", "s1", "t1", "teacher", "", "", ""),
            ("e5", "active", "s1", "nobody", "teacher", "", "", ""),
        ],
        schema=[
            "sourcedId",
            "status",
            "classSourcedId",
            "userSourcedId",
            "role",
            "primary",
            "beginDate",
            "endDate",
        ],
        orient="row",
    )
    classes = pl.DataFrame(
        {"class": ["k1", "s1"], "unit_no": [7, 7], "org_id": ["K", "S"], "is_class": [True, False]}
    )
    rows = enrolments.frame(
        table,
        classes=classes,
        affiliation_of={(7, "t1"): "T", (7, "p1"): "P"},
        deleted="tobedeleted",
        today=TODAY,
    ).sort("source_id")
    told = rows.select(
        "source_id", "org_id", "affiliation_id", "role", "is_primary", "begin_on", "end_on"
    ).rows()
    assert told == [
        ("e1", "K", "T", "homeroom_teacher", True, None, None),
        ("e3", "S", "P", "pupil", False, "2026-09-01", None),
        ("e4", "S", "T", "teacher", False, None, "2026-11-22"),
    ]
    assert rows.columns == list(enrolments.COLUMNS)
