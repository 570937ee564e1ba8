"""Keeping and dropping files, taking the scanner's word, sweeping what nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.files import scan, store
from jizuo.ground.files.models import CLEAN, INFECTED, UNSCANNED, WAITING, StoredBytes, StoredFile
from jizuo.ground.files.words import bad_file
from jizuo.ground.shapes import FileRef
from jizuo.plain import sniff

#: Long enough for any upload, job and retry between the bytes and their row.
GRACE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are in the store and belong to nobody yet; swept when `record_file` never comes."""

    sha256: str
    size: int
    type: str
    name: str
    kind: str


class _Swept(Conflict):
    """The sweep took the bytes between their arrival and their row."""


def receive(stream: BinaryIO, *, name: str, kind: str) -> Received:
    """Look at `stream` (seekable, read from its start) and put its bytes into the store. Touches no database,
    so that a slow upload holds no transaction. Raises `BadInput` with the reason and the mend."""
    if kind not in sniff.KINDS:
        raise KeyError(kind)
    clean = sniff.clean_name(name)
    try:
        found = sniff.check(stream, name=clean, kind=kind)
    except sniff.Refused as refused:
        raise bad_file(refused, name=clean, kind=kind) from None
    stream.seek(0)
    stored = store.current().put(stream)
    return Received(stored.sha256, stored.size, found.type, clean, kind)


def keep(
    stream: BinaryIO,
    *,
    name: str,
    kind: str,
    grade: int,
    owner_dataset: str = "",
    owner_id: UUID | None = None,
    unit_no: int | None = None,
) -> FileRef:
    """`receive` and `record_file` in one: the ordinary way to keep a file, from a page, a job or a door.

    unit_no: the acting unit when left out. Raises `BadInput` for a file that may not come in.
    """
    for last in (False, True):
        received = receive(stream, name=name, kind=kind)
        try:
            return record_file(
                received=received,
                grade=grade,
                owner_dataset=owner_dataset,
                owner_id=owner_id,
                unit_no=unit_no,
            )
        except _Swept:
            if last:
                raise
    raise AssertionError("unreachable")


@action(title="保存文件", roles=scopes.ROLES)
def record_file(
    *,
    received: Received,
    grade: int,
    owner_dataset: str = "",
    owner_id: UUID | None = None,
    unit_no: int | None = None,
) -> FileRef:
    """Write the row of a received file: from now on it is used, and scanned before it is served."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        # The row lock of this statement keeps a sweep of the same content waiting until we commit.
        cursor.execute(
            "insert into stored_bytes as kept (sha256, size, verdict, finding) values (%s, %s, %s, '')"
            " on conflict (sha256) do update set seen_at = now() returning kept.verdict, kept.finding",
            [received.sha256, received.size, WAITING if scan.is_on() else UNSCANNED],
        )
        verdict, finding = cursor.fetchone()
    if verdict == INFECTED:
        what = _("查毒程序在这个文件里发现了“%(finding)s”") % {"finding": finding}
        raise BadInput(what, fix=_("请在自己的电脑上查杀后重新制作文件"))
    if not store.current().exists(received.sha256):
        raise _Swept(_("文件刚刚被清理"), fix=_("请重新上传"))
    file = StoredFile.objects.create(
        unit_no=scope.unit_no if unit_no is None else unit_no,
        content_id=received.sha256,
        size=received.size,
        type=received.type,
        name=received.name,
        kind=received.kind,
        grade=grade,
        owner_dataset=owner_dataset,
        owner_id=owner_id,
        created_by=scope.grant_no,
    )
    return FileRef(file_id=file.id, name=file.name, size=file.size, type=file.type)


@action(title="删除文件", roles=scopes.STAFF_ROLES)
def drop_file(*, file_id: UUID) -> None:
    """Take away one use; the bytes go with the sweep when it was the last. The calling room has checked
    that the acting role may. Raises `NotFound`."""
    gone, _each = StoredFile.objects.filter(pk=file_id).delete()
    if not gone:
        raise NotFound(_("没有这个文件"))


@action(title="记录查毒结果", roles=[scopes.OPERATOR])
def note_scan_verdict(*, sha256: str, is_clean: bool, finding: str = "") -> None:
    """Keep what the scanner said of one content; an infected one is never served again in any unit."""
    StoredBytes.objects.filter(pk=sha256).update(
        verdict=CLEAN if is_clean else INFECTED, finding=finding[:200], scanned_at=datetime.now(UTC)
    )


@action(title="重新查毒", roles=[scopes.OPERATOR])
def ask_scan_again() -> int:
    """Put every content back to waiting: after the scanner was switched on or got new patterns. Returns how
    many; they are not served until scanned."""
    return StoredBytes.objects.exclude(verdict=WAITING).update(verdict=WAITING)


@action(title="清理无人使用的文件内容", roles=[scopes.OPERATOR])
def drop_unused_contents(*, before: datetime, after: str = "", most: int = 200) -> tuple[int, str]:
    """Remove contents last seen before `before` that no file of any unit uses, in order of address.

    Looks at `most` rows past the address `after`; returns (removed, last address looked at or '' at the end).
    """
    held = store.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select sha256 from stored_bytes b where seen_at < %s and sha256 > %s"
            " and not exists (select 1 from stored_file f where f.sha256 = b.sha256)"
            " order by sha256 limit %s for update skip locked",
            [before, after, most],
        )
        found = [sha256 for (sha256,) in cursor.fetchall()]
        removed = 0
        for sha256 in found:
            # The filter above sees the units in reach only; the reference decides, and at once (RESTRICT).
            try:
                with transaction.atomic():
                    cursor.execute("delete from stored_bytes where sha256 = %s", [sha256])
            except IntegrityError:
                continue
            # Before the commit, while the row's lock keeps a new use of the same bytes waiting.
            held.delete(sha256)
            removed += 1
    return removed, found[-1] if len(found) == most else ""


@action(title="清理没有登记的文件内容", roles=[scopes.OPERATOR])
def drop_orphan_contents(*, addresses: list[str]) -> int:
    """Remove contents that lie in the store without a row (a crash in between); returns how many."""
    held, removed = store.current(), 0
    with connection.cursor() as cursor:
        for sha256 in addresses:
            # The insert waits for whoever is just recording the same bytes, and then finds their row.
            cursor.execute(
                "insert into stored_bytes (sha256, size, verdict, finding) values (%s, 0, %s, '')"
                " on conflict do nothing",
                [sha256, WAITING],
            )
            if cursor.rowcount:
                held.delete(sha256)
                cursor.execute("delete from stored_bytes where sha256 = %s", [sha256])
                removed += 1
    return removed
