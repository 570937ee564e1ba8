"""A drawn list becomes pupils of their classes by the road of every list, and goes back the same way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict
from jizuo.ground.ids import new_id
from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.data.actions.undo import undo_rows
from jizuo.hubs.data.actions.walk import tell_applied
from jizuo.hubs.data.importers import PlanInput
from jizuo.hubs.organisation.actions.dividing import HEAD_ONLY, cohort_of, locked, seated, write
from jizuo.hubs.organisation.importers import pupils
from jizuo.hubs.organisation.importers.known import Match
from jizuo.hubs.organisation.importers.loading import Kind, Loader, search_after_undo
from jizuo.hubs.organisation.intakes import APPLIED, DRAWN, UNDONE
from jizuo.hubs.organisation.queries.dividing import Division
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.school_year import Calendar, SchoolYear

SCHOOL = "school"
KIND = Kind("pupil", "pupil", pupils.PUPIL_FACTS)
PEOPLE_SCHEMA = pupils.SCHEMA | {"person_id": pl.String()}
CHILDREN = """
select l.class_no, i.id::text as place, i.name, i.sex, i.birth_on::text, i.id_kind, i.id_key, i.id_blind, i.id_sealed, i.id_tail,
       i.ethnic, i.household_place, i.household_kind, i.address, i.base_no, i.person_id::text
from class_division_line l join intake i on i.unit_no = l.unit_no and i.id = l.intake_id
where l.unit_no = %s and l.division_id = %s order by l.number
"""
ADULTS = """
select a.intake_id::text, a.name, a.relation, a.phone, a.ordinal::text, a.is_legal from intake_adult a
join class_division_line l on l.unit_no = a.unit_no and l.intake_id = a.intake_id
where l.unit_no = %s and l.division_id = %s order by l.number, a.ordinal
"""


class IntakeLoader(Loader):
    """A loader whose rows may name the person: an own pupil, or one handed over by another school of the base."""

    def match(self) -> list[Match]:
        """As for any list, but a person who is known is taken by what is known."""
        found = super().match()
        open_of = {held.person_id: held for held in self.unit.open_of("pupil")}
        for at, row in enumerate(self.rows):
            person_id = row["person_id"]
            if person_id and found[at].person_id != person_id:
                is_foreign = person_id not in self.unit.by_person
                found[at] = Match(person_id, held=open_of.get(person_id), is_foreign=is_foreign)
        return found


@action(title="应用分班结果", roles=HEAD_ONLY, reach=API)
def apply_division(*, division_id: UUID) -> dict[str, int]:
    """Make the drawn children pupils of their classes, in one batch: people, affiliations, facts, numbers, guardians and new
    classes by the road of every list. Returns records new and changed by dataset. Raises NotFound, Conflict."""
    scope = scopes.current()
    found = locked(division_id, DRAWN)
    key = cohort_of(scope.unit_no, found.school_year, found.stage)
    there = {
        number: org_id for number, (org_id, _boys, _girls) in seated(scope.unit_no, found.stage, key).items()
    }
    batch_id = new_id()
    scopes.set_batch(batch_id)
    stage, places = stage_of(found, key, there)
    loader = IntakeLoader(KIND, stage, plan_input(batch_id))
    counts: dict[str, int] = {}
    tables: list[str] = []
    plan = loader.plan()
    for step in plan.steps:
        done = put(
            dataset=step.dataset,
            columns=step.columns,
            rows=step.rows,
            source=SCHOOL,
            batch_id=batch_id,
            is_new=step.is_new,
        )
        counts[step.dataset] = counts.get(step.dataset, 0) + done.new + done.changed
        table = datasets.get(step.dataset).table
        if table not in tables:
            tables.append(table)
    if plan.after is not None:
        plan.after(batch_id)
    link(places, [loader.affiliation_of[match.person_id] for match in loader.matches])
    write(
        division_id, state=APPLIED, written_batch=batch_id, applied_by=scope.grant_no, applied_at=timezone.now(),
        receipt={"counts": counts, "tables": tables},
    )  # fmt: skip
    tell_applied(batch_id, scope.unit_no, "division", [name for name, count in counts.items() if count])
    audit.note(f"division {division_id} applied as {batch_id}")
    return counts


def plan_input(batch_id: UUID) -> PlanInput:
    """What a loader is told of a batch that no file brought."""
    scope = scopes.current()
    return PlanInput(
        batch_id=batch_id, unit_no=scope.unit_no, source=SCHOOL, is_full=False, options={}, today=scope.today,
        tell=lambda _done, _total, _word: None,
    )  # fmt: skip


def stage_of(
    found: Division, key: ClassKey, there: dict[int, str]
) -> tuple[dict[str, pl.DataFrame], list[UUID]]:
    """The drawn list as the stage of a list of pupils, and whose rows they are. there: classes that stand already."""
    scope = scopes.current()
    year = SchoolYear(found.school_year)
    org_of = dict(there)
    new = []
    for number in found.class_nos:
        if number not in org_of:
            org_of[number] = derived_id(
                scope.unit_no, "class", f"{found.stage}/{key.scheme}/{key.entry_year}/{number}"
            )
            name = shown(key._replace(number=number), year)
            new.append((org_of[number], found.stage, key.scheme, key.entry_year, number, name))
    facts = {"entry_year": str(found.school_year), "entered_on": Calendar().begin_on(year).isoformat()}
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, [scope.unit_no, found.division_id])
        names = [column.name for column in cursor.description]
        children = []
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            told = {
                name: value
                for name, value in row.items()
                if value not in (None, "") and name in PEOPLE_SCHEMA
            }
            blind = {name: bytes(told[name]) for name in ("id_blind", "id_sealed") if name in told}
            own = {"label": row["name"], "class_id": org_of[row["class_no"]], **facts}
            children.append(dict.fromkeys(PEOPLE_SCHEMA) | told | blind | own)
        cursor.execute(ADULTS, [scope.unit_no, found.division_id])
        adults = [
            dict.fromkeys(pupils.ADULT_SCHEMA)
            | {"place": place, "name": name, "relation": relation or None, "phone": phone or None, "order": order,
               "is_legal": None if is_legal is None else str(is_legal).lower()}
            for place, name, relation, phone, order, is_legal in cursor.fetchall()
        ]  # fmt: skip
    stage = {
        "people": pl.DataFrame(children, schema=PEOPLE_SCHEMA),
        "adults": pl.DataFrame(adults, schema=pupils.ADULT_SCHEMA),
        "classes": pl.DataFrame(new, schema=pupils.CLASS_SCHEMA, orient="row"),
    }
    return stage, [UUID(one["place"]) for one in children]


def link(intake_ids: Sequence[UUID], affiliation_ids: Sequence[str]) -> None:
    """Say which pupil each child of the list has become."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update intake i set affiliation_id = w.link, changed_at = now() from unnest(%s::uuid[], %s::uuid[])"
            " as w(id, link) where i.unit_no = %s and i.id = w.id",
            [list(intake_ids), list(affiliation_ids), scopes.current().unit_no],
        )


