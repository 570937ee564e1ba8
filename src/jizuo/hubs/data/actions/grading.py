"""Raising a grade at once, lowering it with a second person, scanning for what looks sensitive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, catalogue_state
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import datasets, grades, masking
from jizuo.hubs.data.queries.grading import GRADING_ROLES
from jizuo.hubs.data.rules import detection
from jizuo.hubs.data.rules import grading as rules
from jizuo.hubs.data.rules.grading import Standing

MOST_TEXT = 500
DONE, WAITING = "done", "waiting"

KEEP = """
insert into element_grade (dataset, field, category, grade, nature, kind, is_lowered, reason, set_by)
values (%(dataset)s, %(field)s, %(category)s, %(grade)s, %(nature)s, %(kind)s, %(is_lowered)s, %(reason)s, %(by)s)
on conflict (dataset, field) do update set category = coalesce(nullif(excluded.category, ''), element_grade.category),
  grade = excluded.grade, nature = excluded.nature, kind = coalesce(nullif(excluded.kind, ''), element_grade.kind),
  is_lowered = excluded.is_lowered, reason = excluded.reason, set_by = excluded.set_by, set_at = now()
"""
PROPOSE = """
insert into grade_proposal (id, dataset, field, title, grade, nature, kind, origin, why, state, asked_by, reason)
values (%(id)s, %(dataset)s, %(field)s, %(title)s, %(grade)s, %(nature)s, %(kind)s, %(origin)s, %(why)s, 'open', %(by)s, '')
on conflict (dataset, field, origin) where state = 'open' do update set grade = excluded.grade,
  nature = excluded.nature, kind = excluded.kind, why = excluded.why, asked_by = excluded.asked_by, asked_at = now()
"""


@action(title="改分级", roles=GRADING_ROLES, reach=API)
def set_grade(
    *, dataset: str, field: str, grade: int, reason: str, nature: str = "", category: str = ""
) -> str:
    """Set an element's grade, kind of value ('' for none) and category ('' as it is); in force at the next call.

    A higher grade holds at once (``done``); a lower one, or a kind taken away, waits for a second person
    (``waiting``). Raises NotFound, BadInput (unknown words, no reason, a document number below sensitive).
    """
    known = datasets.all_datasets().get(dataset)
    if known is None or field not in known.fields:
        raise NotFound(_("没有这个元素"), fix=_("请从列表中选"))
    problems = []
    if grade not in rules.GRADES:
        problems.append(Problem("grade", _("应在 1 到 5 之间")))
    if nature and nature not in rules.NATURES:
        problems.append(Problem("nature", _("没有这种内容性质")))
    if category and category not in rules.CATEGORIES:
        problems.append(Problem("category", _("没有这个分类")))
    if not reason.strip() or len(reason) > MOST_TEXT:
        problems.append(Problem("reason", _("写 1 到 %(n)s 个字") % {"n": MOST_TEXT}))
    if masking.looks(known.fields[field]) in ("sealed", "document") and grade < datasets.SENSITIVE:
        problems.append(Problem("grade", _("证件号码不能低于敏感个人级")))
    if problems:
        raise BadInput(_("没有改"), problems=problems)
    held = grades.standing(known, field)
    wish = Standing(category or held.category, grade, nature)
    said = reason.strip()
    audit.note(f"{dataset}.{field} {held.grade} to {grade}")
    if rules.is_lower(held, wish):
        propose(dataset, field, known.fields[field].title, wish, "", "person", said)
        return WAITING
    keep(dataset, field, wish, "", said, is_lowered=False)
    return DONE


def keep(dataset: str, field: str, wish: Standing, kind: str, reason: str, *, is_lowered: bool) -> None:
    """Write what is set of an element and tell every process."""
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "dataset": dataset,
                "field": field,
                "category": wish.category,
                "grade": wish.grade,
                "nature": wish.nature,
                "kind": kind,
                "is_lowered": is_lowered,
                "reason": reason,
                "by": scopes.current().grant_no,
            },
        )
    catalogue_state.raise_version()


def propose(dataset: str, field: str, title: str, wish: Standing, kind: str, origin: str, why: str) -> None:
    """Write a proposal; the newest of one element and origin counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            PROPOSE,
            {
                "id": new_id(),
                "dataset": dataset,
                "field": field,
                "title": title,
                "grade": wish.grade,
                "nature": wish.nature,
                "kind": kind,
                "origin": origin,
                "why": why,
                "by": scopes.current().grant_no,
            },
        )


