"""How the shown name of a class is worked out from what a row holds of it."""

from __future__ import annotations

from datetime import date

from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.school_year import SCHEMES, Calendar

#: What `word` needs of a class, over `org o`, with the 学制 of its entry year or of the school.
CLASS = (
    "coalesce(nullif(o.scheme, ''), (select x.scheme from schooling x where x.unit_no = o.unit_no and"
    " x.entry_year = o.entry_year), (select c.scheme from school c where c.unit_no = o.unit_no), ''),"
    " o.entry_year, o.class_no, o.name"
)


def word(scheme: str, entry_year: int | None, class_no: int | None, name: str, today: date) -> str:
    """三（2）班 in today's school year; a class without entry year or number by its own name."""
    if entry_year is None or class_no is None or scheme not in SCHEMES:
        return name
    return shown(ClassKey(scheme, entry_year, class_no), Calendar().year_of(today))
