"""The read door of a contract: what it grants, nothing more, and only while it is live.

The reader's own reach does not hold the rows. `reach_of` is asked first, as the reader, and answers with a scope of the
owner's units in the role `reader`, which no other door grants; see docs/decisions/sharing-reach.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.paging import page_size
from jizuo.ground.scope import Scope
from jizuo.hubs.data import masking, readables
from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.queries import sharing as queries
from jizuo.hubs.data.rules import sharing as rules
from jizuo.hubs.data.sharing_shapes import SharedRows

CONTRACT = """
select x.number, x.dataset, x.owner_no, x.reader_no, x.reader_role, x.fields, x.unit_nos, x.filters::text, x.purposes, x.masked,
       x.begin_on, x.end_on, x.period, x.most_pulls, x.quality_floor, x.ended_at is not null
from share_contract x where x.id = %s
"""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as the read door needs it."""

    number: str
    dataset: str
    owner_no: int
    reader_no: int
    reader_role: str
    fields: list[str]
    unit_nos: list[int]
    filters: list[dict[str, Any]]
    purposes: list[str]
    masked: list[str]
    begin_on: date
    end_on: date
    period: str
    most_pulls: int
    quality_floor: int
    is_ended: bool

    def is_live(self, today: date) -> bool:
        """Whether it is read by on `today`."""
        return rules.is_live(begin_on=self.begin_on, end_on=self.end_on, is_ended=self.is_ended, today=today)

    def is_readers(self, scope: Scope) -> bool:
        """Whether the acting role of `scope` is the reader."""
        return scope.unit_no == self.reader_no and rules.is_reader(scope.role, self.reader_role)

    @property
    def lens(self) -> masking.Lens:
        """What the contract opens."""
        return queries.lens_of(self.purposes, self.masked)


def contract(contract_id: UUID, *, is_locked: bool = False) -> Contract | None:
    """The contract of this id, or None. Inside a door; the caller answers for who may know of it."""
    with connection.cursor() as cursor:
        cursor.execute(CONTRACT + (" for update" if is_locked else ""), [contract_id])
        row = cursor.fetchone()
    if row is None:
        return None
    told = list(row)
    told[7] = msgspec.json.decode(row[7])
    return Contract(*told)


def _missing() -> NotFound:
    return NotFound(_("没有这份合约，或它已经到期、结束"), fix=_("请在“数据共享”里看合约，需要时重新申请"))


def reach_of(
    *, contract_id: UUID, after: str = "", limit: int = 100, columns: list[str] | None = None
) -> Scope:
    """The scope a contract is read under: the owner's units, for its reader alone and while it is live. Raises
    NotFound."""
    asking = scopes.current()
    found = contract(contract_id)
    if found is None or not found.is_readers(asking) or not found.is_live(asking.today):
        raise _missing()
    units = queries.units_of(found.owner_no, found.unit_nos)
    return replace(
        asking,
        role=scopes.READER,
        unit_no=found.owner_no,
        units=tuple(dict.fromkeys((found.owner_no, *units))),
        org_ids=(),
        child_ids=(),
    )


