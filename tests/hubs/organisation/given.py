"""A small district for tests of pages and numbers: a bureau, schools with classes, pupils, guardians and staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes


@dataclass
class School:
    """A school that was filled. pupils, guardians, staff: (person id, affiliation id) in order."""

    unit_no: int
    classes: list[UUID] = field(default_factory=list)
    pupils: list[tuple[UUID, UUID]] = field(default_factory=list)
    guardians: list[tuple[UUID, UUID]] = field(default_factory=list)
    staff: list[tuple[UUID, UUID]] = field(default_factory=list)


@dataclass
class District:
    """A bureau and its schools."""

    base: Any
    unit_no: int
    schools: list[School]

    def scope(self, role: str = "district_steward", **more: Any) -> Any:
        """A scope of the bureau."""
        return self.base.scope(self.unit_no, role, **more)


def within(scope: Any, body: Any) -> Any:
    """Run `body()` in a transaction of `scope`, as a door would."""
    with scopes.use(scope), scopes.open_transaction("test"):
        return body()


def fill(
    base: Any,
    unit_no: int,
    *,
    classes: int = 2,
    pupils: int = 6,
    staff: int = 3,
    scheme: str = "6",
    guardians: bool = True,
) -> School:
    """Give a school `classes` classes of grade one and up with `pupils` pupils each, every second a girl, the first
    of the first class borrowed in, the second lent out; `staff` people on the establishment, all but the last
    full-time teachers, the first homeroom teacher of the first class."""
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.organisation import people

    made = School(unit_no)
    begin = date(2026, 9, 1)

    def write() -> None:
        put(
            dataset="school",
            columns=("id", "unit_no", "scheme"),
            rows=[(new_id(), unit_no, scheme)],
            source="district",
        )
        made.classes = [new_id() for _class in range(classes)]
        put(
            dataset="org",
            columns=("id", "unit_no", "kind", "stage", "scheme", "entry_year", "class_no"),
            rows=[
                (class_id, unit_no, "class", "primary", scheme, 2026 - place // 2, place % 2 + 1)
                for place, class_id in enumerate(made.classes)
            ],
            source="school",
        )
        count = classes * pupils
        made.pupils = [(new_id(), new_id()) for _one in range(count)]
        made.guardians = [(new_id(), new_id()) for _one in range(count if guardians else 0)]
        made.staff = [(new_id(), new_id()) for _one in range(staff)]
        everybody = [*made.pupils, *made.guardians, *made.staff]
        names = [
            f"{'陈林黄周吴'[place % 5]}{'以若子思嘉'[place // 5 % 5]}{'宁安然远明'[place % 5]}"
            for place in range(len(everybody))
        ]
        numbers = list(people.new_base_numbers(len(everybody)))
        put(
            dataset="person",
            columns=("id", "base_no", "name", "sex", "phone", "birth_on"),
            rows=[
                (person_id, numbers[place], names[place], str(place % 2 + 1),
                 "" if place < count or place == count else f"1390000{place:04d}", date(2019, 5, 4))
                for place, (person_id, _affiliation) in enumerate(everybody)
            ],
            source="school",
        )  # fmt: skip
        rows = []
        for place, (person_id, affiliation_id) in enumerate(everybody):
            is_pupil = place < count
            role = "pupil" if is_pupil else "guardian" if place < count + len(made.guardians) else "staff"
            rows.append(
                (affiliation_id, unit_no, person_id, role, place != 0 or not is_pupil, place != 1 or not is_pupil, begin,
                 names[place], f"k{place:05d}", numbers[place], str(place % 2 + 1),
                 made.classes[place // pupils] if is_pupil else None, place % pupils + 1 if is_pupil else None)
            )  # fmt: skip
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "person_id", "role", "is_registered", "is_present", "begin_on", "name", "sort_key",
                     "base_no", "sex", "class_id", "seat_no"),
            rows=rows,
            source="school",
        )  # fmt: skip
        put(
            dataset="pupil",
            columns=("id", "unit_no", "person_id", "entry_year", "address", "allergy"),
            rows=[(link, unit_no, person, 2026, "澜江路 8 号", "花生") for person, link in made.pupils],
            source="school",
        )
        if guardians:
            put(
                dataset="guardian_of",
                columns=("id", "child_id", "guardian_id", "relation"),
                rows=[
                    (new_id(), made.pupils[place][0], made.guardians[place][0], "52")
                    for place in range(count)
                ],
                source="school",
            )
        put(
            dataset="staff",
            columns=("id", "unit_no", "person_id", "establishment", "is_full_time_teacher", "subject_code"),
            rows=[
                (link, unit_no, person, "1", place < staff - 1, "")
                for place, (person, link) in enumerate(made.staff)
            ],
            source="register",
        )
        if classes and staff:
            put(
                dataset="enrolment",
                columns=("id", "unit_no", "org_id", "affiliation_id", "role"),
                rows=[(new_id(), unit_no, made.classes[0], made.staff[0][1], "homeroom_teacher")],
                source="school",
            )
        people.refresh_search(affiliation_ids=[link for _person, link in (*made.pupils, *made.staff)])

    within(base.scope(unit_no), write)
    count_units(base, [unit_no])
    return made


def count_units(base: Any, units: list[int]) -> None:
    """Count units as the handler does."""
    from jizuo.hubs.organisation.actions.counting import count_unit

    for unit_no in units:
        within(base.scope(unit_no), lambda unit_no=unit_no: count_unit(unit_no, is_refreshed=True))


def district(base: Any, *, schools: int = 3, **more: Any) -> District:
    """A bureau with `schools` filled schools and one that nobody has brought anything into."""
    bureau = base.unit("澜江区教育局", kind="bureau")
    filled = [
        fill(base, base.unit(f"启明第{place + 1}小学", parent=bureau), **more) for place in range(schools)
    ]
    base.unit("北寨小学（筹）", parent=bureau)
    return District(base, bureau, filled)
