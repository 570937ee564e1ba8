"""Requests and contracts as the units in reach see them, and the steward's inbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import datasets, masking, readables
from jizuo.hubs.data.rules import contract_yaml
from jizuo.hubs.data.rules import sharing as rules
from jizuo.hubs.data.rules.catalogue import may_know
from jizuo.hubs.data.sharing_shapes import (
    ContractView,
    Inbox,
    ReadableColumn,
    ReadableView,
    RequestView,
    ShareStep,
    ShareUseView,
    Terms,
)
from jizuo.plain import workdays

#: The rows of a shared table that concern the units in reach: theirs, asked by them, or theirs to decide.
MINE = "(x.owner_no = any(%(units)s) or x.reader_no = any(%(units)s) or x.second_no = any(%(units)s))"
MINE_CONTRACT = "(x.owner_no = any(%(units)s) or x.reader_no = any(%(units)s))"
MOST = 200

REQUEST = """
select to_jsonb(x.*)::text, o.name, r.name, coalesce(s.name, ''), coalesce(c.display_name, ''),
  (select k.id from share_contract k where k.request_id = x.id order by k.made_at desc limit 1),
  (select coalesce(jsonb_object_agg(g2.no, c2.display_name), '{}')::text from acting_grant g2
   join account c2 on c2.id = g2.account_id
   where g2.no in (select (e->>'by')::bigint from jsonb_array_elements(x.steps) e where e->>'by' is not null))
from share_request x join unit o on o.unit_no = x.owner_no join unit r on r.unit_no = x.reader_no
left join unit s on s.unit_no = x.second_no and x.second_no > 0
left join acting_grant g on g.no = x.asked_by left join account c on c.id = g.account_id
"""
CONTRACT = """
select to_jsonb(x.*)::text, o.name, r.name, q.uses, q.rows, q.last_at
from share_contract x join unit o on o.unit_no = x.owner_no join unit r on r.unit_no = x.reader_no
left join lateral (select count(*) as uses, coalesce(sum(u.row_count), 0) as rows, max(u.at) as last_at
                   from share_use u where u.contract_id = x.id) q on true
"""


def given() -> dict[str, Any]:
    """The values of `MINE`."""
    return {"units": [unit for unit in scopes.current().units if unit]}


def clock_days(key: str) -> int:
    """Working days of a clock: as the base set it, else as shipped. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute("select days from share_clock where key = %s", [key])
        row = cursor.fetchone()
    return row[0] if row else rules.CLOCKS[key][0]


def share_type(dataset: str, owner_no: int) -> tuple[str, str]:
    """(type, reason) of a unit's dataset: its own word, else the base's, else conditional. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select share_type, reason from share_type where dataset = %s and unit_no in (%s, 0)"
            " order by unit_no desc limit 1",
            [dataset, owner_no],
        )
        row = cursor.fetchone()
    return row or (rules.CONDITIONAL, "")


def units_of(owner_no: int, unit_nos: list[int]) -> tuple[int, ...]:
    """The units whose rows a contract of `owner_no` means today: all it reaches, or those of `unit_nos` it still
    reaches. Inside a door."""
    from jizuo.ground import acting

    with connection.cursor() as cursor:
        cursor.execute("select version from base_state where key = 'units'")
        (version,) = cursor.fetchone()
    reached = acting.reach(owner_no, scopes.DISTRICT_ADMIN, version)
    return tuple(unit for unit in reached if unit in unit_nos) if unit_nos else reached


def lens_of(purposes: list[str], masked: list[str]) -> masking.Lens:
    """The lens of a contract or a wish: what has no purpose is not opened by one."""
    return masking.Lens(frozenset(purposes), frozenset(masked), opens_plain=False)


def is_known(readable: readables.Readable) -> bool:
    """Whether the acting role may know that every dataset of a readable exists."""
    role, known = scopes.current().role, datasets.all_datasets()
    return all(may_know(role, known[name].known_to) for name in readable.datasets)


@source(title="可申请的数据", roles=rules.SHARING_ROLES, reach=API)
def share_datasets(*, owner_no: int | None = None) -> list[ReadableView]:
    """What can be asked for, with the share type at the unit `owner_no` (None: of the base)."""
    told: dict[str, tuple[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, share_type, reason from share_type where unit_no in (%s, 0) order by unit_no",
            [owner_no or 0],
        )
        for dataset, kind, reason in cursor.fetchall():
            told[dataset] = (kind, reason)
    return [
        ReadableView(
            one.name,
            one.word,
            max((field.grade for field in one.fields.values()), default=1),
            *told.get(one.name, (rules.CONDITIONAL, "")),
            [
                ReadableColumn(
                    key, field.word, field.grade, field.purpose, field.nature, rules.may_filter(field)
                )
                for key, field in one.fields.items()
            ],
        )
        for one in readables.offered()
        if is_known(one)
    ]


@source(title="可以向谁申请", roles=rules.SHARING_ROLES, reach=PAGE)
def sharing_units() -> list[tuple[int, str]]:
    """(unit_no, name) of every open unit of the base, bureaus first: their names are public."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, name from unit where unit_no > 0 and closed_on is null"
            " order by kind <> 'bureau', sort_key collate \"C\", unit_no"
        )
        return list(cursor.fetchall())