@action(title="撤销分班", roles=HEAD_ONLY, reach=API)
def undo_division(*, division_id: UUID) -> dict[str, int]:
    """Take an applied draw back: its pupils are children of the list again. Who was changed since stays a pupil; a class with
    anything in it stays. Returns counts: removed, restored, kept. Raises NotFound, Conflict."""
    scope = scopes.current()
    found = locked(division_id, APPLIED)
    batch_id = found.written_batch
    if batch_id is None:
        raise Conflict(_("这次分班没有写入过"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.id, i.affiliation_id from intake i join class_division_line l on l.unit_no = i.unit_no"
            " and l.intake_id = i.id where l.unit_no = %s and l.division_id = %s and i.affiliation_id is not null",
            [scope.unit_no, division_id],
        )
        linked = cursor.fetchall()
        cursor.execute(
            "update intake set affiliation_id = null, changed_at = now() where id = any(%s)",
            [[row[0] for row in linked]],
        )
        undone = undo_rows(batch_id, found.receipt["tables"])
        cursor.execute(
            "select id from affiliation where unit_no = %s and id = any(%s) and class_id is not null",
            [scope.unit_no, [row[1] for row in linked]],
        )
        stay = {row_id for (row_id,) in cursor.fetchall()}
    kept = [(intake_id, str(link_id)) for intake_id, link_id in linked if link_id in stay]
    link([row[0] for row in kept], [row[1] for row in kept])
    search_after_undo(batch_id, scope.unit_no)
    counts = {"removed": undone.removed, "restored": undone.restored, "kept": len(kept)}
    write(division_id, state=UNDONE, receipt=found.receipt | {"undo": counts})
    tell_applied(batch_id, scope.unit_no, "division", list(found.receipt["counts"]))
    audit.note(f"division {division_id} undone")
    return counts
