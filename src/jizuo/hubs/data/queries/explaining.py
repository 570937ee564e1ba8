"""Why can, or can't, this reader see this field of this person?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.scope import Scope
from jizuo.hubs.data import datasets, explaining, masking, readables
from jizuo.hubs.data.explaining import Found, Way
from jizuo.hubs.data.queries import rows as rows_door
from jizuo.hubs.data.queries import shared
from jizuo.hubs.data.queries import sharing as queries
from jizuo.hubs.data.sharing_shapes import Explained

EXPLAINING_ROLES = frozenset(
    {scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.SECURITY_OFFICER, scopes.HEAD, scopes.CLERK}
)  # fmt: skip
SHARED_DOOR = "data.shared_rows"


@source(title="为什么能看", roles=EXPLAINING_ROLES, reach=API)
def why_visible(
    *,
    dataset: str,
    field: str,
    record_id: UUID | None = None,
    grant_no: int | None = None,
    contract_id: UUID | None = None,
) -> list[Explained]:
    """Whether an acting role (grant_no) or a contract's reader (contract_id) sees a field of a record, and why: one
    answer for each door that shows such a field. record_id: of the dataset's own table, or of the person's affiliation;
    None asks about the field alone.

    The reader must be of a unit in reach, the contract of one side of it; a record out of reach does not exist. Raises
    NotFound, BadInput.
    """
    if (grant_no is None) == (contract_id is None):
        raise BadInput(
            _("问得不完整"), problems=[Problem("grant_no", _("要指明一个身份，或一份合约，不能都指"))]
        )
    if contract_id is not None:
        return [of_contract(contract_id, dataset, field, record_id)]
    reader = reader_of(grant_no or 0)
    known = datasets.all_datasets().get(dataset)
    if known is None or field not in known.fields:
        raise NotFound(_("没有这个元素"), fix=_("请从列表中选"))
    answers = (
        explaining.through(way, reader, dataset, field, record_id)
        for way in explaining.ways().values()
        if way.is_for(reader)
    )
    return [answer for answer in answers if answer is not None]


def reader_of(grant_no: int) -> Scope:
    """The scope of a grant in force at a unit in reach. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select account_id from acting_grant where no = %s and unit_no = any(%s)",
            [grant_no, list(scopes.current().units)],
        )
        row = cursor.fetchone()
    found = acting.scope_of(grant_no, row[0], scopes.current().today) if row else None
    if found is None:
        raise NotFound(_("没有这个身份"), fix=_("可能已经收回；请从列表中选"))
    return found.scope


@source(title="可以问的身份", roles=EXPLAINING_ROLES, reach=PAGE)
def readers_in_reach(*, text: str = "", limit: int = 50) -> list[tuple[int, str, str, str]]:
    """(grant number, name of the account, role, unit) of grants in force at the units in reach, by name; at most 100.
    text: part of a name."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.no, a.display_name, g.role, u.short_name from acting_grant g join account a on a.id = g.account_id"
            " join unit u using (unit_no) where g.unit_no = any(%s) and g.begin_on <= %s"
            " and (g.end_on is null or g.end_on > %s) and (%s = '' or strpos(a.display_name, %s) > 0)"
            " order by u.sort_key, a.display_name, g.no limit %s",
            [list(scope.units), scope.today, scope.today, text, text, max(1, min(limit, 100))],
        )
        return list(cursor.fetchall())


@source(title="找要问的人", roles=EXPLAINING_ROLES, reach=PAGE)
def people_in_reach(*, text: str) -> list[tuple[UUID, str]]:
    """(record id, name with unit and number) of people in reach by part of a name or a number, at most 20; [] for no
    text."""
    return explaining.people(text.strip()[:60])


def of_contract(contract_id: UUID, dataset: str, key: str, record_id: UUID | None) -> Explained:
    """What a contract gives of a field of a record. Raises NotFound for a contract of other units, or a record that
    the one who asks does not reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select 1 from share_contract x where x.id = %(id)s and {queries.MINE_CONTRACT}",
            queries.given() | {"id": contract_id},
        )
        if cursor.fetchone() is None:
            raise NotFound(_("没有这份合约"), fix=_("请从列表中打开"))
    contract = shared.contract(contract_id)
    readable = readables.find(contract.dataset) if contract else None
    if contract is None or readable is None:
        raise NotFound(_("没有这份合约"), fix=_("请从列表中打开"))
    found, today = Found(), scopes.current().today
    is_inside = record_id is None or shared.holds(contract, readable, record_id, today)
    told = {"number": contract.number, "day": contract.end_on - timedelta(days=1), "begin": contract.begin_on}
    if contract.is_ended:
        found.say("contract", False, _("合约 %(number)s 已提前结束") % told)
    elif not contract.is_live(today):
        words = _("合约 %(number)s 从 %(begin)s 到 %(day)s，今天不在期限内")
        found.say("contract", False, words % told)
    else:
        found.say("contract", True, _("合约 %(number)s 生效中，到 %(day)s") % told)
    column = next(
        (
            name
            for name in contract.fields
            if name in readable.columns and _names(readable, name, dataset, key)
        ),
        None,
    )
    if column is None:
        found.say("column", False, _("合约的列里没有它"))
    else:
        found.say("column", True, _("合约的列里有它"))
        if record_id is not None:
            words = _("这一行在合约约定的范围里") if is_inside else _("这一行不在合约约定的范围里")
            found.say("row", is_inside, words)
        explaining.say_mask(found, readable.fields[column], contract.lens, _("合约"))
    return explaining.explained(SHARED_DOOR, found.how, found.reasons)


def _names(readable: readables.Readable, column: str, dataset: str, key: str) -> bool:
    """Whether a column of a readable is the element `key` of `dataset`, by the view's own name or the dataset's."""
    if dataset == readable.name:
        return column == key
    return readables.element_of(readable.name, column) == (dataset, key)


def of_rows(reader: Scope, dataset: str, key: str, record_id: UUID | None) -> Found | None:
    """What `data.rows` shows of a field."""
    known = datasets.get(dataset)
    if known.wall != "unit" or key in ("id", "unit_no"):
        return None
    found = Found()
    is_given = rows_door.is_granted(known, reader)
    told = {"dataset": known.title}
    found.say(
        "dataset",
        is_given,
        _("可以读取数据集“%(dataset)s”") % told if is_given else _("没有给它读取数据集“%(dataset)s”") % told,
    )
    if record_id is not None:
        table = masking.quoted(known.table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"select unit_no = any(%s), unit_no from {table} where id = %s",
                [list(reader.units), record_id],
            )
            row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这条记录"), fix=_("可能不在您的范围内"))
        found.say(
            "reach", row[0], _("这条记录在它够得着的单位里") if row[0] else _("这条记录不在它够得着的单位里")
        )
    explaining.say_mask(found, known.fields[key], masking.lens_of(reader.role), explaining.duty_words(reader))
    return found


explaining.offer(Way(rows_door.DOOR, lambda reader: reader.role in scopes.STAFF_ROLES, of_rows))
