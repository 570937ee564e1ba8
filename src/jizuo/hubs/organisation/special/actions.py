"""Duties set by one and approved by another, records brought in for a live duty, everything put away at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, keys, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.keys import Purpose
from jizuo.hubs.organisation import references
from jizuo.hubs.organisation.actions.people import LONGEST_REASON, SHORTEST_REASON, check_hour
from jizuo.hubs.organisation.special import rules
from jizuo.hubs.organisation.special.queries import Duty, duty_list, entrusted, special_list

OFFICERS = rules.SETTERS | {scopes.OPERATOR}
PUT = """
insert into special_identity as s (id, unit_no, duty_id, affiliation_id, person_id, kind, disability, level, inclusion,
  source, legal_basis, certificate_sealed, certificate_tail, expires_on, set_by)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (unit_no, duty_id, affiliation_id, kind) do update set disability = excluded.disability,
  level = excluded.level, inclusion = excluded.inclusion, source = excluded.source,
  certificate_sealed = coalesce(excluded.certificate_sealed, s.certificate_sealed),
  certificate_tail = case when excluded.certificate_tail = '' then s.certificate_tail else excluded.certificate_tail end,
  expires_on = excluded.expires_on, set_by = excluded.set_by, changed_at = now()
"""
#: What has to go: past its own day, of a duty that is over, of a pupil who left.
OVER = """
select s.unit_no, s.duty_id, case when d.state = 'closed' or d.until <= %(today)s then 'closed'
         when s.expires_on <= %(today)s then 'expired' else 'left' end as why,
       count(*), jsonb_agg(to_jsonb(s.*) order by s.id)::text, array_agg(s.id)
from special_identity s join special_duty d on d.id = s.duty_id
left join affiliation a on a.unit_no = s.unit_no and a.id = s.affiliation_id
where (s.expires_on <= %(today)s or d.state = 'closed' or d.until <= %(today)s or a.end_on is not null)
  and (%(duty)s::uuid is null or s.duty_id = %(duty)s)
group by 1, 2, 3
"""


@action(title="设专责事项", roles=OFFICERS, reach=API)
def set_duty(
    *,
    title: str,
    legal_basis: str,
    kinds: list[str],
    unit_nos: list[int],
    roles: list[str],
    begin_on: date,
    until: date,
) -> UUID:
    """Draft a duty: which kinds of special identity, on what legal basis, at which schools, for whom, from when until
    (exclusive) when, at most two years. It switches nothing on until another person approves it. Raises BadInput with
    every fault."""
    scope = scopes.current()
    faults = []
    if not title.strip() or len(title.strip()) > 80:
        faults.append(Problem(_("名称"), _("写 1 到 %(n)s 个字") % {"n": 80}))
    if len(legal_basis.strip()) < 6 or len(legal_basis.strip()) > 300:
        faults.append(Problem(_("法定依据"), _("写明法规或文件的名称和条款"), _("例如 义务教育法第六条")))
    if not kinds or set(kinds) - set(rules.KINDS):
        faults.append(
            Problem(_("类别"), _("至少选一类"), "、".join(str(one.title) for one in rules.KINDS.values()))
        )
    if not unit_nos or set(unit_nos) - set(schools_below(scope.units)):
        faults.append(Problem(_("学校"), _("至少选一所本区的学校")))
    if not roles or set(roles) - rules.ENTRUSTED:
        faults.append(Problem(_("专责人"), _("只能选校长、教务员、班主任")))
    if not begin_on < until <= begin_on + timedelta(days=rules.MOST_DAYS) or until <= scope.today:
        faults.append(Problem(_("期限"), _("结束日要在开始日之后、今天之后，最长两年")))
    if faults:
        raise BadInput(_("专责事项还不能设"), problems=faults)
    duty_id = new_id()
    row: list[Any] = [
        duty_id, scope.unit_no, title.strip(), legal_basis.strip(), sorted(set(kinds)), sorted(set(unit_nos)),
        sorted(set(roles)), begin_on, until, scope.account_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into special_duty (id, district_no, title, legal_basis, kinds, unit_nos, roles, begin_on, until, set_by,"
            " state, close_reason) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'draft', '')",
            row,
        )
    audit.note(f"duty {duty_id}")
    return duty_id


def schools_below(units: Sequence[int]) -> list[int]:
    """The schools among units in reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no from unit where unit_no = any(%s) and kind = 'school' and closed_on is null",
            [list(units)],
        )
        return [unit_no for (unit_no,) in cursor.fetchall()]


