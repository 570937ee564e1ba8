"""Standards drafted, tried, published and retired. Publishing writes the wish for the table; the builder makes it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, catalogue_state, plans
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.queries import standards as queries
from jizuo.hubs.data.queries.codes import STEWARDS
from jizuo.hubs.data.rules import standard_yaml
from jizuo.hubs.data.rules import standards as rules
from jizuo.hubs.data.standards import Body, Element, VersionView, print_of

MOST_ELEMENTS = 1000
MOST_TRIAL_ROWS, MOST_TRIAL_COLUMNS = 500, 300


@action(title="起草标准", roles=STEWARDS, reach=API)
def start_standard(*, name: str, title: str, english: str = "") -> UUID:
    """Begin the first draft of a new standard; returns the version's id. Raises BadInput for a name that breaks the
    form or belongs to another standard."""
    problems = _name_problems(name)
    if not title.strip() or len(title) > rules.LONGEST_WORD:
        problems.append(Problem("title", _("要有中文名，最长 80 个字")))
    if not problems and queries.versions_of(name):
        problems.append(_taken(name))
    if problems:
        raise BadInput(_("不能这样起草"), problems=problems)
    return _insert(Body(name=name, title=title.strip(), english=english.strip()), 1, 0)


@action(title="起草新版本", roles=STEWARDS, reach=API)
def revise_standard(*, name: str, is_new_major: bool = False) -> UUID:
    """Begin the next version of a standard from its newest one, or go on with the draft there is; returns the version's
    id. is_new_major: a new table, for a change that would drop data. Raises NotFound, and BadInput for a
    standard that ships with a room."""
    if name in datasets.shipped():
        raise BadInput(
            _("随系统提供的标准不在这里改"),
            fix=_("单位要多收的字段，请另起一个标准并把主键设为学号或工号"),
        )
    versions = queries.versions_of(name)
    if not versions:
        raise NotFound(_("没有这个标准"))
    last = versions[0]
    if last.state == rules.DRAFT:
        if is_new_major and last.minor:
            _renumber(last.version_id, last.major + 1, 0)
        return last.version_id
    number = (last.major + 1, 0) if is_new_major else (last.major, last.minor + 1)
    return _insert(last.body, *number)


@action(title="保存标准草稿", roles=STEWARDS, reach=API)
def save_draft(
    *,
    version_id: UUID,
    body: Body,
    seen: str = "",
    effective_on: date | None = None,
    until_on: date | None = None,
    notes: str = "",
) -> str:
    """Replace a draft; returns its new print. seen: the print of the draft that was edited, '' to write over whatever
    stands. What is wrong with it is told by `data.standard_draft` and refused when it is published. Raises
    NotFound, Conflict, and BadInput for a body that cannot be kept at all."""
    held = _draft(version_id, seen)
    if body.name != held.name:
        raise BadInput(_("标准名不能改"), problems=[Problem("name", held.name, _("另起一个标准"))])
    if len(body.elements) > MOST_ELEMENTS or not body.title.strip():
        raise BadInput(_("草稿存不下"), fix=_("要有中文名，字段不超过 1000 个"))
    if until_on is not None and effective_on is not None and until_on <= effective_on:
        raise BadInput(_("停用日期应在生效日期之后"))
    values: list[Any] = [
        body.title.strip()[: rules.LONGEST_WORD], Jsonb(msgspec.to_builtins(body)), effective_on, until_on, notes[:4000],
        scopes.current().account_id, version_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "update standard_version set title = %s, body = %s, effective_on = %s, until_on = %s, notes = %s,"
            " drafted_by = %s, drafted_at = now() where id = %s",
            values,
        )
    return print_of(body)


def _save_elements(held: VersionView, elements: tuple[Element, ...], **more: object) -> str:
    body = msgspec.structs.replace(held.body, elements=elements, **more)
    return save_draft(
        version_id=held.version_id,
        body=body,
        effective_on=held.effective_on,
        until_on=held.until_on,
        notes=held.notes,
    )


@action(title="改一个字段", roles=STEWARDS, reach=API)
def save_element(*, version_id: UUID, element: Element, was: str = "", seen: str = "") -> str:
    """Put one element into a draft: in the place of the one called `was`, else behind the last. Returns the new print.
    Raises BadInput for a key that another element has, NotFound, Conflict."""
    held = _draft(version_id, seen)
    if element.key != was and held.body.element(element.key):
        raise BadInput(
            _("列名重复：%(key)s") % {"key": element.key},
            problems=[Problem("key", element.key, _("改名或去掉一列"))],
        )
    if not held.body.element(was):
        return _save_elements(held, (*held.body.elements, element))
    renamed = {was: element.key}
    return _save_elements(
        held,
        tuple(element if one.key == was else one for one in held.body.elements),
        key=tuple(renamed.get(key, key) for key in held.body.key),
        label=renamed.get(held.body.label, held.body.label),
    )


@action(title="加入多个字段", roles=STEWARDS, reach=API)
def add_elements(*, version_id: UUID, elements: list[Element], seen: str = "") -> str:
    """Put several elements behind the last of a draft. Returns the new print. Raises as `data.save_element`."""
    held = _draft(version_id, seen)
    doubled = [one.key for one in elements if held.body.element(one.key)]
    if doubled:
        raise BadInput(_("列名重复：%(key)s") % {"key": "、".join(doubled)}, fix=_("改名或去掉一列"))
    return _save_elements(held, (*held.body.elements, *elements))


@action(title="移动一个字段", roles=STEWARDS, reach=API)
def move_element(*, version_id: UUID, key: str, by: int, seen: str = "") -> str:
    """Move an element of a draft up (-1) or down (1). Returns the new print."""
    held = _draft(version_id, seen)
    return _save_elements(held, rules.moved(held.body.elements, key, 1 if by > 0 else -1))


@action(title="去掉一个字段", roles=STEWARDS, reach=API)
def drop_element(*, version_id: UUID, key: str, seen: str = "") -> str:
    """Take an element out of a draft. Returns the new print. One that a published version of the same table has is
    refused with what to do instead."""
    held = _draft(version_id, seen)
    earlier = queries.before(held)
    if earlier is not None and earlier.major == held.major and earlier.body.element(key):
        raise BadInput(
            _("不能删除已有的列：%(key)s") % {"key": key},
            fix=_("改为“停用”：已有的数据留着，以后不再收；或起草新的主版本，另建一张表"),
        )
    return _save_elements(
        held,
        tuple(one for one in held.body.elements if one.key != key),
        key=tuple(one for one in held.body.key if one != key),
        label="" if held.body.label == key else held.body.label,
    )


@action(title="带回标准文件", roles=STEWARDS, reach=API)
def bring_standard(*, text: str) -> UUID:
    """Take a standard in as YAML, as `data.standard_yaml` gives it: it becomes the draft of its name, in the place of an
    earlier draft. Returns the version's id. Raises BadInput naming every place, also for a version that is published."""
    try:
        read = standard_yaml.read(text)
    except standard_yaml.BadYaml as error:
        raise BadInput(_("标准文件有误"), problems=error.problems) from None
    problems = _name_problems(read.body.name)
    if problems:
        raise BadInput(_("标准文件有误"), problems=problems)
    versions = queries.versions_of(read.body.name)
    published = [one for one in versions if one.state != rules.DRAFT]
    number = (read.major, read.minor)
    if published and number <= (published[0].major, published[0].minor):
        raise BadInput(
            _("%(number)s 版已经发布") % {"number": published[0].number},
            problems=[Problem("version", _("版本号要大于已发布的"), _("小改加小数位，换表加整数位"))],
        )
    draft = next((one for one in versions if one.state == rules.DRAFT), None)
    version_id = draft.version_id if draft else _insert(read.body, *number)
    if draft:
        _renumber(version_id, *number)
    save_draft(
        version_id=version_id,
        body=read.body,
        effective_on=read.effective_on,
        until_on=read.until_on,
        notes=read.notes,
    )
    return version_id