@source(title="共享申请", roles=rules.SHARING_ROLES, reach=API)
def share_requests(*, state: str = "", limit: int = 50) -> list[RequestView]:
    """Requests to, by or for decision of the units in reach, newest first; at most 200. state: '' for all."""
    return read_requests(
        " and (%(state)s = '' or x.state = %(state)s) order by x.asked_at desc, x.id limit %(most)s",
        state=state, most=max(1, min(limit, MOST)),
    )  # fmt: skip


@source(title="一份共享申请", roles=rules.SHARING_ROLES, reach=API)
def share_request(*, request_id: UUID) -> RequestView:
    """One request with everything said about it. Raises NotFound."""
    found = read_requests(" and x.id = %(id)s", id=request_id)
    if not found:
        raise NotFound(_("没有这份申请"), fix=_("请从列表中打开"))
    return found[0]


@source(title="共享合约", roles=rules.READING_ROLES, reach=API)
def share_contracts(*, state: str = "", limit: int = 50) -> list[ContractView]:
    """Contracts of the units in reach, the live ones that end first on top; a role outside the office sees those it
    reads by. state: '' for all, live for those in force."""
    return read_contracts(
        " and (%(state)s <> 'live' or (x.ended_at is null and x.begin_on <= %(today)s and x.end_on > %(today)s))"
        " order by x.ended_at is not null or x.end_on <= %(today)s, x.end_on, x.id limit %(most)s",
        state=state, most=max(1, min(limit, MOST)),
    )  # fmt: skip


@source(title="一份共享合约", roles=rules.READING_ROLES, reach=API)
def share_contract(*, contract_id: UUID) -> ContractView:
    """One contract. Raises NotFound."""
    found = read_contracts(" and x.id = %(id)s", id=contract_id)
    if not found:
        raise NotFound(_("没有这份合约"), fix=_("可能已被换成新的，请从列表中打开"))
    return found[0]


@source(title="下载共享合约", roles=rules.READING_ROLES, reach=API)
def share_contract_yaml(*, contract_id: UUID) -> str:
    """A contract in the shape of the Open Data Contract Standard, as YAML. Raises NotFound."""
    return contract_yaml.document(share_contract(contract_id=contract_id))


@source(title="合约的使用", roles=rules.SHARING_ROLES, reach=API)
def share_uses(*, contract_id: UUID, limit: int = 50) -> list[ShareUseView]:
    """Pulls by a contract, newest first; both sides may look. Raises NotFound."""
    share_contract(contract_id=contract_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select u.at, coalesce(c.display_name, ''), u.row_count, u.is_done from share_use u"
            " left join acting_grant g on g.no = u.grant_no left join account c on c.id = g.account_id"
            " where u.contract_id = %s order by u.at desc limit %s",
            [contract_id, max(1, min(limit, MOST))],
        )
        return [ShareUseView(*row) for row in cursor.fetchall()]


@source(title="共享收件箱", roles=rules.SHARING_ROLES, reach=API)
def share_inbox() -> Inbox:
    """What waits at the acting unit, the most urgent first; then what is settled, and the contracts in reach."""
    scope, unit_no = scopes.current(), scopes.current().unit_no
    requests = read_requests(
        " order by x.state in ('granted', 'upheld', 'withdrawn'), x.due_on nulls last, x.asked_at desc limit %(most)s",
        most=MOST,
    )
    contracts = read_contracts(
        " order by x.ended_at is not null or x.end_on <= %(today)s, x.end_on, x.id limit %(most)s", most=MOST
    )
    soon = workdays.add(scope.today, clock_days("ending"))
    return Inbox(
        to_examine=[one for one in requests if "approve" in one.verbs],
        own=[
            one
            for one in requests
            if one.terms.reader_no == unit_no
            and one.state in (rules.ASKED, rules.SECOND, rules.MORE, rules.REFUSED, rules.DISPUTED)
        ],
        disputes=[one for one in requests if "allow" in one.verbs],
        ending=[
            one
            for one in contracts
            if one.state == "live"
            and unit_no in (one.terms.owner_no, one.terms.reader_no)
            and one.terms.end_on <= soon
        ],
        settled=[one for one in requests if one.state in (rules.GRANTED, rules.UPHELD, rules.WITHDRAWN)],
        contracts=contracts,
    )


