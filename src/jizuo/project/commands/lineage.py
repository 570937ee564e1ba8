"""来龙去脉：字段、一个值、一次导入 / lineage: a field, one value, a batch"""

from __future__ import annotations

import argparse
import json
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """field DATASET.FIELD | value DATASET RECORD FIELD | batch BATCH."""
    below = parser.add_subparsers(dest="act", required=True)
    field = below.add_parser("field", help=_("一个字段由什么送来、谁在用"))
    field.add_argument("field", metavar="DATASET.FIELD")
    value = below.add_parser("value", help=_("一个值：谁的话、从哪里、文件里的哪一行（按级别隐去）"))
    value.add_argument("dataset")
    value.add_argument("record", type=UUID)
    value.add_argument("field")
    batch = below.add_parser("batch", help=_("一次导入的血缘，OpenLineage 2-0-2"))
    batch.add_argument("batch", type=UUID)
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, in the scope of a unit."""
    from jizuo.ground import scope as scopes

    with bootstrap.opened():
        set_up("app")
        with scopes.use(walking.scope_of_unit(args.unit)):
            return {"field": field, "value": value, "batch": batch}[args.act](args)


def field(args: argparse.Namespace) -> int:
    """What feeds a field and who reads it."""
    from jizuo.hubs.data.queries.lineage import field_lineage

    dataset, _dot, key = args.field.partition(".")
    one = field_lineage(dataset=dataset, field=key)
    args.out.say(f"{one.dataset_title} · {one.title}  {one.owner}".rstrip())
    for came in one.came:
        args.out.say(f"  ← {came.importer_title}  {came.source_title}  {came.batches}")
    readers = [title for _key, title in one.terms] + [title for _kind, title in one.readers]
    for title in readers:
        args.out.say(f"  → {title}")
    args.out.result(
        dataset=dataset,
        field=key,
        owner=one.owner,
        readers=readers,
        came=[came.importer for came in one.came],
    )
    return Exit.OK


def value(args: argparse.Namespace) -> int:
    """One value with what was said of it and the row it came from."""
    from jizuo.hubs.data.queries.lineage import value_lineage, value_origin

    one = value_lineage(dataset=args.dataset, record_id=args.record, field=args.field)
    args.out.say(f"{one.dataset_title} · {one.title}: {one.value}  {one.holder}".rstrip())
    for word in one.words:
        args.out.say(
            f"  {word.source_title}: {word.value}  {word.said_at:%Y-%m-%d %H:%M}  {word.batch_title}"
        )
    origin = value_origin(dataset=args.dataset, record_id=args.record, field=args.field)
    if origin is not None:
        args.out.say(f"  ← {origin.file}  {origin.sheet}  {origin.row_no}")
    args.out.result(
        value=one.value, is_masked=one.is_masked, holder=one.holder, claims=[word.source for word in one.words],
        origin=None if origin is None else {"batch": origin.batch_id, "file": origin.file, "sheet": origin.sheet,
                                            "row": origin.row_no},
    )  # fmt: skip
    return Exit.OK


def batch(args: argparse.Namespace) -> int:
    """The run events of a batch, one JSON object a line."""
    from jizuo.hubs.data.queries.lineage import batch_lineage

    events = batch_lineage(batch_id=args.batch)
    for event in events:
        args.out.say(json.dumps(event, ensure_ascii=False))
    args.out.result(events=events)
    return Exit.OK
