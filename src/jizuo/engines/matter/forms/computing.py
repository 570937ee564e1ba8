"""What a form works out itself: which fields are shown and the values of computed ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jizuo.engines.matter.forms.asked import Asked, AskedPage
from jizuo.plain import expression
from jizuo.plain.expression import BadExpression

#: What an expression of a form may read; ``row`` stands in the columns of a table only.
NAMES = frozenset({"form", "steps", "subject", "applicant", "settings", "today"})
ROW_NAMES = NAMES | {"row"}
#: A condition over a computed field over a condition ... deeper than this is left as it is.
MOST_ROUNDS = 5


def told(
    pages: Sequence[AskedPage], values: Mapping[str, Any], around: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """What expressions read. around: steps, subject, applicant, settings, today; given: answers of an earlier form of the
    same matter, over which those of this one stand. A field without an answer is null."""
    keys = {one.key: None for page in pages for one in page.fields}
    form = {**keys, **given, **values}
    return {
        **{name: {} for name in ("steps", "subject", "settings")},
        "applicant": "",
        **around,
        "form": form,
    }


def settled(
    pages: Sequence[AskedPage], typed: Mapping[str, Any], around: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """(values, keys shown): typed values of shown fields with the computed ones beside them, once both have come to rest."""
    values, shown = dict(typed), frozenset[str]()
    for _round in range(MOST_ROUNDS):
        named = told(pages, values, around, given)
        found = {
            one.key
            for page in pages
            if holds(page.when, named)
            for one in page.fields
            if holds(one.field.when, named)
        }
        fresh: dict[str, Any] = {}
        for page in pages:
            for one in page.fields:
                if one.key not in found:
                    continue
                if one.field.compute:
                    value = worth(one.field.compute, {**named, "form": {**named["form"], **fresh}})
                    if value is not None:
                        fresh[one.key] = value
                elif one.key in typed:
                    fresh[one.key] = typed[one.key]
        if fresh == values and found == shown:
            break
        values, shown = fresh, frozenset(found)
    return values, shown


def row_settled(columns: Sequence[Asked], row: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a table with its computed cells."""
    found = dict(row)
    for one in columns:
        if one.field.compute:
            every = {each.key: found.get(each.key) for each in columns}
            value = worth(one.field.compute, {**named, "row": every}, ROW_NAMES)
            if value is not None:
                found[one.key] = value
    return found


def holds(text: str, named: Mapping[str, Any], names: frozenset[str] = NAMES) -> bool:
    """Whether a condition is true; an empty one is."""
    if not text:
        return True
    try:
        return expression.compile(text, names).holds(named)
    except BadExpression:
        return False


def worth(text: str, named: Mapping[str, Any], names: frozenset[str] = NAMES) -> Any:
    """The value of an expression; None while something it needs is missing."""
    try:
        return expression.compile(text, names).value(named)
    except BadExpression:
        return None


def depends(pages: Sequence[AskedPage]) -> bool:
    """Whether anything on these pages changes with an answer."""
    return any(one.field.when or one.field.compute for page in pages for one in page.fields)
