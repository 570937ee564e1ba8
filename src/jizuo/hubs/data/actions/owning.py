"""The register of sources and owners: who may speak, and whose word counts for a field."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import datasets, owners, sources
from jizuo.hubs.data.sources import LAST_RANK, Source

STEWARDS = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR})
REPLAY = "data.replay"
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: Ranks a base may give its own sources; what is shipped stands before or between them.
RANKS = range(1, LAST_RANK)
MOST_REASON = 500


@action(title="登记数据来源", roles=STEWARDS, reach=API)
def add_source(
    *, name: str, title: str, english: str, kind: str, rank: int = 500, unit_no: int | None = None
) -> None:
    """Make a source of record known, so that its claims have a place among the others. name: the word claims carry
    (small letters, digits, underscores); kind: of `sources.KINDS`; rank: the lower the more believed where a field has
    no owner; unit_no: whose own it is, None for the whole base. The same again is harmless. Raises BadInput, Conflict
    for a name that is another source's."""
    scope = scopes.current()
    problems = []
    if not SOURCE_NAME.fullmatch(name):
        problems.append(
            Problem("name", _("来源代号不合规"), _("用小写英文字母、数字和下划线，如 card_system"))
        )
    if not title.strip() or len(title) > 60:
        problems.append(Problem("title", _("要有中文名称，最长 60 个字")))
    if kind not in sources.KINDS or kind == "decision":
        problems.append(Problem("kind", _("没有这一类来源")))
    if rank not in RANKS:
        problems.append(Problem("rank", _("次序应在 1 到 %(most)s 之间") % {"most": LAST_RANK - 1}))
    if unit_no is not None and unit_no not in scope.units:
        problems.append(Problem("unit_no", _("没有这个单位")))
    if problems:
        raise BadInput(_("没有登记"), problems=problems)
    wanted = Source(name, title.strip(), english.strip()[:80], kind, rank, unit_no)
    held = owners.known_sources().get(name)
    if held == wanted:
        return
    if held is not None:
        raise Conflict(
            _("“%(name)s”已经是“%(title)s”的代号") % {"name": name, "title": held.word}, fix=_("请换一个代号")
        )
    told: list[Any] = [name, wanted.title, wanted.english, kind, rank, unit_no, scope.grant_no]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into data_source (name, title, english, kind, rank, unit_no, added_by)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            told,
        )
    owners.raise_version()
    audit.note(f"source {name}")


def owned_field(dataset: str, field: str) -> datasets.Field:
    """The field of a master dataset that an owner can be named for. Raises NotFound."""
    known = datasets.all_datasets().get(dataset)
    if known is None or not known.is_master or field not in known.fields:
        raise NotFound(_("没有这一项"), fix=_("请从列出的字段里选"))
    found = known.fields[field]
    if not found.is_claimed:
        raise NotFound(_("这一项由基座自己管理，没有来源"))
    return found


@action(title="确定权威来源", roles=STEWARDS, reach=API)
def set_owner(
    *,
    dataset: str,
    field: str,
    source: str,
    reason: str,
    unit_no: int | None = None,
    begin_on: date | None = None,
) -> JobRef | None:
    """Name the source of record of a field from a day on (today when left out), for one unit or for all. The line
    that held until then ends. Returns the job that works the values out again from the claims; None when the day has
    not come, and the night of that day does it.

    Raises NotFound for a field that has no sources, BadInput for an unknown source, a day gone by or no reason,
    NotAllowed where the whole base is asked for by somebody who does not reach all of it, Conflict where the source
    owns the field already.
    """
    scope = scopes.current()
    owned_field(dataset, field)
    day = begin_on or scope.today
    problems = []
    if source not in owners.known_sources() or source == sources.SETTLED:
        problems.append(Problem("source", _("没有登记过这个来源"), _("请先登记来源，或从列出的来源里选")))
    if day < scope.today:
        problems.append(Problem("begin_on", _("开始日期已经过去"), _("请填今天或以后的日期")))
    if not reason.strip() or len(reason) > MOST_REASON:
        problems.append(Problem("reason", _("没有写理由"), _("请写明依据，如“市教委〔2026〕4 号”")))
    if unit_no is not None and unit_no not in scope.units:
        problems.append(Problem("unit_no", _("没有这个单位"), _("请从列出的单位里选")))
    if problems:
        raise BadInput(_("没有改"), problems=problems)
    may_speak_for(unit_no)
    if owners.of(dataset, day).owner(field, unit_no) == source:
        raise Conflict(_("现在就是这个来源"), fix=_("不用再改"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update field_owner set end_on = %s where dataset = %s and field = %s and unit_no is not distinct from %s"
            " and begin_on < %s and (end_on is null or end_on > %s)",
            [day, dataset, field, unit_no, day, day],
        )
        # A line that begins the same day, or was to begin later, is replaced.
        cursor.execute(
            "delete from field_owner where dataset = %s and field = %s and unit_no is not distinct from %s"
            " and begin_on >= %s",
            [dataset, field, unit_no, day],
        )
        told: list[Any] = [new_id(), dataset, field, source, unit_no, day, reason.strip(), scope.grant_no]
        cursor.execute(
            "insert into field_owner (id, dataset, field, source, unit_no, begin_on, reason, set_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            told,
        )
    owners.raise_version()
    audit.note(f"{dataset}.{field} owned by {source} from {day}")
    return start_replay(dataset, field, unit_no) if day == scope.today else None


@action(title="撤回权威来源", roles=STEWARDS, reach=API)
def end_owner(*, line_id: UUID, reason: str) -> JobRef:
    """End a line of the register today: the base's line, then the standard's owner counts again. Raises NotFound,
    BadInput without a reason."""
    if not reason.strip():
        raise BadInput(_("没有撤回"), problems=[Problem("reason", _("没有写理由"), _("请写明为什么"))])
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, field, unit_no, begin_on from field_owner where id = %s"
            " and (end_on is null or end_on > %s) and (unit_no is null or unit_no = any(%s)) for update",
            [line_id, scope.today, list(scope.units)],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这一条"), fix=_("请刷新页面"))
        dataset, field, unit_no, begin_on = row
        may_speak_for(unit_no)
        if begin_on >= scope.today:
            cursor.execute("delete from field_owner where id = %s", [line_id])
        else:
            cursor.execute("update field_owner set end_on = %s where id = %s", [scope.today, line_id])
    owners.raise_version()
    audit.note(f"{dataset}.{field} owner ended: {reason.strip()[:150]}")
    return start_replay(dataset, field, unit_no)


def may_speak_for(unit_no: int | None) -> None:
    """Raise NotAllowed where the whole base is meant and the acting role does not reach all of it: values of units out
    of reach would have to change."""
    if unit_no is not None:
        return
    if not reaches_all():
        raise NotAllowed(_("还有单位不在您的范围内"), fix=_("请选定单位，或请上一级来定"))


def reaches_all() -> bool:
    """True where the acting role reaches every unit of the base."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select 1 from unit where unit_no > 0 and not unit_no = any(%s))",
            [list(scopes.current().units)],
        )
        return cursor.fetchone()[0]


def start_replay(dataset: str, field: str, unit_no: int | None) -> JobRef:
    """Work the values of one field out again from the claims, as a job of the running action."""
    title = _("重算“%(title)s”") % {"title": datasets.get(dataset).fields[field].word}
    return jobs.start(REPLAY, title, dataset=dataset, field=field, of_unit=unit_no)
