"""Who asks, in which role, how far.

The acting role stands in the address; its reach is that role's alone, never the union of all roles of
a person. A scope is an immutable value in a context variable. Reading without one raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from jizuo.ground import catalogue_state, outbox, prepared

#: The base itself as a unit: entries and rows that belong to no school (operators only).
BASE_UNIT = 0

OPERATOR = "operator"
DISTRICT_ADMIN = "district_admin"
DISTRICT_STEWARD = "district_steward"
DISTRICT_LEADER = "district_leader"
SECURITY_OFFICER = "security_officer"
HEAD = "head"
CLERK = "clerk"
HOMEROOM_TEACHER = "homeroom_teacher"
TEACHER = "teacher"
PUPIL = "pupil"
GUARDIAN = "guardian"

DISTRICT_ROLES = frozenset({DISTRICT_ADMIN, DISTRICT_STEWARD, DISTRICT_LEADER, SECURITY_OFFICER})
SCHOOL_ROLES = frozenset({HEAD, CLERK})
CLASS_ROLES = frozenset({HOMEROOM_TEACHER, TEACHER})
FAMILY_ROLES = frozenset({PUPIL, GUARDIAN})
STAFF_ROLES = DISTRICT_ROLES | SCHOOL_ROLES | CLASS_ROLES | {OPERATOR}
ROLES = STAFF_ROLES | FAMILY_ROLES

#: Not acting roles: a signed-in account on its own pages, whoever stands before the sign-in, a screen and a scanner.
SELF = "self"
VISITOR = "visitor"
#: A classroom screen that shows one class for one lesson; it opens nothing but the pages of screens.
SCREEN = "screen"
#: A registered scanner of student codes, by the role of whoever let it in; it opens its own doors alone.
SCANNER = "scanner"
#: Whoever reads by a sharing contract, for the length of that one call; no door grants it and no grant holds it.
READER = "reader"


#: Always the local form: a session's setting would stay on the connection for the next caller (RLS-5). What `prepared` runs
#: has one plan for every value.
SET_SCOPE = (
    "select set_config('app.units', %s, true), set_config('app.grant', %s, true),"
    " set_config('app.door', %s, true), set_config('app.batch', %s, true),"
    " set_config('plan_cache_mode', 'force_generic_plan', true), " + catalogue_state.STATE
)


class NoScope(RuntimeError):
    """Something reached for rows before anyone said who asks."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The acting role of one request or job.

    units: every unit the role reaches (row security uses exactly this list). org_ids: the classes of a
    class role; child_ids: the children of a guardian. today: the civil day, taken once.
    stepped_up: a second factor was given recently in this session; level: how strong it was (`ground.strength`), 0 for
    none. has_key: the account has a passkey.
    """

    role: str
    unit_no: int
    units: tuple[int, ...]
    grant_no: int | None = None
    account_id: UUID | None = None
    person_id: UUID | None = None
    org_ids: tuple[UUID, ...] = ()
    child_ids: tuple[UUID, ...] = ()
    today: date = field(default_factory=date.today)
    request_id: str = ""
    address: str = ""
    stepped_up: bool = False
    level: int = 0
    has_key: bool = False
    session_key: str = ""


_current: ContextVar[Scope | None] = ContextVar("jizuo_scope", default=None)
_in_transaction: ContextVar[bool] = ContextVar("jizuo_in_transaction", default=False)
_known: ContextVar[dict[str, Any] | None] = ContextVar("jizuo_known", default=None)


def current() -> Scope:
    """The scope in force; raises `NoScope` when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoScope("no scope: open a door with scope.use(...) around it")
    return scope


def current_or_none() -> Scope | None:
    """The scope in force or None (signed-out pages)."""
    return _current.get()


@contextmanager
def use(scope: Scope | None) -> Iterator[Scope | None]:
    """Put `scope` in force for the block. Raises inside a door's transaction: a reach never changes midway."""
    if _in_transaction.get() and scope != _current.get():
        raise RuntimeError("the scope cannot change inside a transaction")
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def in_transaction() -> bool:
    """True inside the outermost door's transaction."""
    return _in_transaction.get()


def known() -> dict[str, Any]:
    """What was found out about the scope in this transaction and does not change in it, by name; nothing outlives it."""
    held = _known.get()
    return {} if held is None else held


def units_text(units: tuple[int, ...]) -> str:
    """The array literal that the wall's policy reads."""
    return prepared.array(units)


@contextmanager
def open_transaction(door: str, *, batch_id: str = "") -> Iterator[None]:
    """The one transaction, with the current scope set for its length only (RLS-5).

    Opened by the outermost door; also by fact handlers, jobs' chunks and the command line. `door` and
    `batch_id` go into every history row written meanwhile.
    """
    scope = current()
    if connection.in_atomic_block:
        raise RuntimeError("a door opens the only transaction, and one is open already")
    with transaction.atomic():
        ((*_set, state),) = prepared.rows(
            SET_SCOPE, (units_text(scope.units), str(scope.grant_no or ""), door, batch_id)
        )
        catalogue_state.note(state)
        token, box, known = _in_transaction.set(True), outbox.open_box(), _known.set({})
        try:
            yield
            outbox.write_kept()
        finally:
            outbox.shut_box(box)
            _known.reset(known)
            _in_transaction.reset(token)


def set_batch(batch_id: UUID | None) -> None:
    """Name the import batch that the rest of this transaction writes for (kept in history)."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.batch', %s, true)", [str(batch_id or "")])


def base_scope(units: tuple[int, ...] = (), *, role: str = OPERATOR) -> Scope:
    """The scope of the command line on the machine itself: the base, and `units` when named."""
    return Scope(role=role, unit_no=BASE_UNIT, units=tuple(dict.fromkeys((BASE_UNIT, *units))))