def read_requests(condition: str, **values: Any) -> list[RequestView]:
    """Requests of the units in reach that answer `condition`. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(f"{REQUEST} where {MINE}{condition}", given() | values)
        rows = cursor.fetchall()
    return [_request(row) for row in rows]


def _request(row: Any) -> RequestView:
    text, owner, reader, second, asked, contract_id, names_text = row
    told = msgspec.json.decode(text)
    names = msgspec.json.decode(names_text)
    today = scopes.current().today
    due_on = date.fromisoformat(told["due_on"]) if told["due_on"] else None
    return RequestView(
        request_id=UUID(told["id"]),
        terms=terms(told, owner, reader),
        state=told["state"],
        due_on=due_on,
        days_left=workdays.between(today, due_on) if due_on else None,
        asked_at=datetime.fromisoformat(told["asked_at"]),
        asked_name=asked,
        second_no=told["second_no"],
        second_name=second,
        verbs=verbs_of(told, today),
        steps=[
            ShareStep(
                datetime.fromisoformat(one["at"]), names.get(str(one.get("by")), ""), one["verb"],
                one["words"],
            )
            for one in told["steps"]
        ],
        contract_id=contract_id,
    )  # fmt: skip


def verbs_of(told: Mapping[str, Any], today: date) -> list[str]:
    """What the acting role may say to a request now: the owner's office, the level above, or who asked."""
    scope = scopes.current()
    if scope.role not in rules.SHARING_ROLES:
        return []
    state, found = told["state"], []
    is_late = told["due_on"] is not None and date.fromisoformat(str(told["due_on"])) < today
    examines = (state == rules.ASKED and scope.unit_no == told["owner_no"]) or (
        state == rules.SECOND and scope.unit_no == told["second_no"]
    )
    if examines:
        found += ["approve", "refuse", "more"]
    if scope.unit_no == told["reader_no"]:
        if state == rules.MORE:
            found.append("answer")
        if state == rules.REFUSED or (state in (rules.ASKED, rules.SECOND) and is_late):
            found.append("dispute")
        if rules.may("withdraw", state):
            found.append("withdraw")
    if state == rules.DISPUTED and scope.unit_no == told["second_no"]:
        found += ["allow", "uphold"]
    return found


def read_contracts(condition: str, **values: Any) -> list[ContractView]:
    """Contracts of the units in reach that answer `condition`; of a role outside the office those it reads by. Inside
    a door."""
    scope = scopes.current()
    mine = MINE_CONTRACT
    if scope.role not in rules.SHARING_ROLES:
        mine = "(x.reader_no = %(own)s and x.reader_role = %(role)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{CONTRACT} where {mine}{condition}",
            given() | {"today": scope.today, "own": scope.unit_no, "role": scope.role} | values,
        )
        rows = cursor.fetchall()
    return [_contract(row) for row in rows]


def _contract(row: Any) -> ContractView:
    text, owner, reader, uses, taken, last_at = row
    told, scope = msgspec.json.decode(text), scopes.current()
    begin_on, end_on = date.fromisoformat(told["begin_on"]), date.fromisoformat(told["end_on"])
    is_ended = told["ended_at"] is not None
    live = rules.is_live(begin_on=begin_on, end_on=end_on, is_ended=is_ended, today=scope.today)
    state = "ended" if is_ended else "live" if live else "coming" if begin_on > scope.today else "over"
    is_side = scope.unit_no in (told["owner_no"], told["reader_no"])
    return ContractView(
        contract_id=UUID(told["id"]),
        number=told["number"],
        terms=terms(told, owner, reader),
        state=state,
        days_left=workdays.between(scope.today, end_on) if state in ("live", "coming") else None,
        made_at=datetime.fromisoformat(told["made_at"]),
        ended_at=datetime.fromisoformat(told["ended_at"]) if is_ended else None,
        end_reason=told["end_reason"],
        uses=uses,
        rows=taken,
        last_at=last_at,
        may_read=live
        and scope.unit_no == told["reader_no"]
        and rules.is_reader(scope.role, told["reader_role"]),
        may_end=state in ("live", "coming") and is_side and scope.role in rules.SHARING_ROLES,
    )


def terms(told: Mapping[str, Any], owner: str, reader: str) -> Terms:
    """The terms of a row of share_request or share_contract, in words. A column that the readable no longer has is
    named by its key alone."""
    readable = readables.find(told["dataset"])
    fields = readable.fields if readable else {}
    lens = lens_of(told["purposes"], told["masked"])
    return Terms(
        dataset=told["dataset"],
        title=readable.word if readable else told["dataset"],
        owner_no=told["owner_no"],
        owner_name=owner,
        reader_no=told["reader_no"],
        reader_name=reader,
        reader_role=told["reader_role"],
        columns=[
            (key, fields[key].word, fields[key].grade, masking.decide(fields[key], lens))
            if key in fields
            else (key, key, 0, masking.NOTHING)
            for key in told["fields"]
        ],
        unit_nos=told["unit_nos"],
        filters=[filter_words(one, fields) for one in told["filters"]],
        purpose=told["purpose"],
        legal_basis=told["legal_basis"],
        purposes=told["purposes"],
        begin_on=date.fromisoformat(told["begin_on"]),
        end_on=date.fromisoformat(told["end_on"]),
        period=told["period"],
        most_pulls=told["most_pulls"],
        quality_floor=told["quality_floor"],
        grade=told["grade"],
    )


def filter_words(one: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """A declared choice of rows in words."""
    title = fields[one["column"]].word if one["column"] in fields else one["column"]
    value = one["value"]
    if one["op"] == "empty":
        return _("%(name)s为空") % {"name": title} if value else _("%(name)s不为空") % {"name": title}
    shown = "、".join(value) if isinstance(value, list) else value
    return f"{title} {rules.OPS[one['op']]} {shown}"
