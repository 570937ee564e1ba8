"""The rows of a whole scene as a workbook: what a unit takes along when it switches the scene off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit, made
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.actions import MANAGERS
from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.datasets import PERSONAL, Dataset
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.queries.rows import table_of
from jizuo.hubs.data.queries.scene_rows import WORD, with_words
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list


@source(title="带走场景数据", roles=MANAGERS, reach=PAGE)
def scene_book(*, scene: str) -> bytes:
    """Every row of a scene's datasets that the acting role reads over its whole unit, one sheet a dataset, words beside
    codes, people and classes; from the machine's own command line all of them in clear. Raises NotFound for a scene that is
    not in use or of which the role reads nothing, NotAllowed (step_up) for a person without a second factor."""
    scope = scopes.current()
    installed = versions.in_use(scene, scope.unit_no)
    is_machine = scope.account_id is None and scope.role == scopes.OPERATOR
    if not is_machine and not scope.stepped_up:
        raise NotAllowed(_("带走数据需要再验证一次身份"), fix=_("请输入动态验证码后继续"), step_up=True)
    use = reach.uses_of(installed)
    sheets = []
    for name, standard in installed.pack.part("standards").items():
        known = datasets.all_datasets().get(name)
        if known is not None and (is_machine or use.read.get(name) == "unit"):
            sheets.append(_sheet(known, standard, None if is_machine else use.open.get(name, ())))
    if not sheets:
        raise NotFound(_("这个场景没有您能带走的数据"), fix=_("请由能看全单位数据的岗位来做"))
    audit.note(scene)
    return write_list(sheets, landscape=True)


def _sheet(known: Dataset, standard: SceneStandard, opened: tuple[str, ...] | None) -> ListSheet:
    """One dataset. opened: fields that the scene opens to the role beyond its duty; None for all in clear."""
    lens = masking.lens_of(scopes.current().role)
    keys = [one.key for one in standard.body.elements if one.key in known.fields]
    masked = {
        key
        for key in keys
        if opened is not None
        and known.fields[key].grade >= PERSONAL
        and known.fields[key].kind != "id"
        and key not in opened
        and not masking.is_open(known.fields[key], lens)
    }
    rows: list[dict[str, Any]] = []
    after = ""
    while True:
        page = made.select(
            table_of(known), columns=keys, after=after, limit=made.MOST_ROWS,
            shown_as={
                key: masking.expression(masking.masked_as(known.fields[key]), f"t.{masking.quoted(key)}")
                for key in masked
            },
        )  # fmt: skip
        rows += with_words(known, page.rows, set(keys) - masked)
        after = page.next
        if not after:
            break
    subject = standard.subject
    people: set[UUID] = {row[subject] for row in rows if subject and row.get(subject)}
    told = sorted(
        f"{known.name}.{key}" for key in keys if known.fields[key].grade >= PERSONAL and key not in masked
    )
    audit.disclose(told, people, len(rows))
    titles = {one.key: one.title for one in standard.body.elements}
    columns = [OutColumn("unit_no", _("单位"))]
    for key in keys:
        columns.append(OutColumn(key, titles[key]))
    shown = [
        {"unit_no": str(row["unit_no"])}
        | {key: str(row.get(f"{key}{WORD}") or _said(row.get(key))) for key in keys}
        for row in rows
    ]
    return ListSheet(standard.body.title, columns, shown, name=standard.body.title)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)
