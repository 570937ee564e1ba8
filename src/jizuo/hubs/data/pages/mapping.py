"""The mapping step of a source: which column feeds which field, what is taken apart or put together on the way, what is
the same for every row, and the first rows as they would arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.errors import BadInput, DoorError, Problem
from jizuo.hubs.data import datasets, importers, mends
from jizuo.hubs.data.actions import connecting
from jizuo.hubs.data.collecting import ConnectorView
from jizuo.hubs.data.queries import collecting as queries
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.hubs.data.tables.wanted import DOT, is_open, wanted_of
from jizuo.plain.text import clean

#: Lists with an importer of their own that a source may feed.
LISTS = ("pupils", "staff", "pupil_register", "staff_register")
STEP_TITLES = {
    "trim": gettext_lazy("去空格"), "invisible": gettext_lazy("去看不见的字符"), "half_width": gettext_lazy("全角转半角"),
    "collapse": gettext_lazy("并空格"), "no_blanks": gettext_lazy("去掉所有空格"), "empty_words": gettext_lazy("“无”当作空"),
    "date": gettext_lazy("日期"), "month": gettext_lazy("年月"), "moment": gettext_lazy("时刻"), "code": gettext_lazy("代码"),
    "id_number": gettext_lazy("证件号"), "phone": gettext_lazy("电话"), "name": gettext_lazy("姓名"),
    "bare_number": gettext_lazy("去掉号码前的零"), "whole": gettext_lazy("整数"), "decimal": gettext_lazy("数字"),
    "flag": gettext_lazy("是否"), "most": gettext_lazy("长度"),
    "split": gettext_lazy("拆分"), "join": gettext_lazy("连接"), "constant": gettext_lazy("固定值"),
    "default": gettext_lazy("缺省值"), "fill_down": gettext_lazy("同上填充"),
}  # fmt: skip
#: What the form of a column declares; other steps are declared by command and stay as they are.
SPLIT, JOIN = "split", "join"
#: Empty lines offered for values that are the same for every row.
SPARE = 2


def context(one: ConnectorView) -> dict[str, Any]:
    """The targets, the columns of the sample with what is proposed, and the first rows as they would arrive."""
    targets = [
        (f"{TABLE}:{name}", found.word) for name, found in datasets.all_datasets().items() if is_open(found)
    ]
    targets += [
        (f"{name}:", importers.get(name).title) for name in LISTS if name in importers.all_importers()
    ]
    seen, said = None, ""
    if one.sample_file and (one.dataset or one.importer != TABLE):
        try:
            seen = queries.sampled(one.connector_id)
        except DoorError as error:
            said = f"{error.detail} {error.fix}"
    fields = fields_of(one)
    known = {column.heading: column for sheet in (seen.sheets if seen else ()) for column in sheet.columns}
    is_table = one.importer == TABLE and one.dataset in datasets.all_datasets()
    chain: dict[str, str] = {}
    if is_table:
        chain = {
            item.key: "、".join(str(STEP_TITLES[step.kind]) for step in item.steps)
            for item in wanted_of(datasets.get(one.dataset), one.steps)
        }
    lines = []
    for at, name in enumerate(one.columns):
        key = one.mapping.get(name, known[name].field if not one.mapping and name in known else "")
        steps = one.steps.get(key, ()) if key else ()
        lines.append(
            {"at": at, "name": name, "column": known.get(name), "key": key, "chain": chain.get(key, ""),
             "may_step": is_table and bool(key) and DOT not in key, SPLIT: step_of(steps, SPLIT), JOIN: step_of(steps, JOIN),
             "joined": "、".join(step_of(steps, JOIN).get("columns", ()))}
        )  # fmt: skip
    rows = []
    if seen:
        rows = [
            [(text, seen.was.get(f"{number}.{at}", "")) for at, text in enumerate(row)]
            for number, row in enumerate(seen.rows)
        ]
    constants = list(enumerate([*one.constants.items(), *([("", "")] * SPARE)]))
    return {
        "targets": targets, "target": f"{one.importer}:{one.dataset}", "lines": lines, "columns_of": fields, "seen": seen,
        "rows": rows, "sample_said": one.sample_said or said, "constants": constants if is_table else [],
        "constant_fields": [(key, title) for key, title in fields if DOT not in key],
    }  # fmt: skip


def fields_of(one: ConnectorView) -> Sequence[tuple[str, str]]:
    """(key, title) of what the columns of a source may feed; none before its target is chosen."""
    offered = mends.columns_of(one.importer)
    if offered is None or (not one.dataset and one.importer == TABLE):
        return []
    return offered.fields_for({"dataset": one.dataset})


def step_of(steps: Sequence[Any], kind: str) -> Mapping[str, Any]:
    """The declared step of a kind among the steps of a field; {} where there is none."""
    return next((one for one in steps if isinstance(one, Mapping) and one.get("step") == kind), {})


def save(told: QueryDict, one: ConnectorView) -> None:
    """Write the target and what each column becomes. Raises BadInput. A new target forgets what was chosen for the old
    one, and takes over what is proposed."""
    importer, _colon, dataset = told.get("target", "").partition(":")
    if (importer, dataset) != (one.importer, one.dataset):
        connecting.save_connector(
            connector_id=one.connector_id,
            importer=importer,
            dataset=dataset,
            mapping={},
            steps={},
            constants={},
        )
        if one.sample_file:
            propose(one.connector_id)
        return
    chosen = {name: told.get(f"map.{at}", "") for at, name in enumerate(one.columns)}
    connecting.save_connector(
        connector_id=one.connector_id,
        mapping={name: key for name, key in chosen.items() if key},
        **(declared(told, one) if importer == TABLE else {}),
    )


def declared(told: QueryDict, one: ConnectorView) -> dict[str, Any]:
    """The steps and the constants of a posted form. Raises BadInput naming each fault."""
    steps = {key: list(held) for key, held in one.steps.items()}
    problems: list[Problem] = []
    for at, name in enumerate(one.columns):
        key = told.get(f"map.{at}", "")
        if not key or DOT in key or f"split.by.{at}" not in told:
            continue
        asked = [*split_of(told, at, name, problems), *join_of(told, at, one, name, problems)]
        rest = [
            held
            for held in steps.get(key, [])
            if not isinstance(held, Mapping) or held.get("step") not in (SPLIT, JOIN)
        ]
        is_only = rest[:1] == ["only"]
        steps[key] = [*rest[:1], *asked, *rest[1:]] if is_only else [*asked, *rest]
    titles = dict(fields_of(one))
    constants = dict(one.constants)
    if "constant.key" in told:
        constants = {}
        for key, value in zip(told.getlist("constant.key"), told.getlist("constant.value"), strict=False):
            text = clean(value)[:200]
            if key and key in titles and text:
                constants[key] = text
            elif key or text:
                what = _("字段和值要一起填") if key in titles or not key else _("没有这个字段")
                problems.append(Problem(_("固定值"), f"{titles.get(key, key)} {text}".strip()[:60], what))
    if problems:
        raise BadInput(_("列对应还不完整"), problems=problems)
    return {"steps": {key: held for key, held in steps.items() if held}, "constants": constants}


def split_of(told: QueryDict, at: int, name: str, problems: list[Problem]) -> list[dict[str, Any]]:
    """The posted part of a column that is taken apart, [] where it is left whole."""
    take, by = told.get(f"split.take.{at}", "").strip(), told.get(f"split.by.{at}", "")[:10]
    if not take:
        if by:
            problems.append(Problem(name, _("拆开后取第几段？"), _("写 1 取第一段；不拆就把分隔符也清空")))
        return []
    if not take.isdecimal() or not 1 <= int(take[:3]) <= 99:
        problems.append(Problem(name, _("第几段应是从 1 起的整数"), take[:20]))
        return []
    return [{"step": SPLIT, "take": int(take[:3]), **({"by": by} if by else {})}]


def join_of(
    told: QueryDict, at: int, one: ConnectorView, name: str, problems: list[Problem]
) -> list[dict[str, Any]]:
    """The posted columns that are put behind a column, [] for none."""
    asked = [
        word
        for part in told.get(f"join.columns.{at}", "").replace("，", "、").replace(",", "、").split("、")
        if (word := clean(part))
    ]
    strange = [word for word in asked if word not in one.columns or word == name]
    if strange:
        problems.append(
            Problem(name, _("没有这一列：%(name)s") % {"name": "、".join(strange)[:60]}, "、".join(one.columns)[:200])
        )  # fmt: skip
        return []
    by = told.get(f"join.by.{at}", "")[:10]
    return [{"step": JOIN, "columns": asked, **({"by": by} if by else {})}] if asked else []


def propose(connector_id: UUID) -> None:
    """Take over what is proposed for the columns of the sample, where nobody has chosen yet."""
    try:
        seen = queries.sampled(connector_id)
    except DoorError:
        return
    found: dict[str, str] = {}
    for sheet in seen.sheets:
        for column in sheet.columns:
            if column.field and column.heading and column.field not in found.values():
                found.setdefault(column.heading, column.field)
    if found:
        connecting.save_connector(connector_id=connector_id, mapping=found)
