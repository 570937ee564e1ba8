"""Enrolments of a OneRoster zip, joined column by column: a district has three for each pupil, and a row at a
time would cost as much as all the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.hubs.organisation.rules import UUID_SHAPE

COLUMNS = (
    "id", "unit_no", "org_id", "affiliation_id", "role", "is_primary", "subject_code", "begin_on", "end_on",
    "source_id",
)  # fmt: skip
#: The UUID variant: the two highest bits of the hexadecimal digit are 10.
VARIANT = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}


def frame(
    table: pl.DataFrame,
    *,
    classes: pl.DataFrame,
    affiliation_of: Mapping[tuple[int, str], str],
    deleted: str,
    today: date,
) -> pl.DataFrame:
    """The file's enrolments as rows of COLUMNS, all as the text COPY takes: teachers of classes, and everybody in
    sections. A pupil's own class stands on the affiliation and makes no row; who has no affiliation neither.

    classes: ``class`` (outside key), ``unit_no``, ``org_id``, ``is_class``; every class of the file is in it.
    deleted: the status of a row that ends today.
    """
    held = pl.DataFrame(
        {
            "unit_no": [unit_no for unit_no, _user in affiliation_of],
            "user": [user for _unit_no, user in affiliation_of],
            "affiliation_id": list(affiliation_of.values()),
        },
        schema={"unit_no": pl.Int64, "user": pl.String, "affiliation_id": pl.String},
    )
    is_pupil = pl.col("role") == "student"
    is_homeroom = (pl.col("homeroom") == "true") | (
        pl.col("is_class") & (pl.col("homeroom") == "") & (pl.col("primary") == "true")
    )
    # The names that end in _ are ours: the file's own columns keep theirs until the last step.
    rows = (
        said(table)
        .join(classes, on="class", how="inner")
        .filter(~(pl.col("is_class") & is_pupil))
        .join(held, on=["unit_no", "user"], how="inner")
        .with_columns(
            role_=pl.when(is_pupil)
            .then(pl.lit("pupil"))
            .when(is_homeroom)
            .then(pl.lit("homeroom_teacher"))
            .otherwise(pl.lit("teacher")),
            end_=pl.when(pl.col("end") != "")
            .then(pl.col("end"))
            .when(pl.col("status") == deleted)
            .then(pl.lit(today.isoformat())),
        )
    )
    return rows.select(
        derived_ids(rows["unit_no"], "enrolment", rows["source_id"]).alias("id"),
        "unit_no",
        "org_id",
        "affiliation_id",
        pl.col("role_").alias("role"),
        (pl.col("primary") == "true").alias("is_primary"),
        pl.col("subject").alias("subject_code"),
        pl.when(pl.col("begin") != "").then(pl.col("begin")).alias("begin_on"),
        pl.col("end_").alias("end_on"),
        "source_id",
    )


def said(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of enrollments.csv that count, under short names; empty text where the file lacks one."""
    names = {
        "source_id": "sourcedId", "status": "status", "class": "classSourcedId", "user": "userSourcedId",
        "role": "role", "primary": "primary", "begin": "beginDate", "end": "endDate",
        "homeroom": f"{PREFIX}isHomeroomTeacher", "subject": f"{PREFIX}subject",
    }  # fmt: skip
    return table.select(
        (pl.col(name).fill_null("") if name in table.columns else pl.lit("")).alias(short)
        for short, name in names.items()
    )


def gone(rows: pl.DataFrame, units: list[int], today: date) -> pl.DataFrame:
    """Open enrolments of the units that an outside file brought and `rows` no longer lists: they end today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.id::text, e.unit_no, e.org_id::text, e.affiliation_id::text, e.role, e.is_primary,"
            " e.subject_code, e.begin_on::text, e.source_id from enrolment e"
            " where e.unit_no = any(%s) and e.end_on is null and e.source_id <> ''"
            " and not exists (select from unnest(%s::uuid[]) as kept(id) where kept.id = e.id)",
            # As one literal: the driver would look at each of a list's texts.
            [units, "{" + ",".join(rows["id"]) + "}"],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return pl.DataFrame(
        [(*row[:8], today.isoformat(), row[8]) for row in found], schema=rows.schema, orient="row"
    )


def derived_ids(units: pl.Series, kind: str, keys: pl.Series) -> pl.Series:
    """`rules.derived_id` for a whole column: the same id for the same unit, kind and key."""
    told = [
        hashlib.blake2b(f"{unit_no}/{kind}/{key}".encode(), digest_size=16).hexdigest()
        for unit_no, key in zip(units, keys, strict=True)
    ]
    digest = pl.col("digest").str
    return pl.DataFrame({"digest": told, "key": keys}, schema={"digest": pl.String, "key": pl.String}).select(
        pl.when(pl.col("key").str.contains(f"^(?:{UUID_SHAPE})$"))
        .then(pl.col("key").str.to_lowercase())
        .otherwise(
            pl.concat_str(
                digest.slice(0, 8),
                pl.lit("-"),
                digest.slice(8, 4),
                pl.lit("-8"),
                digest.slice(13, 3),
                pl.lit("-"),
                digest.slice(16, 1).replace_strict(VARIANT),
                digest.slice(17, 3),
                pl.lit("-"),
                digest.slice(20),
            )
        )
        .alias("id")
    )["id"]
