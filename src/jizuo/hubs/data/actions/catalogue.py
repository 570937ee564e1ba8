"""Writes of the catalogue: words, counts, the register of data assets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.hubs.data import catalogue, datasets, standards
from jizuo.hubs.data.queries import catalogue as queries
from jizuo.hubs.data.queries.catalogue import KEEPERS, WATCHERS
from jizuo.hubs.data.rules import catalogue as rules

COUNTED = """
insert into dataset_count (id, unit_no, dataset, rows, fresh_at)
select gen_random_uuid(), n.unit_no, %(name)s, n.rows, n.fresh_at
from ({count}) as n(unit_no, rows, fresh_at) where n.unit_no = any(%(units)s)
on conflict (unit_no, dataset) do update set rows = excluded.rows, fresh_at = excluded.fresh_at,
    counted_at = now(), changed_at = now()
"""
EMPTIED = """
update dataset_count set rows = 0, counted_at = now(), changed_at = now() where dataset = %(name)s
and unit_no = any(%(units)s) and rows > 0 and unit_no not in (select n.unit_no from ({count}) as n(unit_no, rows, fresh_at))
"""


@action(title="解释一个术语", roles=KEEPERS, reach=API)
def write_term(
    *, title: str, meaning: str, english: str = "", source: str = "", dataset: str = "", field: str = ""
) -> None:
    """Write down what a word means, or write it anew. Raises BadInput."""
    title, meaning = title.strip(), meaning.strip()
    problems = []
    if not 1 <= len(title) <= 60:
        problems.append(Problem("title", _("术语要写 1 到 60 个字")))
    if not meaning:
        problems.append(Problem("meaning", _("要写它是什么意思")))
    if dataset and (
        dataset not in datasets.all_datasets() or (field and field not in datasets.get(dataset).fields)
    ):
        problems.append(Problem("dataset", _("没有这个数据集或字段")))
    if problems:
        raise BadInput(_("术语没有写完整"), problems=problems)
    told: list[Any] = [
        new_id(),
        title,
        english[:80],
        meaning,
        source[:120],
        dataset,
        field,
        scopes.current().grant_no,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into glossary_term (id, title, english, meaning, source, dataset, field, written_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (title) do update set english = excluded.english,"
            " meaning = excluded.meaning, source = excluded.source, dataset = excluded.dataset, field = excluded.field,"
            " written_by = excluded.written_by, written_at = now()",
            told,
        )
    audit.note(f"term {title}")


@action(title="去掉一个术语", roles=KEEPERS, reach=API)
def drop_term(*, title: str) -> None:
    """Take a steward's word away; a shipped one of the same title is heard again. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("delete from glossary_term where title = %s", [title])
        if not cursor.rowcount:
            raise NotFound(_("没有这个术语"))
    audit.note(f"term {title} dropped")


@action(title="数一数各数据集", roles=WATCHERS, reach=API)
def count_datasets(*, names: list[str] | None = None) -> int:
    """Count the rows of datasets in the reach (all of them without `names`); returns how many datasets were counted."""
    return count(datasets.all_datasets() if names is None else names, queries.own_units())


def count(names: Iterable[str], units: list[int]) -> int:
    """Count the rows of datasets in units of the reach. Inside a door."""
    done = 0
    known = datasets.all_datasets()
    with connection.cursor() as cursor:
        for name in names:
            sql = catalogue.count_sql(known[name]) if name in known else ""
            if sql:
                cursor.execute(COUNTED.format(count=sql), {"name": name, "units": units})
                cursor.execute(EMPTIED.format(count=sql), {"name": name, "units": units})
                done += 1
    return done


def on_refreshed(fact: Told) -> None:
    """Count what a batch wrote, in the reach of the unit that brought it."""
    count(fact.payload.get("datasets") or (), queries.own_units())


@action(title="登记数据资产", roles=KEEPERS, reach=API)
def register_asset(*, dataset: str, owner: str, steward: str, source: str, cycle: str, note: str = "") -> str:
    """Enter a dataset into the own unit's register of data assets, with what holds of it today; returns its number.
    Raises NotFound, BadInput, Conflict when it stands there already."""
    line = queries.asset_draft(name=dataset)
    problems = [
        Problem(name, _("要填写"))
        for name, text in (("owner", owner), ("steward", steward), ("source", source))
        if not text.strip()
    ]
    if cycle not in rules.CYCLES:
        problems.append(Problem("cycle", _("没有这种周期")))
    if problems:
        raise BadInput(_("登记没有写完整"), problems=problems)
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('data_asset'), %s)", [scope.unit_no])
        cursor.execute(
            "select count(*) filter (where dataset = %s and retired_on is null),"
            " coalesce(max(right(number, 5)::int), 0) from data_asset where unit_no = %s",
            [dataset, scope.unit_no],
        )
        standing, last = cursor.fetchone()
        if standing:
            raise Conflict(_("这个数据集已经登记过"), fix=_("要重新登记，先注销原来的"))
        number = f"ZC{scope.unit_no:06d}-{last + 1:05d}"
        told: list[Any] = [
            new_id(), scope.unit_no, number, dataset, line.title, owner.strip()[:120], steward.strip()[:60],
            source.strip()[:200], cycle, line.grade, line.share_type, line.rows or 0, scope.today, scope.grant_no,
            note.strip()[:200],
        ]  # fmt: skip
        cursor.execute(
            "insert into data_asset (id, unit_no, number, dataset, title, owner, steward, source, cycle, grade,"
            " share_type, rows, registered_on, registered_by, note)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            told,
        )
    audit.note(f"asset {number} {dataset}")
    return number


@action(title="注销数据资产", roles=KEEPERS, reach=API)
def retire_asset(*, number: str, reason: str) -> None:
    """Take an entry out of the register from today on; it stays readable. Raises NotFound, BadInput."""
    if not reason.strip():
        raise BadInput(_("没有写原因"), problems=[Problem("reason", _("要填写"))])
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "update data_asset set retired_on = %s, note = %s, changed_at = now()"
            " where unit_no = %s and number = %s and retired_on is null",
            [scope.today, reason.strip()[:200], scope.unit_no, number],
        )
        if not cursor.rowcount:
            raise NotFound(_("登记簿里没有这一项"), fix=_("请刷新页面"))
    audit.note(f"asset {number} retired")


def register() -> None:
    """Name the handler and the readers; called on the room's plate."""
    facts.on("DatasetRefreshed", "data.count", on_refreshed)
    standards.tell_readers(queries.contract_readers)
