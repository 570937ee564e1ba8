"""What a clerk settles in the preview of a school's workbook: its columns, and the classes it writes; whom it touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.hubs.data import mends
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.importers import CheckInput, all_importers
from jizuo.hubs.data.mends import Choice, Columns, ColumnSeen, People, SheetSeen
from jizuo.hubs.data.queries.held import AlreadyHeld, already_held
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.importers.columns import PHONE, Spec
from jizuo.hubs.organisation.importers.sheets import Part, Sheets, shown_value
from jizuo.hubs.organisation.importers.surroundings import surroundings, value_key
from jizuo.plain import idnumber

CLASS_FAULTS = ("unknown_class", "ambiguous_class")
SAMPLES = 3
#: Kinds of people at a unit; a teacher whose child goes to the school is counted as a teacher.
KINDS = {"pupil": gettext_lazy("学生"), "staff": gettext_lazy("教职工"), "guardian": gettext_lazy("家长")}
#: Datasets whose records have the id of the affiliation that they are about.
OF_AFFILIATION = ("affiliation", "pupil", "staff")
BEHIND = """
with touched as (
  select unnest(%(person)s::uuid[]) as person_id
  union select person_id from affiliation where id = any(%(affiliation)s::uuid[])
  union select person_id from person_identifier where id = any(%(number)s::uuid[])
  union select guardian_id from guardian_of where id = any(%(tie)s::uuid[]))
select role, count(*) from (
  select distinct on (a.person_id) a.role from touched join affiliation a using (person_id)
  where a.unit_no = any(%(units)s)
  order by a.person_id, a.end_on is not null, array_position(%(kinds)s::text[], a.role::text)) x
group by role
"""


def register() -> None:
    """Offer the columns of every importer that reads sheets, the choice of classes, the names of class ids."""
    for importer in all_importers().values():
        specs = getattr(importer, "specs", None)
        if specs:
            mends.offer_columns(
                importer.name,
                Columns(
                    [(spec.key, spec.title) for spec in specs],
                    partial(sheets_seen, importer.name, specs),
                    partial(held_of, specs, "staff" if "staff" in importer.name else "pupil"),
                ),
            )
    mends.offer_switches("pupils", [("make_classes", gettext_lazy("新建文件中的班级"))])
    mends.offer_switches("oneroster", [("open_units", gettext_lazy("新建文件中的学校"))])
    mends.offer_choice(CLASS_FAULTS, class_choice)
    mends.name_by(class_names_of)
    mends.offer_people(People("affiliation", "role", KINDS, people_behind))


def sheets_seen(importer: str, specs: tuple[Spec, ...], given: CheckInput) -> list[SheetSeen]:
    """The headings of a workbook and what each feeds as things stand. Raises BadInput for an unreadable file."""
    around = surroundings(unit_no=given.unit_no, importer=importer, today=given.today)
    sheets = Sheets(given, specs, around, has_adults=importer != "staff")
    return [
        SheetSeen(part.sheet, part.mapped.fingerprint, tuple(columns_seen(sheets, part)))
        for part in sheets.parts
    ]


def held_of(specs: Sequence[Spec], kind: str, unit_no: int, source_name: str) -> Mapping[str, AlreadyHeld]:
    """Of the fields that these columns feed, those another source of record has spoken of at the unit."""
    wanted = [spec.key for spec in specs]
    return {
        key: one
        for dataset in ("person", kind)
        for key, one in already_held(dataset=dataset, unit_no=unit_no, fields=wanted).items()
        if one.source != source_name
    }


def columns_seen(sheets: Sheets, part: Part) -> Iterable[ColumnSeen]:
    """The columns of one table, those without a heading and without a cell left out."""
    fed = {place: key for key, place in part.mapped.places.items()}
    said: dict[int, str] = {}
    for number, group in enumerate(part.mapped.adults, 1):
        said |= {place: _("监护人 %(n)s") % {"n": number} for name, place in group.items() if name != "fixed"}
    for place, column in enumerate(part.mapped.table.columns):
        field = fed.get(place, "")
        kind = sheets.specs[field].kind if field else PHONE if place in said else ""
        samples = sample(part, place, kind)
        if column.heading or samples:
            yield ColumnSeen(column.letter, column.heading, field, samples, said.get(place, ""))


def sample(part: Part, place: int, kind: str) -> tuple[str, ...]:
    """The first few cells of a column; what looks like a number of a person is masked whatever the column is."""
    found: list[str] = []
    for row in part.rows[:50]:
        cell = row.cells[place]
        if not cell.text or len(found) == SAMPLES:
            continue
        shown = shown_value(cell, kind)
        if not kind and sum(char.isdigit() for char in shown) >= 8:
            shown = idnumber.mask(shown)
        if shown not in found:
            found.append(shown[:40])
    return tuple(found)


@source(title="可选的班级", roles=IMPORTING_ROLES)
def open_classes(*, unit_no: int) -> list[str]:
    """Shown names of the unit's open classes, in order."""
    return [one.name for one in class_names.of_units([unit_no])]


def class_choice(unit_no: int, day: date) -> Choice:
    """The classes a doubtful text may mean; remembered for this school year."""
    year = class_names.this_year(day)
    return Choice(open_classes(unit_no=unit_no), lambda text: value_key("class", text, year))


def class_names_of(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Shown names of class ids."""
    return {key: one.name for key, one in class_names.of_ids(ids).items()}


def people_behind(changed: Mapping[str, Collection[UUID]]) -> Mapping[str, int]:
    """Kind -> how many people these records are about, each once; a tie is about the guardian. changed: dataset -> ids.
    Inside a door."""
    told = {
        "person": list(changed.get("person", ())),
        "affiliation": [one for name in OF_AFFILIATION for one in changed.get(name, ())],
        "number": list(changed.get("person_identifier", ())),
        "tie": list(changed.get("guardian_of", ())),
    }
    if not any(told.values()):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, {**told, "units": list(scopes.current().units), "kinds": list(KINDS)})
        return dict(cursor.fetchall())
