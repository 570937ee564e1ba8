"""What a call did and whose data it gave away: one entry per call, never one per row (AUD-1, AUD-6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import keys, outbox, prepared
from jizuo.ground import scope as scopes

DONE, REFUSED, FAILED = "done", "refused", "failed"
INSERT = """
insert into audit_entry (unit_no, at, door, result, grant_no, account_id, person_id, role, params_hash, columns, row_count,
  note, request_id, body, leaf)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s, %s, %s, %s, %s) returning id
"""
WITH_FACTS = {told: f"with told as ({told}) {INSERT}" for told in (outbox.WAKING, outbox.QUIET)}


@dataclass(slots=True)
class Call:
    """The record the outermost door keeps while its body runs."""

    door: str
    is_write: bool
    params_hash: bytes
    columns: set[str] = field(default_factory=set)
    subjects: set[UUID] = field(default_factory=set)
    row_count: int = 0
    note: str = ""
    unit_no: int | None = None
    is_kept: bool = False


_call: ContextVar[Call | None] = ContextVar("jizuo_call", default=None)


def hash_params(params: Any) -> bytes:
    """Keyed hash of a call's parameters: tells equal calls apart from others without keeping a value."""
    text = msgspec.json.encode(params, order="deterministic", enc_hook=str)
    return keys.ring().audit_hash(text)


def disclose(columns: Iterable[str], subjects: Iterable[UUID], count: int | None = None) -> None:
    """Say that the running call gives away unmasked `columns` (grade 3 and up) of `subjects` (person ids).

    count: rows given; by default the number of subjects. Masked lists call `counted` instead.
    """
    call = _call.get()
    if call is None:
        raise scopes.NoScope("a disclosure outside a door")
    people = list(subjects)
    call.columns.update(columns)
    call.subjects.update(people)
    call.row_count += len(people) if count is None else count


def counted(count: int) -> None:
    """Say how many masked rows the running call gives."""
    call = _call.get()
    if call is not None:
        call.row_count += count


def keep() -> None:
    """Leave an entry of the running call even if it gives away nothing unmasked: a use that somebody answers for."""
    call = _call.get()
    if call is not None:
        call.is_kept = True


def note(text: str) -> None:
    """Add words to the running call's entry: a reason typed for a reveal, a batch number. No personal values."""
    call = _call.get()
    if call is not None:
        call.note = f"{call.note} {text}".strip()


def is_due(call: Call) -> bool:
    """True when the call must leave an entry: every write, every read that disclosed something or asked to be kept."""
    return call.is_write or call.is_kept or bool(call.columns)


def write(call: Call, result: str, error: str = "") -> int:
    """Insert the entry in the open transaction, with the facts it told; returns its id. Raises when it cannot: then the
    call fails too. It is the last that a call does: the transaction may end with it."""
    scope = scopes.current()
    at = datetime.now(UTC)
    unit_no = scope.unit_no if call.unit_no is None else call.unit_no
    columns: Sequence[str] = sorted(call.columns)
    body = msgspec.json.encode(
        {
            "at": at.isoformat(),
            "unit": unit_no,
            "door": call.door,
            "result": result,
            "grant": scope.grant_no,
            "account": scope.account_id,
            "person": scope.person_id,
            "role": scope.role,
            "params": call.params_hash.hex(),
            "columns": columns,
            "rows": call.row_count,
            "subjects": hashlib.sha256(b"".join(s.bytes for s in sorted(call.subjects))).hexdigest(),
            "note": call.note,
            "error": error,
            "request": scope.request_id,
        },
        order="deterministic",
    )
    leaf = hashlib.sha256(b"\x00" + body).digest()
    told = outbox.taken()
    values = (
        *((told,) if told else ()), unit_no, at, call.door, result, scope.grant_no, scope.account_id, scope.person_id,
        scope.role, call.params_hash, list(columns), call.row_count, call.note or error, scope.request_id, body, leaf,
    )  # fmt: skip
    names_people = bool(call.subjects and call.columns)
    entry = (WITH_FACTS[outbox.statement()] if told else INSERT, values)
    (((entry_id,),),) = prepared.several((entry,), is_last=not names_people)
    if names_people:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into audit_subject (unit_no, subject_id, entry_id, at) select %s, unnest(%s::uuid[]), %s, %s",
                [unit_no, list(call.subjects), entry_id, at],
            )
    return entry_id
