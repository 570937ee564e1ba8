"""A OneRoster zip while it is planned: its tables, and what its outside keys stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data.importers import PlanInput
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX

#: The status of a row that a delta takes away.
DELETED = "tobedeleted"
MOST_LABELS = 200


@dataclass(slots=True)
class Held:
    """What the base holds in the units of the file. told: outside key -> name, 基座号 and sex as
    lists show them."""

    affiliations: dict[tuple[int, str, str], tuple[str, str, date, str | None, int | None]] = field(
        default_factory=dict
    )
    persons: dict[str, str] = field(default_factory=dict)
    told: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open_ids: set[str] = field(default_factory=set)
    open_now: dict[str, tuple[int, str]] = field(default_factory=dict)


class Roster:
    """One run of a plan over the stage's tables. Rows go out as text tuples: COPY takes them as they are."""

    def __init__(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> None:
        self.stage, self.given = stage, given
        self.gone: dict[int, tuple[int, int]] = {}
        self.unit_of: dict[str, int] = {}
        self.class_unit: dict[str, int] = {}
        self.homerooms: set[str] = set()
        self.class_id: dict[str, str] = {}
        self.affiliation_of: dict[tuple[int, str], str] = {}
        self.person_of: dict[str, str] = {}
        self.users: dict[str, tuple[str, str, str]] = {}
        self.written: set[tuple[int, str, str]] = set()
        self.there: dict[int, int] = {}
        self.has_ties = False

    def column(self, table: str, name: str) -> list[str]:
        """A column as a list, empty texts where the file does not have it."""
        frame = self.stage[table]
        return frame[name].to_list() if name in frame.columns else [""] * frame.height

    def columns(self, table: str, *names: str) -> Iterator[tuple[str, ...]]:
        """Rows of the named columns; a name with a leading dot is one of our extension columns."""
        if table not in self.stage:
            return iter(())
        full = [PREFIX + name[1:] if name.startswith(".") else name for name in names]
        return zip(*(self.column(table, name) for name in full), strict=True)

    def place(self, found: Mapping[str, Any], key: str, file: str, column: str) -> Any:
        """What an outside key of the file stands for. Raises BadInput where neither file nor base know it: a delta
        may name what an earlier file brought, so the check cannot tell."""
        if key not in found:
            raise BadInput(
                _("%(file)s.csv 的 %(column)s 写着“%(key)s”，文件和基座里都没有")
                % {"file": file, "column": column, "key": key},
                fix=_("请先导入完整的一份，或请对方在增量里带上这一行所指的内容"),
                problems=[Problem(f"{file}.csv {column}", key)],
            )
        return found[key]

    def leaves(self, unit_no: int, role: str) -> None:
        """Count one who leaves a unit, for the shrink guard."""
        if role in ("pupil", "staff"):
            gone, _there = self.gone.get(unit_no, (0, 0))
            self.gone[unit_no] = (gone + 1, self.there.get(unit_no, 0))

    def own_classes(self) -> dict[tuple[int, str], tuple[str | None, Any]]:
        """(unit, pupil) -> (id of the homeroom class, seat)."""
        found: dict[tuple[int, str], tuple[str | None, Any]] = {}
        homerooms, class_unit, id_of = self.homerooms, self.class_unit, self.class_id
        for class_id, user, role, status, seat in self.columns(
            "enrollments", "classSourcedId", "userSourcedId", "role", "status", ".seatNo"
        ):
            if role == "student" and class_id in homerooms and status != DELETED:
                found[class_unit[class_id], user] = (id_of[class_id], seat)
        return found

    def left_classes(self) -> Iterator[tuple[int, str, str]]:
        """(unit, pupil, id of the homeroom class) of enrolments to be deleted."""
        for class_id, user, role, status in self.columns(
            "enrollments", "classSourcedId", "userSourcedId", "role", "status"
        ):
            if role == "student" and class_id in self.homerooms and status == DELETED:
                yield self.class_unit[class_id], user, self.class_id[class_id]


def words(text: str) -> str:
    """A comma list as an array literal for COPY."""
    return (
        "{" + ",".join(f'"{part.strip()}"' for part in text.replace('"', "").split(",") if part.strip()) + "}"
    )
