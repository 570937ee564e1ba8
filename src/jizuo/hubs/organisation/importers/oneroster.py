"""OneRoster zips over the import walk: nine rostering files into units, classes, people and enrolments.

Outside keys are kept as `source_id`; ids of orgs, courses, sessions and enrolments derive from them, so the
same file finds the same rows. People are found by the source_id of an affiliation in reach, or by their own
id when the file came from a base. OneRoster carries no document numbers: who has none is met again by Excel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.hubs.data.importers import (
    ERROR,
    WARNING,
    Checked,
    CheckInput,
    Fault,
    Plan,
    PlanInput,
    Step,
)
from jizuo.hubs.organisation import people
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import delta, enrolments, locating, queue, roster_orgs, roster_people
from jizuo.hubs.organisation.importers.loading import search_after_undo
from jizuo.hubs.organisation.importers.roster import DELETED, Roster
from jizuo.hubs.organisation.protocols.oneroster.check import check as check_zip
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.hubs.organisation.queries import units as unit_queries
from jizuo.plain import names

MOST_SEARCHED_AT_ONCE = 10_000


class OneRoster:
    """The importer of OneRoster 1.1 and 1.2 zips, bulk and delta."""

    name = "oneroster"
    title = "OneRoster"
    file_kind = "oneroster"

    def check(self, given: CheckInput) -> Checked:
        """Check the zip. With option ``open_units`` schools that the base does not know are opened below the
        importing unit; without it each is an error that says so."""
        report = check_zip(given.path)
        faults = [fault for problem in report.problems for fault in faults_of(problem)]
        count = sum(problem.count for problem in report.problems if problem.severity != "warn")
        rows = sum(frame.height for frame in report.tables.values())
        if not count:
            if "orgs" in report.tables:
                faults += place_schools(report.tables["orgs"], given)
            count = sum(fault.severity == ERROR for fault in faults)
        notes = [
            _("%(name)s.csv 有 %(count)d 行，原样保存，没有载入") % {"name": name, "count": kept}
            for name, kept in report.kept_raw.items()
        ]
        modes = {report.modes.get(name) for name in report.tables}
        return Checked(
            stage=report.tables,
            rows_read=rows,
            faults=faults,
            fault_count=count,
            notes=notes,
            is_full=modes == {"bulk"},
        )

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked zip."""
        roster = Roster(stage, given)
        return Plan(steps=steps(roster), gone=roster.gone, after=partial(after, roster))

    locate = staticmethod(locating.in_zip)

    def after_undo(self, batch_id: UUID, given: PlanInput) -> None:
        """Bring the search keys back with the people."""
        search_after_undo(batch_id, given.unit_no)
        people.sweep_search(scopes.current().units)


