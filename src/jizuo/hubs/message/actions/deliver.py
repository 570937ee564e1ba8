"""Deliveries on their way: claimed, handed over outside the door, their outcome written down; the evening's digest.

A delivery that a killed worker left in the middle is claimed again and handed over under the same key: the gateway
then answers what it wrote down before it sent, or `unknown`, and nothing goes out twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone

from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.facts import Told
from jizuo.ground.gateways import codes
from jizuo.ground.gateways.shapes import SendResult
from jizuo.ground.ids import new_id
from jizuo.hubs.identity.addresses import mail_addresses
from jizuo.hubs.message import rules, ways, wording
from jizuo.hubs.message.queries.notices import sms_left
from jizuo.hubs.message.queries.settings import setting_of
from jizuo.hubs.message.shapes import ToSend
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries import contacts

CHUNK = 50
#: A claim older than this belongs to a worker that is gone: no gateway waits so long.
STALE = timedelta(minutes=3)

CLAIM = """
update delivery d set state = 'trying', tried_at = now(), tries = d.tries + (d.state = 'waiting')::int
from (select id from delivery where unit_no = %(unit)s
        and (state = 'waiting' and due_at <= now() or state = 'trying' and tried_at < now() - %(stale)s::interval)
      order by due_at, id limit %(most)s for update skip locked) as due
where d.id = due.id
returning d.id, d.channel, d.recipient_id, d.child_id, d.message_id, d.template, d.values::text, d.tries
"""
SET_STATE = "update delivery set state = %s, code = %s where unit_no = %s and id = any(%s)"
OUTCOME = """
update delivery set state = %(state)s, code = %(code)s, cost_fen = cost_fen + %(cost)s,
       attempt_id = coalesce(%(attempt)s, attempt_id),
       due_at = case when %(minutes)s::int is null then due_at else now() + %(minutes)s * interval '1 minute' end
where unit_no = %(unit)s and id = %(id)s and state = 'trying'
returning channel, recipient_id
"""
CONTENT = """
select m.id, n.id, coalesce(n.base_address, '') from message m
left join notice n on n.unit_no = m.unit_no and n.id = m.notice_id where m.unit_no = %s and m.id = any(%s)
"""
CHILDREN = """
select a.person_id, a.name, a.class_id from affiliation a
where a.unit_no = %s and a.person_id = any(%s) and a.role = 'pupil' and a.end_on is null
"""
#: Children whose families have not answered, with how many notices wait.
OPEN = """
select r.child_id, count(*) from receipt r join notice n on n.unit_no = r.unit_no and n.id = r.notice_id
where r.unit_no = %(unit)s and r.answered_at is null and n.needs <> 'none' and n.state = 'sent'
  and (n.due_at is null or n.due_at > now()) and not exists (
    select 1 from message m join inbox_item i on i.unit_no = m.unit_no and i.message_id = m.id
    where m.unit_no = n.unit_no and m.notice_id = n.id and i.child_id = r.child_id and i.read_at is not null)
group by 1
"""
PUT_DIGEST = """
insert into delivery (id, unit_no, key, recipient_id, channel, template, values, state, due_at, tries, code, reported,
                      cost_fen)
select t.id, %s, %s, t.recipient, 'sms', 'digest', jsonb_build_object('count', t.count::text), 'waiting', %s, 0, '', '', 0
from unnest(%s::uuid[], %s::uuid[], %s::int[]) as t(id, recipient, count)
on conflict (unit_no, key, recipient_id, channel) do nothing
"""


@action(title="取出要发的消息", roles=[scopes.OPERATOR])
def claim_deliveries(*, unit_no: int, most: int = CHUNK) -> list[ToSend]:
    """Claim what is due, and what a worker that is gone left in the middle; returns what is to be handed over. Who
    may no longer be told is dropped, short messages past the month's cap are held back for good."""
    with connection.cursor() as cursor:
        # Two workers at once must not both spend the last of the month.
        cursor.execute("select pg_advisory_xact_lock(hashtext('delivery'), %s)", [unit_no])
        left = sms_left(unit_no)
        given: dict[str, Any] = {"unit": unit_no, "stale": STALE, "most": most}
        cursor.execute(CLAIM, given)
        rows = cursor.fetchall()
        rows = drop(cursor, unit_no, rows, barred(rows), rules.DROPPED)
        over = [row[0] for row in rows if row[1] == rules.SMS][left:]
        return to_send(cursor, unit_no, drop(cursor, unit_no, rows, over, rules.CAPPED))


def barred(rows: Iterable[tuple]) -> list[UUID]:
    """The claimed deliveries about a child of whom the person may no longer be told."""
    about = [(row[0], row[2], row[3]) for row in rows if row[3] is not None and row[3] != row[2]]
    told = contacts.told_of(child_ids=list({child for _id, _person, child in about})) if about else {}
    return [one for one, person, child in about if person not in told.get(child, ())]


def drop(cursor: Any, unit_no: int, rows: list[tuple], out: list[UUID], state: str) -> list[tuple]:
    """End the deliveries `out` in `state`; returns the other rows."""
    if not out:
        return rows
    cursor.execute(SET_STATE, [state, state, unit_no, out])
    gone = set(out)
    return [row for row in rows if row[0] not in gone]


