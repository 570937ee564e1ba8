"""What a scanner takes with it: keys, revocations, and who may pass at its place, sealed and for a short time."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import NotFound
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes import keys, settings
from jizuo.hubs.identity.actions.student_codes.cards import unsealed
from jizuo.hubs.identity.actions.student_codes.devices import Device
from jizuo.hubs.identity.student_code_shapes import SealedList
from jizuo.hubs.organisation import class_names

PLACE = """
select p.name, p.purpose, p.class_ids, coalesce(nullif(u.short_name, ''), u.name) from scan_place p
join unit u using (unit_no) where p.id = %s and p.unit_no = %s and p.ended_at is null
"""
WHO = """
select c.number, a.person_id, a.name, a.class_id, p.sealed
from student_card c join affiliation a on a.unit_no = c.unit_no and a.person_id = c.person_id and a.role = 'pupil'
  and a.end_on is null
left join student_photo p on p.unit_no = c.unit_no and p.person_id = c.person_id
where c.unit_no = %(unit)s and c.ended_at is null and c.valid_to > %(day)s
  and (%(classes)s = '{}'::uuid[] or a.class_id = any(%(classes)s))
order by c.number
"""
REVOKED = """
select number from student_card where unit_no = %s and ended_at is not null and valid_to > %s order by number
"""


@action(title="扫码设备同步", roles=[scopes.SCANNER])
def take_list(*, device: Device) -> SealedList:
    """The list for one device and one time: whoever may pass at its place and has a card, sealed with a key that is made
    for this list and kept nowhere here. Raises NotFound when the place is closed."""
    now, unit_no = entry.now(), device.unit_no
    list_id = new_id()
    expires_at = now + timedelta(hours=settings.held(unit_no).list_hours)
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [device.place_id, unit_no])
        place = cursor.fetchone()
        if place is None:
            raise NotFound(_("没有这个地点"))
        name, purpose, class_ids, unit_name = place
        cursor.execute(WHO, {"unit": unit_no, "day": scopes.current().today, "classes": class_ids})
        rows = cursor.fetchall()
        cursor.execute(
            "update scanner_device set synced_at = %s, seen_at = %s, list_id = %s where id = %s",
            [now, now, list_id, device.device_id],
        )
    # Who shows a phone needs no card: the names of all classes that pass here go with the list.
    due = {
        one.org_id: one for one in class_names.of_units([unit_no]) if not class_ids or one.org_id in class_ids
    }
    views = class_names.of_ids({row[3] for row in rows} - due.keys()) | due
    told: dict[str, Any] = {
        "unit": unit_name, "place": name, "purpose": purpose,
        "offset": int((timezone.localtime(now).utcoffset() or timedelta()).total_seconds() // 60),
        "keys": keys.key_set(unit_no=unit_no)["keys"],
        "revoked": revoked_numbers(unit_no),
        "classes": {str(one): view.name for one, view in views.items()},
        "cards": {bytes(row[0]).hex(): _facts(row) for row in rows},
    }  # fmt: skip
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    stamp = f"{device.device_id}/{list_id}/{int(now.timestamp())}/{int(expires_at.timestamp())}"
    sealed = AESGCM(key).encrypt(nonce, orjson.dumps(told), stamp.encode())
    audit.disclose(["affiliation.name", "student_photo.sealed"], [row[1] for row in rows])
    return SealedList(list_id, now, expires_at, stamp, key, nonce, sealed)


def _facts(row: tuple[Any, ...]) -> list[Any]:
    """[name, class, photo in base64 or empty] of a row of `WHO`."""
    _number, person_id, name, class_id, sealed = row
    photo = base64.b64encode(unsealed(person_id, sealed)).decode() if sealed else ""
    return [name, str(class_id or ""), photo]


def revoked_numbers(unit_no: int) -> list[str]:
    """The numbers of a school's cards that were called back before their time, in hex."""
    with connection.cursor() as cursor:
        cursor.execute(REVOKED, [unit_no, scopes.current().today])
        return [bytes(number).hex() for (number,) in cursor.fetchall()]


@source(title="作废的学生卡号", roles=[scopes.SCANNER])
def revoked_cards(*, device: Device) -> dict[str, Any]:
    """What a gate of another maker needs beside the keys: the card numbers called back, and when this was read."""
    return {"at": entry.now().isoformat(timespec="seconds"), "revoked": revoked_numbers(device.unit_no)}


def place_of(device_id: UUID) -> str:
    """The name of the place a device stands at; for what its page says. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.name from scan_place p join scanner_device d on d.place_id = p.id where d.id = %s",
            [device_id],
        )
        row = cursor.fetchone()
    return row[0] if row else ""