def faults_of(problem: Any) -> Iterator[Fault]:
    """A check's problem as faults, place by place."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    severity = WARNING if problem.severity == "warn" else ERROR
    for place in problem.places or ():
        yield Fault(
            severity=severity, code=problem.cause, file=problem.file, row_no=place.line or None,
            column=problem.column[:12], field=problem.column[:60], value=place.value,
            reason=problem.reason(language), fix=problem.fix(language), label=place.sourced_id[:120],
        )  # fmt: skip


def place_schools(orgs: pl.DataFrame, given: CheckInput) -> list[Fault]:
    """Every school of the file has its unit, or a fault says what to do."""
    held = unit_queries.unit_sources()
    schools = [row for row in orgs.iter_rows(named=True) if is_unit(row)]
    missing = [row for row in schools if row["sourcedId"] not in held]
    if not missing:
        return []
    if unit_queries.unit(unit_no=given.unit_no).kind == "school":
        if len(schools) == 1 and is_own_school(schools[0], given.unit_no, held):
            unit_actions.name_source(unit_no=given.unit_no, source_id=schools[0]["sourcedId"])
            return []
        words = _("文件里有别的学校“%(name)s”"), _("学校只能导入本校；请区里导入，或导出时只选本校")
        code = "other_school"
    elif given.options.get("open_units"):
        new = [
            unit_actions.NewUnit(
                name=row["name"],
                kind="school" if row["type"] == "school" else "centre",
                source_id=row["sourcedId"],
                identifier=row["identifier"],
            )
            for row in missing
        ]
        unit_actions.open_units(parent_no=given.unit_no, schools=new)
        return []
    else:
        words = _("基座里没有学校“%(name)s”"), _("先在“单位”里建立，或勾选“新建文件中的学校”后重新检查")
        code = "unknown_school"
    return [
        Fault(ERROR, code, words[0] % {"name": row["name"]}, words[1], file="orgs.csv", value=row["name"],
              label=row["sourcedId"])
        for row in missing
    ]  # fmt: skip


def is_own_school(org: Mapping[str, str], unit_no: int, held: Mapping[str, int]) -> bool:
    """True when the one school of a file may be the importing school: no other outside key stands for it, and the
    标识码 agrees, or the name where one of the two has no 标识码."""
    own = unit_queries.unit(unit_no=unit_no)
    if unit_no in held.values():
        return False
    if own.identifier and org["identifier"]:
        return own.identifier == org["identifier"]
    return names.normalise(org["name"]) in {names.normalise(own.name), names.normalise(own.short_name)}


def is_unit(org: Mapping[str, str]) -> bool:
    """True for an org that is a unit of its own below the importing one: a school, or what a base calls a unit."""
    is_below = org["type"] == "department" or (org["type"] == "local" and org["parentSourcedId"] != "")
    return org["type"] == "school" or (is_below and org.get(f"{PREFIX}kind") == "unit")


def steps(roster: Roster) -> Iterator[Step]:
    """Every put in the order that references need."""
    roster_orgs.place_units(roster)
    roster_orgs.place_classes(roster)
    yield roster_orgs.schools(roster)
    yield roster_orgs.sessions(roster)
    yield roster_orgs.courses(roster)
    yield roster_orgs.classes(roster)
    held = roster_people.read_held(roster)
    yield from roster_people.persons(roster, held)
    yield roster_people.guardians(roster)
    if roster.given.is_full:
        yield roster_people.leavers(roster, held)
    else:
        yield from delta.steps(roster, held)
    yield enrolment_step(roster)


def after(roster: Roster, batch_id: UUID) -> None:
    """Search keys of whom the batch wrote: at once for a school, a moment later for a district."""
    if len(roster.affiliation_of) > MOST_SEARCHED_AT_ONCE:
        facts.tell("AffiliationsWritten", unit_no=roster.given.unit_no, batch_id=str(batch_id))
    else:
        people.refresh_search(batch_id)
    if roster.has_ties:
        queue.tell_guardians_came(
            roster.given.unit_no, batch_id=batch_id, at_units=set(roster.unit_of.values())
        )


def enrolment_step(roster: Roster) -> Step:
    """Teachers of classes, and everybody in sections; with a full file, who is missing has ended."""
    if "enrollments" not in roster.stage:
        return Step("enrolment", enrolments.COLUMNS, [], is_shown=False)
    table = roster.stage["enrollments"]
    for class_id in table["classSourcedId"].unique():
        roster.place(roster.class_unit, class_id, "enrollments", "classSourcedId")
    classes = pl.DataFrame(
        {
            "class": list(roster.class_unit),
            "unit_no": list(roster.class_unit.values()),
            "org_id": [roster.class_id[source_id] for source_id in roster.class_unit],
            "is_class": [source_id in roster.homerooms for source_id in roster.class_unit],
        }
    )
    rows = enrolments.frame(
        table,
        classes=classes,
        affiliation_of=roster.affiliation_of,
        deleted=DELETED,
        today=roster.given.today,
    )
    if roster.given.is_full:
        # Asked before the rows flow: they flow inside a COPY, which has the connection to itself.
        units = sorted(set(roster.unit_of.values()))
        rows = pl.concat([rows, enrolments.gone(rows, units, roster.given.today)])
    return Step("enrolment", enrolments.COLUMNS, rows, is_shown=False)