@action(title="批准专责事项", roles=rules.SETTERS, reach=API)
def approve_duty(*, duty_id: UUID) -> None:
    """Switch a duty on: by somebody else than who set it. Raises NotFound, NotAllowed, Conflict."""
    duty = locked(duty_id)
    if duty.state != rules.DRAFT:
        raise Conflict(_("这个专责事项已经批准或结束"), fix=_("请刷新页面"))
    if duty.is_mine:
        raise NotAllowed(_("要由另一个人批准"), fix=_("请另一位区管理员或数据管理员打开这一页"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update special_duty set state = 'live', approved_by = %s, approved_at = now() where id = %s",
            [scopes.current().account_id, duty_id],
        )
    audit.note(f"duty {duty_id}")


@action(title="结束专责事项", roles=OFFICERS, reach=API)
def close_duty(*, duty_id: UUID, reason: str) -> int:
    """End a duty now: its records are no longer readable and are put away; returns how many. Raises BadInput, NotFound,
    Conflict for one that has ended."""
    told = reason.strip()
    if not told or len(told) > 200:
        raise BadInput(
            _("请写明为什么结束"), problems=[Problem(_("原因"), _("写 1 到 %(n)s 个字") % {"n": 200})]
        )
    if locked(duty_id).state == rules.CLOSED:
        raise Conflict(_("这个专责事项已经结束"), fix=_("请刷新页面"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update special_duty set state = 'closed', closed_by = %s, closed_at = now(), close_reason = %s where id = %s",
            [scopes.current().account_id, told, duty_id],
        )
    audit.note(f"duty {duty_id}")
    return put_away(duty_id)


def locked(duty_id: UUID) -> Duty:
    """A duty of the acting bureau, locked. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from special_duty where id = %s for update", [duty_id])
    found = next((one for one in duty_list() if one.duty_id == duty_id), None)
    if found is None:
        raise NotFound(_("没有这个专责事项"))
    return found


@action(title="登记专责名单", roles=rules.ENTRUSTED - {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def take_special_list(*, duty_id: UUID, source: str, pasted: str) -> int:
    """Bring in a pasted list for a live duty: who (name with number or class), kind, certificate, expiry. All of it or
    nothing; no file is kept. Returns how many records were written. source: a key of `rules.SOURCES`. Raises NotFound
    where no live duty entrusts the acting role, BadInput with every line to mend."""
    scope, duty = scopes.current(), entrusted(duty_id)
    lines, faults = rules.lines_of(pasted)
    if source not in rules.SOURCES:
        faults.append(Problem(_("来源"), _("没有这个来源"), "、".join(map(str, rules.SOURCES.values()))))
    if faults:
        raise BadInput(_("名单还不能登记"), problems=faults)
    named = references.people(scope.unit_no, scope.today, [
        {key: line.said.get(key) for key in ("name", "local_no", "base_no", "class")} for line in lines
    ])  # fmt: skip
    links = pupils_of([UUID(one.id) for one in named if one.id])
    rows: list[list[Any]] = []
    for line, who in zip(lines, named, strict=True):
        where = _("第 %(n)s 行") % {"n": line.place}
        told = rules.read(line, duty.kinds, source, scope.today, duty.until)
        if isinstance(told, Problem):
            faults.append(told)
        elif who.fault is not None or who.id is None:
            fault = who.fault
            faults.append(
                Problem(where, fault.reason if fault else _("没有写是谁"), fault.fix if fault else "")
            )
        elif UUID(who.id) not in links:
            faults.append(Problem(where, _("这个人不是本校学生")))
        else:
            record_id, person_id = new_id(), UUID(who.id)
            rows.append(
                [
                    record_id, scope.unit_no, duty.duty_id, links[person_id], person_id, told.kind, told.disability,
                    told.level, told.inclusion, source, duty.legal_basis, seal(duty.duty_id, told.certificate),
                    told.certificate[-4:] if len(told.certificate) > 4 else "", told.expires_on, scope.grant_no,
                ]
            )  # fmt: skip
    if faults:
        raise BadInput(_("名单还不能登记"), problems=faults)
    with connection.cursor() as cursor:
        cursor.executemany(PUT, rows)
    audit.note(f"duty {duty_id}: {len(rows)} records")
    return len(rows)


def pupils_of(person_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """person -> open affiliation as a pupil of the acting unit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, id from affiliation where unit_no = %s and role = 'pupil' and end_on is null"
            " and person_id = any(%s)",
            [scopes.current().unit_no, list(person_ids)],
        )
        return dict(cursor.fetchall())


def seal(duty_id: UUID, text: str) -> bytes | None:
    """A certificate's number as it is kept; None for none."""
    if not text:
        return None
    return keys.ring().seal(Purpose.IDENTIFIERS, text.encode(), bound_to=b"special_identity/" + duty_id.bytes)


@action(title="删除专责登记", roles=rules.ENTRUSTED - {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def drop_special(*, duty_id: UUID, record_id: UUID) -> None:
    """Take out a record that should not stand. Raises NotFound."""
    held = next((one for one in special_list(duty_id=duty_id) if one.record_id == record_id), None)
    if held is None:
        raise NotFound(_("没有这条登记"))
    with connection.cursor() as cursor:
        cursor.execute("delete from special_identity where id = %s and duty_id = %s", [record_id, duty_id])


@action(
    title="显示专责证号", roles=rules.ENTRUSTED, reach=PAGE, level=strength.needed(strength.For.SEE, grade=4)
)
def reveal_certificate(*, duty_id: UUID, record_id: UUID, reason: str) -> str:
    """A certificate's number in full, for a reason that is kept; at most 20 an hour. Raises BadInput, NotAllowed past the
    hour's measure, NotFound."""
    told = reason.strip()
    if not SHORTEST_REASON <= len(told) <= LONGEST_REASON:
        raise BadInput(_("请写明为什么要看"), problems=[Problem(_("理由"), _("写 %(a)s 到 %(b)s 个字")
                       % {"a": SHORTEST_REASON, "b": LONGEST_REASON})])  # fmt: skip
    if record_id not in {one.record_id for one in special_list(duty_id=duty_id)}:
        raise NotFound(_("没有这条登记"))
    check_hour("organisation.reveal_certificate")
    with connection.cursor() as cursor:
        cursor.execute(
            "select certificate_sealed, person_id from special_identity where id = %s", [record_id]
        )
        sealed, person_id = cursor.fetchone()
    if sealed is None:
        raise NotFound(_("没有证号"))
    audit.disclose(["special_identity.certificate"], [person_id], 1)
    audit.note(told)
    place = b"special_identity/" + duty_id.bytes
    return keys.ring().unseal(Purpose.IDENTIFIERS, bytes(sealed), bound_to=place).decode()


@action(title="封存到期的专责登记", roles=[scopes.OPERATOR])
def put_away_due() -> int:
    """By night, in the units in reach: seal and take out what has expired, whose duty is over or whose pupil left;
    returns how many records."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update special_duty set state = 'closed', closed_at = now(), close_reason = %s"
            " where state <> 'closed' and until <= %s and district_no = any(%s)",
            [_("到期"), scopes.current().today, list(scopes.current().units)],
        )
    return put_away()


def put_away(duty_id: UUID | None = None) -> int:
    """Seal what is over, of one duty or of all, in the units in reach; returns how many records. Inside a door."""
    moved = 0
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"today": scopes.current().today, "duty": duty_id})
        for unit_no, duty, why, count, told, ids in cursor.fetchall():
            away_id = new_id()
            sealed = keys.ring().seal(
                Purpose.IDENTIFIERS, msgspec.json.encode(msgspec.json.decode(told)),
                bound_to=b"special_away/" + away_id.bytes,
            )  # fmt: skip
            row: list[Any] = [away_id, unit_no, duty, why, count, sealed]
            cursor.execute(
                "insert into special_away (id, unit_no, duty_id, why, records, sealed) values (%s, %s, %s, %s, %s, %s)",
                row,
            )
            cursor.execute("delete from special_identity where unit_no = %s and id = any(%s)", [unit_no, ids])
            moved += count
    return moved