@source(title="按合约读取", roles=rules.READING_ROLES, reach=API, under=reach_of)
def shared_rows(
    *, contract_id: UUID, after: str = "", limit: int = 100, columns: list[str] | None = None
) -> SharedRows:
    """One page of the rows of a live contract of the acting role: its columns, masked as it says, its rows, at most
    `limit` (1 to 500). columns: fewer of them; after: the `next` of the page before, within the day and by the same
    grant; without it a new pull begins and is counted.

    Raises NotFound (no such contract, not the reader's, not begun or over), Conflict (the pulls of this period are
    used up, or the quality lies below the floor agreed), NotAllowed (a second factor beyond 100 rows of personal data),
    BadInput.
    """
    scope, most = scopes.current(), page_size(limit)
    found = contract(contract_id, is_locked=True)
    if found is None or found.owner_no != scope.unit_no or not found.is_live(scope.today):
        raise _missing()
    readable = readables.find(found.dataset)
    if readable is None:
        raise Conflict(_("这种数据已经停用"), fix=_("请与提供方联系"))
    given = [key for key in found.fields if key in readable.columns]
    wanted = given if columns is None else columns
    if not wanted or set(wanted) - set(given) or len(set(wanted)) != len(wanted):
        raise BadInput(
            _("列选得不对"),
            problems=[
                Problem(
                    "columns",
                    _("合约里没有这一列，或有重复"),
                    _("合约的列：%(keys)s") % {"keys": "、".join(given)},
                )
            ],
        )
    refuse_low_quality(found, readable)
    pull = opened(contract_id, found, after, scope)
    rows = read(found, readable, wanted, pull.after, most, scope.today)
    shown, is_more = rows[:most], len(rows) > most
    fields = [readable.fields[key] for key in wanted]
    tell_audit(found, fields, readable, shown, pull, scope)
    last = str(shown[-1][0]) if shown else pull.after
    with connection.cursor() as cursor:
        cursor.execute(
            "update share_use set row_count = row_count + %s, pages = %s, page_key = %s, last_key = %s, is_done = %s,"
            " at = now() where id = %s",
            [
                0 if pull.is_again else len(shown),
                pull.page + 1,
                pull.after,
                last,
                not is_more,
                pull.use_id,
            ],
        )
    return SharedRows(
        number=found.number,
        columns=[(field.key, field.word, masking.decide(field, found.lens)) for field in fields],
        rows=[[readables.value_of(value) for value in row[2:]] for row in shown],
        next=f"{pull.use_id}.{pull.page + 1}" if is_more else "",
        pulls_left=pull.left,
    )


@dataclass(frozen=True, slots=True)
class Pull:
    """Where a pull stands. page: pages given before this one; after: key of the last row before it; rows: given so
    far; is_again: this page was given before; left: pulls left in the period."""

    use_id: UUID
    page: int
    after: str
    rows: int
    is_again: bool
    left: int


def opened(contract_id: UUID, found: Contract, after: str, scope: Scope) -> Pull:
    """The pull that `after` goes on with, or a new one. Raises Conflict when the period's pulls are used up, BadInput
    for a place that is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from share_use where contract_id = %s and day >= %s",
            [contract_id, rules.period_start(found.period, scope.today)],
        )
        (used,) = cursor.fetchone()
        if after:
            use_id, _dot, page = after.partition(".")
            row = None
            if page.isdecimal() and len(page) < 8 and _is_uuid(use_id):
                cursor.execute(
                    "select pages, page_key, last_key, row_count, is_done from share_use where id = %s"
                    " and contract_id = %s and day = %s and grant_no is not distinct from %s",
                    [use_id, contract_id, scope.today, scope.grant_no],
                )
                row = cursor.fetchone()
            if (
                row is None
                or int(page) not in (row[0], row[0] - 1)
                or int(page) < 1
                or (row[4] and int(page) == row[0])
            ):
                raise BadInput(
                    _("翻页位置不对"),
                    problems=[Problem("after", _("请从第一页重新开始"), _("会算作新的一次读取"))],
                )
            is_again = int(page) == row[0] - 1
            return Pull(
                UUID(use_id), int(page), row[1] if is_again else row[2], row[3], is_again, found.most_pulls - used
            )  # fmt: skip
        if used >= found.most_pulls:
            raise Conflict(
                _("合约约定%(period)s最多读取 %(n)s 次，已经用完")
                % {"period": rules.PERIODS[found.period], "n": found.most_pulls},
                fix=_("%(day)s 起可以再读，或与提供方商量改合约")
                % {"day": rules.next_period(found.period, scope.today)},
            )
        new_use = new_id()
        cursor.execute(
            "insert into share_use (id, contract_id, grant_no, day, row_count, pages, page_key, last_key, is_done)"
            " values (%s, %s, %s, %s, 0, 0, '', '', false)",
            [new_use, contract_id, scope.grant_no, scope.today],
        )
    return Pull(new_use, 0, "", 0, False, found.most_pulls - used - 1)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def read(
    found: Contract, readable: readables.Readable, wanted: list[str], after: str, most: int, today: date
) -> list[tuple[Any, ...]]:
    """(row id, person id, columns ...) of at most `most` + 1 rows after the row `after`, masked in the SELECT list."""
    listed = ", ".join(
        masking.column(field, found.lens, text) for field, text in (readable.columns[key] for key in wanted)
    )
    tests, values = conditions(found.filters, readable)
    units = list(queries.units_of(found.owner_no, found.unit_nos))
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {readable.key}, {readable.subject or 'null::uuid'}, {listed} {readable.tables}"
            f" where {readable.unit} = any(%(units)s) and ({readable.where}){tests}"
            f" and (%(after)s = '' or {readable.key} > nullif(%(after)s, '')::uuid)"
            f" order by {readable.key} limit %(most)s",
            values | {"units": units, "after": after, "most": most + 1, "today": today},
        )
        return cursor.fetchall()


def holds(found: Contract, readable: readables.Readable, record_id: UUID, today: date) -> bool:
    """Whether a contract's choice of rows holds the row of this id or, where rows are of people, of this person. Inside
    a door. Raises NotFound for a row that its reach does not hold."""
    tests, values = conditions(found.filters, readable)
    who = f" or {readable.subject} = %(id)s" if readable.subject else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select bool_or({readable.unit} = any(%(units)s) and ({readable.where}){tests}) {readable.tables}"
            f" where {readable.key} = %(id)s{who}",
            values
            | {
                "units": list(queries.units_of(found.owner_no, found.unit_nos)),
                "id": record_id,
                "today": today,
            },
        )
        (is_held,) = cursor.fetchone()
    if is_held is None:
        raise NotFound(_("没有这条记录"), fix=_("可能不在您的范围内"))
    return is_held


def conditions(filters: list[dict[str, Any]], readable: readables.Readable) -> tuple[str, dict[str, Any]]:
    """SQL of a contract's choice of rows and its values. A column that the readable no longer has answers nothing."""
    text, values = "", {}
    for place, one in enumerate(filters):
        if one["column"] not in readable.columns:
            return " and false", {}
        field, column = readable.columns[one["column"]]
        key = f"f{place}"
        values[key] = one["value"]
        text += (
            " and "
            + {
                "eq": f"({column})::text = %({key})s",
                "in": f"({column})::text = any(%({key})s)",
                "ge": f"{column} >= %({key})s::text::{field.db_type}",
                "le": f"{column} <= %({key})s::text::{field.db_type}",
                "empty": f"(coalesce(({column})::text, '') = '') = %({key})s",
            }[one["op"]]
        )
    return text, values


