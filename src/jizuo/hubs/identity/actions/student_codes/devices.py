"""Scanners: let in with a code that works once, known by a token, out when the role behind them ends."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import acting, audit, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.scope import VISITOR
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import tallies
from jizuo.hubs.identity.actions.student_codes.places import KEEPERS, place_in_reach, scan_places
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.rules import codes, locks, screens
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.student_code_shapes import Paired, ScannerLine

PAIRING = "scanner"
#: A scanner ends with the role of whoever let it in. Two reads by key.
KNOWN = """
select d.id, d.unit_no, d.place_id, d.grant_no from scanner_device d join acting_grant g on g.no = d.grant_no
where d.token_hash = %s::bytea and d.ended_at is null and g.begin_on <= %s::date
  and (g.end_on is null or g.end_on > %s::date)
"""
PAIR = """
update scanner_device d set pairing_hash = null, pairing_until = null, token_hash = %(token)s, name = %(name)s,
  seen_at = %(now)s
from acting_grant g where g.no = d.grant_no and (g.end_on is null or g.end_on > %(day)s)
  and d.pairing_hash = %(hash)s and d.pairing_until > %(now)s and d.ended_at is null
returning d.id
"""
#: How fine `seen_at` is kept for a device that neither syncs nor tells scans.
SEEN_EVERY = timedelta(hours=1)
MOST_KEPT = 10_000
_seen: dict[UUID, datetime] = {}


@dataclass(frozen=True, slots=True)
class Device:
    """A registered scanner at its place, and the scope it acts in."""

    device_id: UUID
    unit_no: int
    place_id: UUID
    grant_no: int

    def scope(self, address: str = "") -> scopes.Scope:
        """The school of the scanner, and nothing but the doors of scanners."""
        return scopes.Scope(
            role=scopes.SCANNER, unit_no=self.unit_no, units=(self.unit_no,), grant_no=self.grant_no,
            today=acting.today(), address=address,
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.device_id)


def known(token: str) -> Device | None:
    """The scanner behind a token, before any scope; None for one that is not or no longer registered."""
    day = acting.today()
    rows = prepared.rows(KNOWN, (_token_hash(token), day, day))
    return Device(*rows[0]) if rows else None


def saw(device: Device) -> None:
    """Note that a device is in use: a gate may for months ask for nothing but codes on phones, or the numbers called back,
    and must not count as lost. One write an hour and process at most."""
    now = entry.now()
    last = _seen.get(device.device_id)
    if last is not None and abs(now - last) < SEEN_EVERY:
        return
    prepared.rows(
        "update scanner_device set seen_at = %s::timestamptz where id = %s::uuid returning 1",
        (now, device.device_id),
    )
    if len(_seen) >= MOST_KEPT:
        _seen.clear()
    _seen[device.device_id] = now


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@action(title="登记扫码设备", roles=KEEPERS, reach=PAGE)
def offer_pairing(*, place_id: UUID) -> str:
    """A code that lets one device scan at a place, once, within a quarter of an hour. Raises NotFound."""
    place_in_reach(place_id)
    scope, now = scopes.current(), entry.now()
    code = codes.draw(rules.PAIRING_LENGTH)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scanner_device (id, unit_no, place_id, grant_no, name, pairing_hash, pairing_until, made_at)"
            " values (%s, %s, %s, %s, '', %s, %s, %s)",
            [
                new_id(), scope.unit_no, place_id, scope.grant_no, entry.code_hash(PAIRING, code),
                now + rules.PAIRING_LIFE, now,
            ],
        )  # fmt: skip
    return code


@action(title="扫码设备报到", roles=[VISITOR])
def pair(*, code: Secret, name: str, address: str) -> Paired | None:
    """Register a device with a pairing code, which is used up; None when it is wrong, used or too old, which nobody can
    tell apart. Wrong codes shut the address for a while. Raises BadInput while it is shut."""
    now = entry.now()
    key = entry.tally_key(PAIRING, locks.address_key(address))
    tally = tallies.hold(key)
    if locks.is_locked(tally, now):
        what = _("这里输错的登记码太多")
        raise BadInput(what, fix=_("请等一会儿再试"), problems=[Problem("code", what)])
    token = secrets.token_urlsafe(rules.TOKEN_BYTES)
    values = {
        "token": _token_hash(token),
        "name": name.strip()[:40] or _("扫码设备"),
        "now": now,
        "day": scopes.current().today,
        "hash": entry.code_hash(PAIRING, codes.tidy(code.reveal)),
    }
    with connection.cursor() as cursor:
        cursor.execute(PAIR, values)
        row = cursor.fetchone()
    if row is None:
        tallies.keep(key, screens.after_wrong(tally, now))
        return None
    audit.note(f"scanner {row[0]}")
    return Paired(row[0], token)


@source(title="扫码设备", roles=KEEPERS, reach=PAGE)
def scanners() -> list[ScannerLine]:
    """The registered devices of the places in reach, by place and name."""
    places = {one.place_id: one for one in scan_places()}
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, place_id, name, seen_at, synced_at from scanner_device where unit_no = %s and"
            " place_id = any(%s) and ended_at is null and token_hash is not null order by place_id, name, id",
            [scopes.current().unit_no, list(places)],
        )
        return [ScannerLine(one, places[place].name, *rest) for one, place, *rest in cursor.fetchall()]


@action(title="注销扫码设备", roles=KEEPERS, reach=PAGE)
def end_scanner(*, device_id: UUID) -> None:
    """Put a device out; what it holds ends with its list. Raises NotFound."""
    if device_id not in {one.device_id for one in scanners()}:
        raise NotFound(_("没有这台设备"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update scanner_device set ended_at = %s where id = %s and unit_no = %s",
            [entry.now(), device_id, scopes.current().unit_no],
        )


@action(title="扫码设备自己注销", roles=[scopes.SCANNER])
def leave_place(*, device: Device) -> None:
    """Put the device out that asks for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update scanner_device set ended_at = %s where id = %s and ended_at is null",
            [entry.now(), device.device_id],
        )


def forget_old(now: datetime) -> int:
    """Remove pairings nobody took up, and devices that are out, were unseen for a fortnight, or were let in for a trip a
    week ago; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from scanner_device where (token_hash is null and pairing_until < %(now)s)"
            " or ended_at < %(idle)s or (token_hash is not null and coalesce(seen_at, made_at) < %(idle)s)"
            " or (made_at < %(trip)s and place_id in (select id from scan_place where purpose = %(purpose)s))",
            {
                "now": now, "idle": now - rules.DEVICE_IDLE, "trip": now - rules.TRIP_LIFE,
                "purpose": rules.ScanPurpose.TRIP,
            },
        )  # fmt: skip
        return cursor.rowcount
