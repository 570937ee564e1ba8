"""Reads of printing: a school's words, the register of copies, certificates, seal uses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.hubs.organisation.printing.shapes import CertificateView, CopyView, SealUseView, TemplateView

OFFICE = frozenset({scopes.CLERK, scopes.HEAD})
PRINTERS = OFFICE | {scopes.HOMEROOM_TEACHER}
MOST = 200

WHO = "coalesce((select c.display_name from acting_grant g join account c on c.id = g.account_id where g.no = {column}), '')"


def blocks_of(kind: str) -> dict[str, str]:
    """The acting school's own words for a kind of paper. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select blocks::text from print_template where unit_no = %s and kind = %s",
            [scopes.current().unit_no, kind],
        )
        row = cursor.fetchone()
    return json.loads(row[0]) if row else {}


@source(title="打印的字样", roles=PRINTERS, reach=API)
def print_templates() -> list[TemplateView]:
    """The kinds of paper of which the acting school has words of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, blocks::text from print_template where unit_no = %s order by kind",
            [scopes.current().unit_no],
        )
        return [TemplateView(kind, json.loads(blocks)) for kind, blocks in cursor.fetchall()]


@source(title="打印登记", roles=OFFICE, reach=API)
def print_copies(*, before: int | None = None, limit: int = 50) -> list[CopyView]:
    """The register of copies of the acting school, newest first. before: id of the last one of the page before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select p.id, p.kind, p.title, p.paper, p.copies, p.reason, {WHO.format(column='p.grant_no')}, p.at"
            " from print_copy p where p.unit_no = %s and (%s::bigint is null or p.id < %s) order by p.id desc limit %s",
            [scopes.current().unit_no, before, before, min(max(limit, 1), MOST)],
        )
        found = [CopyView(*row) for row in cursor.fetchall()]
    audit.counted(len(found))
    return found


@source(title="开过的证明", roles=OFFICE, reach=API)
def certificates(*, affiliation_id: UUID | None = None, limit: int = 50) -> list[CertificateView]:
    """Certificates of the acting school, newest first; of one pupil when named. Their codes are not told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, kind, affiliation_id, name, class_name, reason, issued_on, valid_to, withdrawn_on, withdrawn_reason"
            " from certificate where unit_no = %s and (%s::uuid is null or affiliation_id = %s::uuid)"
            " order by issued_on desc, id desc limit %s",
            [scopes.current().unit_no, affiliation_id, affiliation_id, min(max(limit, 1), MOST)],
        )
        found = [CertificateView(*row) for row in cursor.fetchall()]
    audit.counted(len(found))
    return found


@source(title="用印登记", roles=OFFICE, reach=API)
def seal_uses(*, state: str = "", limit: int = 50) -> list[SealUseView]:
    """Seal uses of the acting school, newest first; of one state when named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, s.seal, s.what, s.copies, s.reason, s.state, s.note, s.year, s.serial,"
            f" {WHO.format(column='s.asked_by')}, s.asked_at, {WHO.format(column='s.decided_by')}, s.sealed_at"
            " from seal_use s where s.unit_no = %s and (%s = '' or s.state = %s) order by s.asked_at desc, s.id desc limit %s",
            [scopes.current().unit_no, state, state, min(max(limit, 1), MOST)],
        )
        return [SealUseView(*row) for row in cursor.fetchall()]


def lines_of(ids: Sequence[UUID], unit_no: int) -> list[CertificateView]:
    """These certificates of a unit in reach, in order of issue. Inside a door; one read, none for no ids."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, kind, affiliation_id, name, class_name, reason, issued_on, valid_to, withdrawn_on, withdrawn_reason"
            " from certificate where unit_no = %s and id = any(%s) order by issued_on, id",
            [unit_no, list(ids)],
        )
        return [CertificateView(*row) for row in cursor.fetchall()]