@action(title="确认分级", roles=GRADING_ROLES, reach=API)
def settle_grade(*, proposal_id: UUID, is_confirmed: bool, reason: str = "") -> None:
    """Confirm a proposed grade or refuse it with a reason. A lowering is confirmed by another person than asked.
    Raises NotFound, Conflict, NotAllowed, BadInput."""
    scope, said = scopes.current(), reason.strip()
    if len(said) > MOST_TEXT or (not said and not is_confirmed):
        raise BadInput(
            _("没有改"),
            problems=[Problem("reason", _("不采纳要写明理由"), _("如“这一列是学校名称，不是人名”"))],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.dataset, p.field, p.grade, p.nature, p.kind, p.origin, p.why, p.state, exists (select 1 from"
            " acting_grant g where g.no = p.asked_by and g.account_id = %s) from grade_proposal p where p.id = %s"
            " for update",
            [scope.account_id, proposal_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这条分级建议"))
        dataset, field, grade, nature, kind, origin, why, state, is_own = row
        if state != "open":
            raise Conflict(_("这条建议已经处理过"), fix=_("请刷新页面"))
        if origin == "person" and is_own and is_confirmed:
            raise NotAllowed(_("降级要由另一个人确认"), fix=_("请另一位数据管理员确认"))
        cursor.execute(
            "update grade_proposal set state = %s, settled_by = %s, settled_at = now(), reason = %s where id = %s",
            ["confirmed" if is_confirmed else "refused", scope.grant_no, said, proposal_id],
        )
    audit.note(f"{dataset}.{field} {'confirmed' if is_confirmed else 'refused'}")
    if is_confirmed:
        known = datasets.all_datasets().get(dataset)
        held = grades.standing(known, field) if known and field in known.fields else Standing("people", 1)
        is_lowering = origin == "person"
        wish = Standing(
            held.category,
            grade if is_lowering else max(grade, held.grade),
            nature if is_lowering else nature or held.nature,
        )
        keep(dataset, field, wish, kind, said or why, is_lowered=is_lowering)


@dataclass(frozen=True, slots=True)
class Looked:
    """An element as the scan sees it. grade 0 where none is given yet."""

    dataset: str
    key: str
    title: str
    english: str
    initials: str
    code_table: str
    grade: int
    nature: str
    kind: str
    aliases: tuple[str, ...] = ()
    samples: list[str] = field(default_factory=list)


@action(title="扫描敏感数据", roles=GRADING_ROLES, reach=API)
def scan_grades(*, dataset: str = "") -> int:
    """Look at drafts of standards and at made tables, by name, code table and content (at most 500 values a column of
    the units in reach); returns how many new proposals wait for a person. dataset: only this one.

    What was refused is not proposed again unless it now looks worse."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, field, max(grade) from grade_proposal where state = 'refused' and origin = 'scan'"
            " group by 1, 2"
        )
        refused = {(name, key): grade for name, key, grade in cursor.fetchall()}
        cursor.execute("select dataset, field from grade_proposal where state = 'open' and origin = 'scan'")
        waiting = set(cursor.fetchall())
    count = looked = 0
    for one in elements(dataset):
        looked += 1
        found = detection.proposal(
            detection.examine(
                key=one.key, title=one.title, english=one.english, initials=one.initials, code_table=one.code_table,
                samples=one.samples, aliases=one.aliases,
            )
        )  # fmt: skip
        if found is None or (found.grade <= one.grade and (not found.nature or found.nature == one.nature)):
            continue
        if refused.get((one.dataset, one.key), 0) >= found.grade:
            continue
        wish = Standing("", max(found.grade, one.grade), found.nature or one.nature)
        kind = found.kind if one.kind == "text" else ""
        propose(one.dataset, one.key, one.title, wish, kind, "scan", f"{found.title}（{by_words(found.by)}）")
        count += (one.dataset, one.key) not in waiting
    audit.counted(looked)
    return count


def by_words(by: str) -> str:
    """What a finding was found by, in words."""
    words = {"name": _("按名称"), "code": _("按代码表"), "content": _("按内容")}
    return "、".join(words[one] for one in by.split("、"))


def elements(dataset: str) -> Iterator[Looked]:
    """Elements of made datasets with sample values, and of drafts with the sample rows laid against them."""
    for name, known in datasets.all_datasets().items():
        if known.made is None or (dataset and name != dataset):
            continue
        for key, element in known.fields.items():
            yield Looked(
                name, key, element.title, element.english, element.initials, element.code_table, element.grade,
                element.nature, element.kind, element.aliases, values_of(known.table, key),
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name, body::text from standard_version where state = 'draft' and (%s = '' or name = %s)",
            [dataset, dataset],
        )
        drafts = cursor.fetchall()
    for version_id, name, body in drafts:
        cells = trial_cells(version_id)
        for one in msgspec.json.decode(body).get("elements", []):
            heads = (one["title"], one["key"], one.get("initials", ""), *one.get("aliases", ()))
            samples = [value for head in heads for value in cells.get(head, ())]
            yield Looked(
                name, one["key"], one["title"], one.get("english", ""), one.get("initials", ""), one.get("code", ""),
                one.get("grade", 2), "", one.get("type", "text"), tuple(one.get("aliases", ())), samples,
            )  # fmt: skip


def values_of(table: str, key: str) -> list[str]:
    """Some values of a made column in reach, as text."""
    column = masking.quoted(key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {column}::text from {masking.quoted(table)} where {column} is not null limit %s",
            [detection.MOST_SAMPLES],
        )
        return [value for (value,) in cursor.fetchall()]


def trial_cells(version_id: UUID) -> dict[str, list[str]]:
    """heading -> sample values laid against a draft by the units in reach."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select cells::text from trial_row where version_id = %s limit %s",
            [version_id, detection.MOST_SAMPLES],
        )
        for (text,) in cursor.fetchall():
            for head, value in msgspec.json.decode(text).items():
                found.setdefault(head, []).append("" if value is None else str(value))
    return found
