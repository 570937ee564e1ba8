"""The class that a cell means, among the unit's classes or those a person lets the file make."""

from __future__ import annotations

from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from jizuo.hubs.organisation.importers.surroundings import Surroundings, value_key
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import class_name
from jizuo.plain.class_name import ClassKey, Style
from jizuo.plain.school_year import Placement, stage_and_grade
from jizuo.plain.workbook.cells import EMPTY, Cell

#: A class number past this is a slip of the pen, even where the file may make classes.
MOST_NEW = 60


class Classes:
    """Resolves written classes; equal texts once. made: keys of classes that the file makes -> their new ids."""

    def __init__(self, around: Surroundings, *, may_make: bool) -> None:
        self.around, self.may_make = around, may_make
        self.made: dict[ClassKey, str] = {}
        self.seen: dict[tuple[Cell, Cell, str], tuple[str | None, Trouble | None]] = {}
        self.name_of = {org_id: self.shown(key) for key, org_id in around.classes.items()}
        self.name_of |= {org_id: name for name, org_id in around.named.items() if org_id not in self.name_of}

    def shown(self, key: ClassKey) -> str:
        """The name of a class this school year."""
        return class_name.shown(key, self.around.year)

    def find(self, cell: Cell, grade: Cell = EMPTY, hint: str = "") -> tuple[str | None, Trouble | None]:
        """(org id, trouble) for a class cell, the grade cell beside it, and the class named over the table."""
        key = (cell, grade, hint)
        found = self.seen.get(key)
        if found is None:
            found = self.seen[key] = self.resolve(cell, grade, hint)
        return found

    def resolve(self, cell: Cell, grade: Cell, hint: str) -> tuple[str | None, Trouble | None]:
        """`find` without memory."""
        written = cell.text or hint
        if not written:
            return None, Trouble("no_class", _("没有写班级"), _("请填写班级，例如 三（2）班"))
        if written in self.around.named:
            return self.around.named[written], None
        meant = self.around.values.get(value_key("class", written, self.around.year))
        given: object = meant or (cell.value if cell.kind in ("number", "date") and cell.text else written)
        beside = None if grade is EMPTY or meant else grade.text
        around = self.around
        known = around.classes | self.made
        if not around.schemes:
            return None, Trouble(
                "no_scheme", _("还不知道本校的学制，认不出班级"), _("请先在“学校信息”里填写学制，再重新检查")
            )
        keys = class_name.resolve(given, around.schemes, around.year, known.keys(), beside)
        if len(keys) == 1:
            return known[keys[0]], None
        if len(keys) > 1:
            shown = [class_name.shown(key, around.year, Style.COHORT) for key in keys]
            return None, Trouble(
                "ambiguous_class",
                _("“%(text)s”可能是：%(classes)s") % {"text": written, "classes": "、".join(shown)},
                _("请写明是哪一个班"),
                shown[0],
            )
        possible = class_name.resolve(given, around.schemes, around.year, None, beside)
        if possible and self.may_make and len(possible) == 1 and possible[0].number <= MOST_NEW:
            return self.make(possible[0]), None
        return None, self.unknown(written, possible)

    def make(self, key: ClassKey) -> str:
        """A class that the file makes."""
        org_id = derived_id(self.around.unit_no, "class", f"{key.scheme}/{key.entry_year}/{key.number}")
        self.made[key] = org_id
        self.name_of[org_id] = self.shown(key)
        return org_id

    def unknown(self, written: str, possible: list[ClassKey]) -> Trouble:
        """The trouble of a class that the unit does not have, with the nearest one it has."""
        near = self.nearest(written, possible)
        reason = _("本校没有“%(text)s”这个班") if possible else _("看不懂的班级“%(text)s”")
        fix = _("请改成已有的班级")
        if possible and possible[0].number <= MOST_NEW:
            fix = _("请改成已有的班级；确实是新班，请勾选“新建文件中的班级”后重新检查")
        return Trouble("unknown_class", reason % {"text": written[:30]}, fix, near)

    def nearest(self, written: str, possible: list[ClassKey]) -> str:
        """The most alike of the classes of the same entry year, or of all."""
        years = {(key.scheme, key.entry_year) for key in possible}
        keys = [key for key in self.around.classes if (key.scheme, key.entry_year) in years]
        if not possible:
            keys = list(self.around.classes)
        names = [self.shown(key) for key in sorted(keys)]
        scored = sorted(names, key=lambda name: -SequenceMatcher(None, written, name).ratio())
        return scored[0] if scored else ""

    def new_rows(self) -> list[tuple[str, str, str, int, int]]:
        """(id, stage, scheme, entry year, number) of the classes that the file makes."""
        rows = []
        for key, org_id in self.made.items():
            place = stage_and_grade(key.scheme, key.entry_year, self.around.year)
            stage = place.stage.value if isinstance(place, Placement) else ""
            rows.append((org_id, stage, key.scheme, key.entry_year, key.number))
        return rows