@action(title="放弃标准草稿", roles=STEWARDS, reach=API)
def discard_draft(*, version_id: UUID) -> None:
    """Give a draft up with its sample rows. Raises NotFound, Conflict."""
    _draft(version_id)
    with connection.cursor() as cursor:
        cursor.execute("delete from trial_row where version_id = %s", [version_id])
        cursor.execute("delete from standard_version where id = %s", [version_id])


@action(title="试用标准", roles=STEWARDS, reach=API)
def lay_trial(*, version_id: UUID, heads: list[str], rows: list[list[str]], first_row: int = 2) -> int:
    """Keep sample rows of the own unit beside a draft, in the place of earlier ones; returns their number. first_row:
    the row on the screen of the first. What is wrong with them is told by `data.standard_trial`."""
    _draft(version_id)
    if not rows or not any(head.strip() for head in heads):
        raise BadInput(_("没有可试的行"), fix=_("连同表头一起粘贴，至少一行数据"))
    if len(rows) > MOST_TRIAL_ROWS or len(heads) > MOST_TRIAL_COLUMNS:
        raise BadInput(_("样例太大"), fix=_("最多 %(rows)s 行；全部数据请用导入") % {"rows": MOST_TRIAL_ROWS})
    unit_no = scopes.current().unit_no
    laid = [heads, *([str(cell)[:4000] for cell in row] for row in rows)]
    values: list[list[Any]] = [
        [new_id(), unit_no, version_id, number, Jsonb(cells)]
        for number, cells in enumerate(laid, first_row - 1)
    ]
    with connection.cursor() as cursor:
        cursor.execute("delete from trial_row where version_id = %s and unit_no = %s", [version_id, unit_no])
        cursor.executemany(
            "insert into trial_row (id, unit_no, version_id, row_no, cells) values (%s, %s, %s, %s, %s)",
            values,
        )
    return len(rows)


