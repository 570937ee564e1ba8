"""Exports of the national pupil register and staff register.

The headings of both come from memory and are to be checked against real exports; whatever they turn out to be,
a person maps them once. The registers own what the standards say they own.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.errors import BadInput
from jizuo.hubs.data.importers import Checked, CheckInput, PlanInput
from jizuo.hubs.organisation.actions.moving_register import reopen_by_register
from jizuo.hubs.organisation.importers.classes import Classes
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.hubs.organisation.importers.identity import Columns, Seen
from jizuo.hubs.organisation.importers.loading import REGISTER
from jizuo.hubs.organisation.importers.pupils import Pupils
from jizuo.hubs.organisation.importers.sheets import Part, Sheets
from jizuo.hubs.organisation.importers.staff import Staff
from jizuo.hubs.organisation.importers.surroundings import Surroundings
from jizuo.hubs.organisation.importers.values import Trouble

SCHOOL_CODE = Spec("school_code", ("学校标识码", "学校代码", "单位标识码"), is_asked=False)


def of_register(specs: tuple[Spec, ...], *left_out: str) -> tuple[Spec, ...]:
    """The columns of a list as a register's export has them; nothing of it stands in a template."""
    kept = (replace(spec, is_asked=False) for spec in specs if spec.key not in left_out)
    return (SCHOOL_CODE, *kept)


def check_source(given: CheckInput) -> None:
    """Raise BadInput unless the file is landed as the register's word."""
    if given.source != REGISTER:
        raise BadInput(
            _("学籍（教师）系统的导出要按来源“register”导入"), fix=_("请在导入页选择“全国系统导出”")
        )


def other_schools(sheets: Sheets, part: Part, around: Surroundings) -> None:
    """Rows of another school: a fault each, so that nobody loads a neighbour's register."""
    if not around.identifier:
        return
    place = part.mapped.places.get("school_code")
    for number, code in enumerate(sheets.column(part, "school_code")):
        if code is not None and code != around.identifier and place is not None:
            sheets.trouble(part, number, place, "school_code", part.rows[number].cells[place], Trouble(
                "other_school", _("这一行不是本校的（本校标识码 %(code)s）") % {"code": around.identifier},
                _("请只导出本校，或删掉这一行"),
            ))  # fmt: skip


class PupilRegister(Pupils):
    """The pupil register's export: who is 在籍 here."""

    name = "pupil_register"
    title = gettext_lazy("学籍系统导出")
    source = REGISTER
    specs = of_register(
        Pupils.specs, "seat_no", "bus", "is_registered", "remark", "base_no", "local_no", "household_region"
    )

    def check(self, given: CheckInput) -> Checked:
        """As a list of the school's, by the register's word."""
        check_source(given)
        return super().check(given)

    def read_part(
        self, sheets: Sheets, part: Part, classes: Classes, seen: Seen, given: CheckInput
    ) -> Columns:
        """Everybody listed is registered here."""
        found = super().read_part(sheets, part, classes, seen, given)
        other_schools(sheets, part, sheets.around)
        found["is_registered"] = ["true"] * len(part.rows)
        return found

    def after_undo(self, batch_id: UUID, given: PlanInput) -> None:
        """What this export had shown as done is open again."""
        super().after_undo(batch_id, given)
        reopen_by_register(batch_id)


class StaffRegister(Staff):
    """The staff register's export: whose 人事关系 is here."""

    name = "staff_register"
    title = gettext_lazy("教师系统导出")
    source = REGISTER
    specs = of_register(Staff.specs, "home", "works_at", "remark", "base_no", "homeroom_class")

    def check(self, given: CheckInput) -> Checked:
        """As a list of the unit's, by the register's word."""
        check_source(given)
        return super().check(given)

    def read_part(
        self, sheets: Sheets, part: Part, seen: Seen, given: CheckInput, around: Surroundings
    ) -> Columns:
        """Everybody listed belongs here by 人事关系; the register says nothing of acting roles."""
        found = super().read_part(sheets, part, seen, given, around)
        other_schools(sheets, part, around)
        found["is_registered"] = ["true"] * len(part.rows)
        return found
