"""What an office types over of one person, field by field, in the name of the source that the school speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data import datasets
from jizuo.hubs.data.rules import corrections as rules
from jizuo.hubs.organisation import subjects
from jizuo.hubs.organisation.queries.editing import EDITORS, Editable, edit_view


@action(title="修改一个人的资料", roles=EDITORS, reach=API)
def save_person(*, affiliation_id: UUID, values: dict[str, str]) -> int:
    """Write what changed among `values` (``dataset.field`` -> as typed); returns how many fields. A field that its source
    of record holds is refused by name. Raises BadInput with every fault, NotFound."""
    view = edit_view(affiliation_id=affiliation_id)
    known = {one.name: one for one in view.fields}
    faults, changed = [], {}
    for name, text in values.items():
        field = known.get(name)
        if field is None:
            faults.append(Problem(name[:60], _("没有这一项")))
        elif text.strip() == field.value:
            continue
        elif field.holder:
            faults.append(
                Problem(
                    field.title,
                    _("以%(owner)s为准，不能在这里改") % {"owner": field.holder},
                    _("请点“这里不对”"),
                )
            )
        else:
            try:
                changed[name] = rules.stored(datasets.get(field.dataset).fields[field.key], text)
            except ValueError as error:
                faults.append(Problem(field.title, str(error)))
    too_long = [name for name, value in changed.items() if is_too_long(known[name], value)]
    faults += [Problem(known[name].title, _("太长了"), _("请改短一些")) for name in too_long]
    emptied = [
        name for name, value in changed.items() if not value and datasets.get(known[name].dataset).is_master
    ]
    faults += [Problem(known[name].title, _("不能清空"), _("不对的请改成对的")) for name in emptied]
    if faults:
        raise BadInput(_("还不能保存"), problems=faults)
    for dataset, source in dict.fromkeys((known[name].dataset, known[name].source) for name in changed):
        told: Mapping[str, str] = {
            known[name].key: value
            for name, value in changed.items()
            if (known[name].dataset, known[name].source) == (dataset, source)
        }
        record_id = view.person_id if dataset == "person" else affiliation_id
        subjects.write(dataset, record_id, view.unit_no, told, source)
    audit.note(f"{len(changed)} fields")
    return len(changed)


def is_too_long(field: Editable, value: str) -> bool:
    """True for a text that its column cannot hold."""
    db_type = datasets.get(field.dataset).fields[field.key].db_type
    return db_type.startswith("varchar(") and len(value) > int(db_type[8:-1])