def to_send(cursor: Any, unit_no: int, rows: list[tuple]) -> list[ToSend]:
    """Claimed rows with address and filled words."""
    if not rows:
        return []
    own, language = wording.own_words(unit_no), setting_of(unit_no).language
    cursor.execute("select name from unit where unit_no = %s", [unit_no])
    (school,) = cursor.fetchone()
    cursor.execute(CONTENT, [unit_no, [row[4] for row in rows if row[4]]])
    link_of = {
        message_id: f"{base}/n/{notice_id}/" if base and notice_id else ""
        for message_id, notice_id, base in cursor.fetchall()
    }
    cursor.execute(CHILDREN, [unit_no, [row[3] for row in rows if row[3]]])
    child_of = {child: (name, class_id) for child, name, class_id in cursor.fetchall()}
    classes = class_names.of_ids([class_id for _name, class_id in child_of.values() if class_id])
    address_of = addresses(cursor, unit_no, [(row[1], row[2]) for row in rows])
    found = []
    for delivery_id, channel, person, child, message_id, template, values, tries in rows:
        name, class_id = child_of.get(child, ("", None))
        filled = msgspec.json.decode(values) | {"school": school, "child": name}
        filled["class"] = classes[class_id].name if class_id in classes else ""
        words = wording.say(template, language, filled, own)
        found.append(
            ToSend(
                delivery_id, channel, address_of.get((channel, person), ""), template,
                {**filled, "title": words.title, "text": words.text}, f"{delivery_id}:{tries}",
                link_of.get(message_id, ""),
            )
        )  # fmt: skip
    return found


def addresses(cursor: Any, unit_no: int, wanted: list[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], str]:
    """(channel, person) -> where the person is reached now."""
    by_phone = [person for channel, person in wanted if channel == rules.SMS]
    by_mail = [person for channel, person in wanted if channel == rules.MAIL]
    found = {(rules.SMS, person): phone for person, phone in contacts.phones_of(person_ids=by_phone).items()}
    found |= {(rules.MAIL, person): mail for person, mail in mail_addresses(person_ids=by_mail).items()}
    cursor.execute(
        "select channel, person_id, address from channel_address where person_id = any(%s) and account = any(%s) and is_on",
        [[person for _channel, person in wanted], list(ways.accounts(unit_no).values())],
    )
    return found | {(channel, person): address for channel, person, address in cursor.fetchall()}


@action(title="登记消息的投递结果", roles=[scopes.OPERATOR])
def note_delivery(*, unit_no: int, one: ToSend, result: SendResult) -> None:
    """Write down what became of a delivery; what was surely refused for a passing reason is tried again by its
    channel's rule, an address that is no good any more is switched off."""
    tries = int(one.key.rsplit(":", 1)[1])
    minutes = rules.next_try(one.channel, result.state, result.code, tries)
    told: dict[str, Any] = {
        "unit": unit_no, "id": one.delivery_id, "code": result.code[:80], "cost": result.cost_fen, "minutes": minutes,
        "attempt": getattr(result, "attempt_id", None), "state": rules.WAITING if minutes is not None else result.state,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(OUTCOME, told)
        row = cursor.fetchone()
        if row and codes.is_gone(one.channel, result.code):
            cursor.execute(
                "update channel_address set is_on = false, changed_at = now() where account = %s and person_id = %s",
                [ways.accounts(unit_no).get(row[0]), row[1]],
            )


def send_due(unit_no: int) -> int:
    """Hand over everything that is due for a unit, outside any door; returns how many."""
    count = 0
    while some := claim_deliveries(unit_no=unit_no):
        for one in some:
            note_delivery(unit_no=unit_no, one=one, result=ways.hand_over(one, unit_no))
        count += len(some)
    return count


@action(title="排好傍晚的汇总短信", roles=[scopes.OPERATOR])
def put_digest(*, unit_no: int) -> int:
    """One short message a family for what waits unopened and unanswered, once an evening; returns how many are new.
    Of each child the first adult with a phone is told, and one phone gets one message."""
    now = timezone.localtime()
    setting = setting_of(unit_no)
    is_time = now.time() >= setting.digest_at and not rules.is_quiet(
        now.time(), setting.quiet_from, setting.quiet_to
    )
    if not (is_time and setting.is_sms_on and ways.is_on(rules.SMS, unit_no)):
        return 0
    with connection.cursor() as cursor:
        key = f"digest:{now.date().isoformat()}"
        cursor.execute(
            "select exists (select 1 from delivery where unit_no = %s and key = %s)", [unit_no, key]
        )
        if cursor.fetchone()[0]:
            return 0
        cursor.execute(OPEN, {"unit": unit_no})
        waiting = dict(cursor.fetchall())
        adults: dict[UUID, contacts.AdultOf] = {}
        for one in contacts.adults_of(child_ids=list(waiting)):
            if one.phone:
                adults.setdefault(one.child_id, one)
        by_phone: dict[str, tuple[UUID, int]] = {}
        for child, adult in adults.items():
            person, count = by_phone.get(adult.phone, (adult.guardian_id, 0))
            by_phone[adult.phone] = (person, count + waiting[child])
        if not by_phone:
            return 0
        people, counts = zip(*by_phone.values(), strict=True)
        cursor.execute(
            PUT_DIGEST, [unit_no, key, now, [new_id() for _one in people], list(people), list(counts)]
        )
        return cursor.rowcount


def on_reported(fact: Told) -> None:
    """A provider said afterwards what became of a message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update delivery set reported = %s where unit_no = any(%s) and attempt_id = %s",
            [str(fact.payload["state"])[:10], list(scopes.current().units), fact.payload["attempt_id"]],
        )


def units_with_work() -> list[int]:
    """The units in reach with something due, or with short messages on. Inside a door only; two reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no from delivery where state in ('waiting', 'trying') and due_at <= now() union"
            " select unit_no from message_setting where is_sms_on order by 1"
        )
        return [unit_no for (unit_no,) in cursor.fetchall()]
