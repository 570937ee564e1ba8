"""Cards of a class: issue, print, report lost, issue anew, and the portraits on them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import keys as ground_keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes import keys, settings
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.rules.student_codes import CardEnd
from jizuo.hubs.identity.student_code_shapes import CardDesk, CardLine, PrintedCard
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries import family
from jizuo.plain import picture, student_code

CARD_DESK = (scopes.HOMEROOM_TEACHER, scopes.CLERK)
MOST_AT_ONCE = 500
PUPILS = """
select a.person_id, a.name, a.seat_no, a.class_id, c.id, c.valid_to, c.printed_at, p.id is not null,
       (select x.why from student_card x where x.unit_no = a.unit_no and x.person_id = a.person_id
        and x.ended_at is not null order by x.ended_at desc limit 1)
from affiliation a left join student_card c on c.unit_no = a.unit_no and c.person_id = a.person_id and c.ended_at is null
left join student_photo p on p.unit_no = a.unit_no and p.person_id = a.person_id
where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null and a.class_id = any(%(classes)s)
  and (%(people)s::uuid[] is null or a.person_id = any(%(people)s))
order by a.seat_no nulls last, a.sort_key, a.id
"""
TO_PRINT = """
select c.id, c.number, c.key_id, c.valid_from, c.valid_to, a.person_id, a.name, a.class_id, p.sealed
from student_card c join affiliation a on a.unit_no = c.unit_no and a.person_id = c.person_id and a.role = 'pupil'
  and a.end_on is null
left join student_photo p on p.unit_no = c.unit_no and p.person_id = c.person_id
where c.unit_no = %(unit)s and c.ended_at is null and a.class_id = any(%(classes)s) and c.person_id = any(%(people)s)
order by a.class_id, a.seat_no nulls last, a.sort_key, c.id
"""


def classes_in_reach() -> list[class_names.ClassView]:
    """The open classes whose cards the acting role looks after, in school order. Inside a door only."""
    scope = scopes.current()
    found = class_names.of_units([scope.unit_no])
    if scope.role == scopes.CLERK:
        return found
    own = set(class_names.own_classes(scope.org_ids))
    return [one for one in found if one.org_id in own]


def pupils_in_reach(person_ids: Iterable[UUID] | None, class_ids: Iterable[UUID]) -> list[CardLine]:
    """The pupils of these classes of the school with their cards, by seat; person_ids None: all of them."""
    values: dict[str, Any] = {
        "unit": scopes.current().unit_no,
        "classes": list(class_ids),
        "people": None if person_ids is None else list(person_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(PUPILS, values)
        rows: list[list[Any]] = [[*row[:-1], row[-1] or ""] for row in cursor.fetchall()]
        return [CardLine(*row) for row in rows]


def wanted(person_ids: Sequence[UUID]) -> list[CardLine]:
    """The pupils named, all within reach; raises NotFound when one is not, BadInput for too many or none."""
    asked = set(person_ids)
    if not 0 < len(asked) <= MOST_AT_ONCE:
        told = _("请选 1 到 %(most)s 人。") % {"most": MOST_AT_ONCE}
        raise BadInput(told, problems=[Problem("pick", told)])
    found = pupils_in_reach(asked, [one.org_id for one in classes_in_reach()])
    if {one.person_id for one in found} != asked:
        raise NotFound(_("没有这个学生"), fix=_("可能已经转走，或不在您的范围内"))
    return found


@source(title="学生卡", roles=CARD_DESK, reach=PAGE)
def card_desk(*, class_id: UUID | None = None) -> CardDesk:
    """One class with its pupils' cards; by default the first. Raises NotFound for a class that is not within reach."""
    views = classes_in_reach()
    named = tuple((one.org_id, one.name) for one in views)
    if class_id is not None and class_id not in dict(named):
        raise NotFound(_("没有这个班"), fix=_("请从班级列表中选择"))
    shown = class_id or (named[0][0] if named else None)
    lines = pupils_in_reach(None, [shown]) if shown else []
    audit.counted(len(lines))
    return CardDesk(named, shown, tuple(lines))


@action(title="制学生卡", roles=CARD_DESK, reach=PAGE)
def issue_cards(*, person_ids: list[UUID]) -> int:
    """Give a card to those who have none; returns how many were made. Raises NotFound, BadInput."""
    lines = [one for one in wanted(person_ids) if one.card_id is None]
    _issue([one.person_id for one in lines])
    return len(lines)


def _issue(person_ids: Sequence[UUID]) -> None:
    unit_no, now, today = scopes.current().unit_no, entry.now(), scopes.current().today
    keys.make_due(unit_no, now)
    key = rules.signing(keys.times(unit_no), now)
    if key is None:
        raise Conflict(_("签名密钥还没有生效"), fix=_("请稍后再试一次"))
    until = rules.card_end(today, settings.held(unit_no).card_days, key.expires_at)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into student_card (id, unit_no, person_id, number, key_id, valid_from, valid_to, issued_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (new_id(), unit_no, person_id, secrets.token_bytes(rules.NUMBER_BYTES), key.key_id, today, until, now)
                for person_id in person_ids
            ],
        )  # fmt: skip
    audit.note(f"cards {len(person_ids)}")