def tell_audit(
    found: Contract,
    fields: list[Field],
    readable: readables.Readable,
    shown: list[tuple[Any, ...]],
    pull: Pull,
    scope: Scope,
) -> None:
    """Write down whom the page is about and what of them it gives in clear; every page leaves its entry. Raises
    NotAllowed when so many rows want a second factor."""
    open_keys = masking.given_in_clear(fields, found.lens)
    if open_keys and not scope.stepped_up and pull.rows + len(shown) > rules.ROWS_BEFORE_FACTOR:
        raise NotAllowed(
            _("超过 %(n)s 行个人信息，需要再验证一次身份") % {"n": rules.ROWS_BEFORE_FACTOR},
            fix=_("请输入动态验证码后继续"),
            step_up=True,
        )
    subjects = [row[1] for row in shown if row[1] is not None] if open_keys else []
    audit.disclose(open_keys, subjects, len(shown))
    audit.keep()
    audit.note(f"contract {found.number}")


#: The newest total of each unit and dataset, weighed by records; see the quality of the data hub.
SCORE = """
select sum(s.score * s.records) / nullif(sum(s.records), 0) from (
  select distinct on (q.unit_no, q.dataset) q.score, q.records from quality_score q
  where q.dataset = any(%s) and q.unit_no = any(%s) and q.source = '' and q.dimension = ''
  order by q.unit_no, q.dataset, q.day desc) s
"""


def refuse_low_quality(found: Contract, readable: readables.Readable) -> None:
    """Raise Conflict where the newest score of the data lies below the floor agreed, or where a floor is agreed and
    nothing was measured yet."""
    if not found.quality_floor:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            SCORE, [list(readable.datasets), list(queries.units_of(found.owner_no, found.unit_nos))]
        )
        (score,) = cursor.fetchone()
    if score is None:
        raise Conflict(
            _("合约约定质量不低于 %(floor)s 分，这些数据还没有评过分") % {"floor": found.quality_floor},
            fix=_("请提供方先运行质量检查"),
        )
    if score < found.quality_floor:
        raise Conflict(
            _("数据质量现在是 %(score).1f 分，低于合约约定的 %(floor)s 分")
            % {"score": score, "floor": found.quality_floor},
            fix=_("请提供方改好数据；在这之前不能读取"),
        )
