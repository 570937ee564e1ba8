"""What a family does with what the base knows of it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data.actions.corrections import ask_correction
from jizuo.hubs.organisation.queries import family


@action(title="家里人说不对", roles=scopes.FAMILY_ROLES, reach=PAGE)
def say_wrong_of_child(*, child_id: UUID, dataset: str, field: str, says: str = "", wanted: str = "") -> None:
    """Say that a field told to the family is wrong and what it should be; its owner's people answer. Raises NotFound,
    BadInput."""
    child = family.chosen(family.children(), child_id)
    if (dataset, field) not in {(name, one.key) for name, one in family.told_fields(child)}:
        raise BadInput(_("没有这一项"), problems=[Problem("field", _("没有这一项"), _("请从列出的各项里选"))])
    record_id = child.person_id if dataset == "person" else child.affiliation_id
    ask_correction(
        dataset=dataset,
        record_id=record_id,
        subject_id=child.person_id,
        field=field,
        says=says,
        wanted=wanted,
        unit_no=child.unit_no,
    )