def end_cards(person_ids: Sequence[UUID], why: CardEnd, now: datetime) -> int:
    """End the open cards of these people of the school; returns how many. Scanners learn it at their next sync."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update student_card set ended_at = %s, why = %s, changed_at = now()"
            " where unit_no = %s and person_id = any(%s) and ended_at is null",
            [now, why, scopes.current().unit_no, list(person_ids)],
        )
        return cursor.rowcount


@action(title="挂失学生卡", roles=CARD_DESK, reach=PAGE)
def report_lost(*, person_ids: list[UUID]) -> int:
    """Call lost cards back, at once; returns how many were open. Raises NotFound, BadInput."""
    count = end_cards([one.person_id for one in wanted(person_ids)], CardEnd.LOST, entry.now())
    audit.note(f"lost {count}")
    return count


@action(title="换发学生卡", roles=CARD_DESK, reach=PAGE)
def reissue_cards(*, person_ids: list[UUID]) -> int:
    """Give new cards; the old ones are void. Returns how many were made. Raises NotFound, BadInput."""
    people = [one.person_id for one in wanted(person_ids)]
    end_cards(people, CardEnd.REISSUED, entry.now())
    _issue(people)
    return len(people)


@action(title="家里挂失学生卡", roles=scopes.FAMILY_ROLES, reach=PAGE)
def report_own_lost(*, child_id: UUID | None = None) -> bool:
    """Call the own card, or the own child's, back at once; False when there was none. Raises NotFound."""
    child = family.chosen(family.children(), child_id)
    return bool(end_cards([child.person_id], CardEnd.LOST, entry.now()))


@action(title="打印学生卡", roles=CARD_DESK, reach=PAGE)
def print_cards(*, person_ids: list[UUID]) -> list[PrintedCard]:
    """The cards of these pupils with their codes, by class and seat; who has none is left out. Raises NotFound,
    BadInput."""
    scope = scopes.current()
    people = [one.person_id for one in wanted(person_ids)]
    views = {one.org_id: one for one in classes_in_reach()}
    values: dict[str, Any] = {"unit": scope.unit_no, "classes": list(views), "people": people}
    signers: dict[bytes, EllipticCurvePrivateKey] = {}
    made = []
    with connection.cursor() as cursor:
        cursor.execute(TO_PRINT, values)
        for card_id, number, key_id, first, until, person_id, name, class_id, sealed in cursor.fetchall():
            key = bytes(key_id)
            if key not in signers:
                signers[key] = keys.private_key(scope.unit_no, key)
            code = student_code.sign(signers[key], student_code.Card(bytes(number), key, first, until))
            photo = unsealed(person_id, sealed) if sealed else b""
            made.append(PrintedCard(card_id, person_id, name, views[class_id].name, until, code, photo))
        cursor.execute(
            "update student_card set printed_at = %s where unit_no = %s and id = any(%s)",
            [entry.now(), scope.unit_no, [one.card_id for one in made]],
        )
    audit.disclose(["affiliation.name"], [one.person_id for one in made])
    return made


@action(title="放学生照片", roles=CARD_DESK, reach=PAGE)
def put_photo(*, person_id: UUID, photo: bytes) -> None:
    """Keep the small portrait of a pupil: a JPEG of `rules.MOST_PHOTO_BYTES` at most, without what the camera wrote into
    it. Empty: take it away. Raises NotFound, BadInput."""
    wanted([person_id])
    unit_no = scopes.current().unit_no
    with connection.cursor() as cursor:
        if not photo:
            cursor.execute(
                "delete from student_photo where unit_no = %s and person_id = %s", [unit_no, person_id]
            )
            return
        try:
            plain = picture.without_traces(photo, "image/jpeg")
        except ValueError:
            plain = b""
        if not plain or len(plain) > rules.MOST_PHOTO_BYTES:
            what = _("照片要是 %(most)s KB 以内的 JPEG") % {"most": rules.MOST_PHOTO_BYTES // 1024}
            raise BadInput(what, problems=[Problem("photo", what, _("请在这一页上选照片，页面会自己缩小"))])
        sealed = ground_keys.ring().seal(ground_keys.Purpose.FILES, plain, bound_to=_bound(person_id))
        cursor.execute(
            "insert into student_photo (id, unit_no, person_id, sealed) values (%s, %s, %s, %s)"
            " on conflict (unit_no, person_id) do update set sealed = excluded.sealed, changed_at = now()",
            [new_id(), unit_no, person_id, sealed],
        )


def unsealed(person_id: UUID, sealed: bytes) -> bytes:
    """The portrait behind a sealed one."""
    return ground_keys.ring().unseal(ground_keys.Purpose.FILES, bytes(sealed), bound_to=_bound(person_id))


def _bound(person_id: UUID) -> bytes:
    return b"student_photo" + person_id.bytes
