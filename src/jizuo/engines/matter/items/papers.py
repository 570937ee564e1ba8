"""The papers of a matter as doors: which there are, one to be printed, one withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import seeing
from jizuo.engines.matter.items import documents
from jizuo.engines.matter.items.documents import Paper
from jizuo.engines.matter.items.lines import DocumentLine
from jizuo.engines.matter.queries import matters
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, action, source
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.hubs.organisation.printing import actions as printing
from jizuo.hubs.organisation.printing import codes, queries
from jizuo.hubs.organisation.printing.rules import KINDS

#: The door by which a flow has a 在读证明 issued.
CERTIFICATE = "organisation.issue_certificate"
OF_MATTER = """
select id, kind, title, issued_on, valid_to, withdrawn_on, withdrawn_reason, coalesce(values->>'number', '')
from matter_document where unit_no = %s and matter_id = %s order by issued_on, id
"""
ONE = """
select matter_id, kind, title, values::text, sealed, issued_on, valid_to, withdrawn_on, person_id from matter_document
where unit_no = any(%s) and id = %s
"""


def state_of(valid_to: date | None, withdrawn_on: date | None) -> str:
    """valid, expired or withdrawn."""
    if withdrawn_on is not None:
        return "withdrawn"
    return "valid" if valid_to is None or scopes.current().today < valid_to else "expired"


@source(title="办事结果", roles=scopes.ROLES, reach=API)
def matter_documents(*, matter_id: UUID) -> list[DocumentLine]:
    """The papers that a matter gave, for who sees all of it. Raises NotFound."""
    case, _rating, _note = matters.read(matter_id)
    sight = seeing.of(case, [task.person_id for task in case.tasks])
    if not sight.is_open:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OF_MATTER, [case.unit_no, case.id])
        found = [
            DocumentLine(
                document_id, "matter", title or str(documents.PAPERS[kind]), state_of(valid_to, withdrawn_on), issued_on,
                valid_to, number, reason, sight.use.manage and withdrawn_on is None,
            )
            for document_id, kind, title, issued_on, valid_to, withdrawn_on, reason, number in cursor.fetchall()
        ]  # fmt: skip
    issued = [
        _id_of(case.data.get("steps", {}).get(step.key, {}).get("answer"))
        for step in case.plan.steps
        if step.auto == "call" and step.door == CERTIFICATE
    ]
    for one in queries.lines_of([each for each in issued if each is not None], case.unit_no):
        found.append(
            DocumentLine(
                one.certificate_id, "certificate", str(KINDS[one.kind].title), state_of(one.valid_to, one.withdrawn_on),
                one.issued_on, one.valid_to, "", one.withdrawn_reason,
            )
        )  # fmt: skip
    return found


def _id_of(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _open(document_id: UUID) -> tuple[Any, ...]:
    """A document whose matter the acting role sees all of, with its sight last. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [list(scopes.current().units), document_id])
        row = cursor.fetchone()
    if row is None:
        raise missing()
    case, _rating, _note = matters.read(row[0])
    sight = seeing.of(case, [task.person_id for task in case.tasks])
    if not sight.is_open:
        raise missing()
    return (*row, case, sight)


def missing() -> NotFound:
    """The answer for a document that is not there or out of reach."""
    return NotFound(_("没有这份文书"), fix=_("请从办好的事里打开"))


@action(title="打印办事结果", roles=scopes.ROLES, reach=PAGE)
def print_document(*, document_id: UUID) -> Paper:
    """A paper of a matter that the acting role sees all of, to be set by `documents.render`. Raises NotFound, Conflict for one
    that was withdrawn."""
    _matter, kind, title, values, sealed, issued_on, valid_to, withdrawn_on, person_id, case, _sight = _open(
        document_id
    )
    if withdrawn_on is not None:
        raise Conflict(_("这份文书已经作废"), fix=_("请联系开具的单位"))
    if person_id is not None:
        audit.disclose(["name"], [person_id])
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [case.unit_no])
        (school,) = cursor.fetchone()
    data = {key: str(value) for key, value in msgspec.json.decode(values).items()} | {
        "school": school, "code": codes.unseal(sealed, documents.place(document_id)),
        "day_word": printing.written_day(issued_on),
        "until": printing.written_day(valid_to - timedelta(days=1)) if valid_to else "",
    }  # fmt: skip
    return Paper(kind, title or str(documents.PAPERS[kind]), data)


@action(title="作废办事结果", roles=scopes.STAFF_ROLES, reach=API)
def withdraw_document(*, document_id: UUID, reason: str) -> None:
    """Withdraw a paper: the public check page says so at once. Only who runs the scene's matters may. Raises NotFound,
    NotAllowed, BadInput, Conflict where it was withdrawn before."""
    if not reason.strip():
        raise BadInput(_("没有作废"), problems=[Problem("reason", _("没有写原因"), _("请写为什么作废"))])
    *_row, case, sight = _open(document_id)
    if not sight.use.manage:
        raise NotAllowed(_("只有本场景的管理人员能这样做"), fix=_("请教务员办理"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update matter_document set withdrawn_on = %s, withdrawn_reason = %s, changed_at = now()"
            " where unit_no = %s and id = %s and withdrawn_on is null",
            [scopes.current().today, reason.strip()[:120], case.unit_no, document_id],
        )
        if not cursor.rowcount:
            raise Conflict(_("这份文书已经作废"))
