"""The fictional district as OneRoster 1.2 tables with our China profile columns."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from jizuo.hubs.organisation.demo.oneroster import classes, orgs, people
from jizuo.hubs.organisation.protocols.oneroster.profile import FIELDS, PREFIX
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.plain.demo.district import not_collecting
from jizuo.plain.demo.shapes import District


def tables(district: District, *, guardians: bool = True) -> dict[str, pl.DataFrame]:
    """The eight rostering files that the district fills, text columns only, "" where nothing is known.

    Columns are those of OneRoster 1.2 in order, then the ``metadata.jizuo.*`` that are filled; rows are in order
    of sourcedId. Document numbers and school-roll numbers have no column. Without *guardians* neither they nor
    what they are to a child are given.
    """
    with not_collecting():
        return {
            "orgs": _frame("orgs", orgs.orgs(district)),
            "academicSessions": _frame("academicSessions", orgs.sessions(district)),
            "courses": _frame("courses", classes.courses(district)),
            "classes": _frame("classes", classes.classes(district)),
            "users": _frame("users", people.users(district, guardians)),
            "roles": _frame("roles", people.roles(district, guardians)),
            "enrollments": classes.enrollments(district),
            "demographics": _frame("demographics", people.demographics(district)),
        }


def _frame(name: str, rows: Iterable[dict[str, str]]) -> pl.DataFrame:
    columns = [c.name for c in layout("1.2")[name].columns]
    own = [PREFIX + field for field in FIELDS[name]]
    schema = dict.fromkeys((*columns, *own), pl.String)
    frame = pl.from_dicts(list(rows), schema=schema).fill_null("")
    unused = [c for c in own if not (frame[c] != "").any()]
    return frame.drop(unused).sort("sourcedId")