@action(title="发布标准", roles=STEWARDS, reach=API)
def publish_standard(*, version_id: UUID, seen: str) -> UUID:
    """Publish a draft as it was looked at and ask the builder for its table; returns the plan's id. seen: the print of the
    draft on the page of effects. Raises Conflict when it is published already or was changed since, BadInput for
    what is wrong with it and for changes that would drop data, with what to do instead, and NotAllowed for a
    change of a dataset in use by the one who drafted it."""
    held = _draft(version_id, seen)
    account_id = scopes.current().account_id
    faults = rules.problems_of(held.body, codes.tables(), datasets.shipped())
    earlier = queries.before(held)
    if earlier and (held.effective_on or scopes.current().today) < (earlier.effective_on or date.min):
        faults.append(Problem("effective_on", _("不能早于上一版的生效日期"), str(earlier.effective_on or "")))
    if faults:
        raise BadInput(_("标准还不能发布"), problems=faults)
    if earlier is not None and account_id is not None and held.is_mine and queries.is_in_use(earlier):
        raise NotAllowed(
            _("已有数据在用这个标准，新版本要由另一个人发布"),
            fix=_("请另一位数据管理员或区管理员打开这一页，看过影响后发布"),
        )
    plan_id = plans.ask_table(plan=held.body.plan(held.major))
    with connection.cursor() as cursor:
        cursor.execute(
            "update standard_version set state = 'published', plan_id = %s, published_by = %s, published_at = now(),"
            " effective_on = coalesce(effective_on, %s) where id = %s",
            [plan_id, account_id, scopes.current().today, version_id],
        )
        cursor.execute("delete from trial_row where version_id = %s", [version_id])
    catalogue_state.raise_version()
    audit.note(f"{held.name} {held.number}")
    return plan_id


@action(title="退回草稿", roles=STEWARDS, reach=API)
def reopen_standard(*, version_id: UUID) -> None:
    """Make a published version whose table the builder refused a draft again. Raises Conflict otherwise."""
    held = queries.locked(version_id)
    if held.state != rules.PUBLISHED or held.table_state != "refused":
        raise Conflict(_("只有建表被拒绝的版本才能退回"), fix=_("要改已发布的标准，请起草新版本"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update standard_version set state = 'draft', plan_id = null, published_by = null, published_at = null"
            " where id = %s",
            [version_id],
        )
    catalogue_state.raise_version()


@action(title="停用标准版本", roles=STEWARDS, reach=API)
def retire_standard(*, version_id: UUID, until_on: date | None = None) -> None:
    """End a published version on a day, today when left out. Its rows stay. Raises Conflict for one that is read by
    a contract or another room while no other version takes its place."""
    held = queries.locked(version_id)
    if held.state != rules.PUBLISHED:
        raise Conflict(_("只有已发布的版本才能停用"))
    day = until_on or scopes.current().today
    others = [
        one
        for one in queries.versions_of(held.name)
        if one.state == rules.PUBLISHED and one.version_id != version_id
    ]
    readers = [] if others else queries.readers(held.name)
    if readers:
        raise Conflict(
            _("还有 %(count)s 处在用：%(names)s")
            % {"count": len(readers), "names": "、".join(one.title for one in readers[:5])},
            fix=_("先结束这些共享或用途，或先发布替代的版本"),
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "update standard_version set until_on = %s, state = case when %s <= %s then 'retired' else state end"
            " where id = %s",
            [day, day, scopes.current().today, version_id],
        )
    catalogue_state.raise_version()
    audit.note(f"{held.name} {held.number} until {day}")


def _draft(version_id: UUID, seen: str = "") -> VersionView:
    """The draft, held until the transaction ends."""
    held = queries.locked(version_id)
    if held.state != rules.DRAFT:
        raise Conflict(_("%(number)s 版已经发布") % {"number": held.number}, fix=_("要改动，请起草新版本"))
    if seen and seen != held.seen:
        raise Conflict(_("草稿刚被改过"), fix=_("请重新打开，看过现在的内容再继续"))
    return held


def _name_problems(name: str) -> list[Problem]:
    if not plans.NAME.fullmatch(name) or len(name) > plans.LONGEST_STANDARD:
        return [
            Problem(
                "name",
                _("标准名不合规：%(name)s") % {"name": name[:60]},
                _("小写英文字母开头，可含数字和下划线，最长 30 个字符，如 visit_record"),
            )
        ]
    return [_taken(name)] if name in datasets.shipped() else []


def _taken(name: str) -> Problem:
    return Problem(
        "name", _("数据集 %(name)s 已有标准") % {"name": name}, _("打开它起草新版本，或换一个名字")
    )


def _insert(body: Body, major: int, minor: int) -> UUID:
    version_id = new_id()
    values: list[Any] = [
        version_id, body.name, major, minor, body.title, Jsonb(msgspec.to_builtins(body)), scopes.current().account_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into standard_version (id, name, major, minor, state, title, body, notes, drafted_by)"
            " values (%s, %s, %s, %s, 'draft', %s, %s, '', %s)",
            values,
        )
    return version_id


def _renumber(version_id: UUID, major: int, minor: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update standard_version set major = %s, minor = %s where id = %s", [major, minor, version_id]
        )
