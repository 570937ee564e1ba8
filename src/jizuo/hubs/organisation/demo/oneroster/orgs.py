"""Units, campuses, groupings and the school year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jizuo.hubs.organisation.demo.oneroster.ids import (
    day,
    org_id,
    term_id,
    year_id,
)
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.plain.demo.shapes import District, Unit

_UNIT_SCHEMES = {
    "六三": {"primary": "6", "junior": "3"},
    "五四": {"primary": "5", "junior": "4"},
    "九年一贯（五四）": {"": "5-4"},
    "十二年一贯（五四）": {"": "5-4-3"},
    "完中": {"": "3-3"},
    "高中": {"": "senior-3"},
    "中职": {"": "vocational-3"},
    "幼儿园": {"": "kinder-3"},
}


def _scheme(unit: Unit) -> str:
    schemes = _UNIT_SCHEMES[unit.system]
    return schemes.get("") or schemes[unit.stages[0][0]]


def orgs(district: District) -> Iterable[dict[str, str]]:
    """Units under the bureau, then campuses and groupings."""
    kinds = {"bureau": "district", "centre": "local"}
    bureau = org_id(district.units[0].id)
    for unit in district.units:
        yield {
            "sourcedId": org_id(unit.id),
            "name": unit.name,
            "type": kinds.get(unit.kind, "school"),
            "identifier": unit.code,
            "parentSourcedId": "" if unit.kind == "bureau" else bureau,
            PREFIX + "kind": "unit",
            PREFIX + "typeCode": unit.type_code,
            PREFIX + "ownershipCode": unit.ownership_code,
            PREFIX + "urbanRuralCode": unit.area_code,
            PREFIX + "scheme": _scheme(unit) if unit.stages else "",
            PREFIX + "openedOn": day(unit.founded_on),
        }
        for number, campus in enumerate(unit.campuses):
            if campus:
                yield {
                    "sourcedId": f"{org_id(unit.id)}-{number + 1}",
                    "name": campus,
                    "type": "ext:campus",
                    "parentSourcedId": org_id(unit.id),
                    PREFIX + "kind": "campus",
                }
    for number, group in enumerate(district.groupings):
        yield {
            "sourcedId": f"demo-h{number:03d}",
            "name": group.name,
            "type": "ext:grouping",
            "parentSourcedId": bureau,
            PREFIX + "kind": "grouping",
            PREFIX + "openedOn": day(group.begin_on),
        }


def sessions(district: District) -> Iterable[dict[str, str]]:
    """The school year and its terms, half-open."""
    begin, end = date(district.year, 9, 1), date(district.year + 1, 9, 1)
    # OneRoster names a school year by the calendar year in which it ends
    ends = str(district.year + 1)
    yield {
        "sourcedId": year_id(district),
        "title": f"{district.year}学年",
        "type": "schoolYear",
        "startDate": day(begin),
        "endDate": day(end),
        "schoolYear": ends,
    }
    for term in district.terms:
        yield {
            "sourcedId": term_id(district, term.number),
            "title": term.title,
            "type": "semester",
            "startDate": day(term.begin_on),
            "endDate": day(term.end_on),
            "parentSourcedId": year_id(district),
            "schoolYear": ends,
        }
