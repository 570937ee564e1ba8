"""Statements that every call runs: a connection reads and plans each of them once.

Their parameters travel beside the text, so that a parameter whose type the statement does not say needs a cast. One plan
serves every value: such a statement finds its rows by key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

#: Statements that one connection keeps; the one that was used longest ago goes first.
MOST = 200
#: Where a psycopg connection keeps them.
_HELD = "jizuo_prepared"
_PLACE = re.compile(r"%%|%s|%\(([a-z_]+)\)s")
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
#: A plan that is gone, or that a change of its table made unfit: the next call prepares it anew.
_STALE = (b"26000", b"0A000")


@dataclass(slots=True)
class _Held:
    """What a connection has prepared: (text, types of its parameters) -> name. transformer: psycopg's, values to and from the
    server; count: of all that were ever prepared."""

    transformer: Any
    names: dict[tuple[bytes, tuple[int, ...]], bytes] = field(default_factory=dict)
    count: int = 0


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    """Run one statement that answers with rows, values by place (``%s``) or by name. Where somebody counts or logs
    statements, or the transaction is not a plain one, it takes Django's way and is not prepared."""
    return several(((statement, values),))[0]


def several(parts: Sequence[tuple[str, Any]], *, is_last: bool = False) -> list[list[tuple[Any, ...]]]:
    """The rows of statements that go to the server together, each one seeing what the others before it have done; no value
    may depend on what another answers. is_last: nothing follows in this transaction, so its commit may travel with them."""
    db = connections[DEFAULT_DB_ALIAS]
    # A request that asks nothing before takes its connection of the pool here, with what was prepared on it.
    db.ensure_connection()
    line = db.connection
    if line is None or db.queries_logged or db.execute_wrappers or line.isolation_level is not None:
        return [_counted(db, *part) for part in parts]
    state = line.pgconn.transaction_status
    if state not in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
        return [_counted(db, *part) for part in parts]
    db.validate_thread_sharing()
    db.validate_no_broken_transaction()
    is_plain = db.in_atomic_block and not db.savepoint_ids
    with db.wrap_database_errors:
        is_first = state == TransactionStatus.IDLE and not line.autocommit
        return _run(line, parts, is_first=is_first, is_last=is_last and is_plain)


def _counted(db: Any, statement: str, values: Any) -> list[tuple[Any, ...]]:
    db.ensure_connection()
    made = psycopg.Cursor(db.connection)
    with db.make_debug_cursor(made) if db.queries_logged else db.make_cursor(made) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _run(
    line: psycopg.Connection[Any], parts: Sequence[tuple[str, Any]], *, is_first: bool, is_last: bool
) -> list[list[tuple[Any, ...]]]:
    """is_first, is_last: the transaction begins or ends on the same way to the server."""
    held: _Held | None = getattr(line, _HELD, None)
    if held is None:
        held = _Held(Transformer(line))
        setattr(line, _HELD, held)
    made = [_prepared(line, held, *part) for part in parts]
    if len(made) == 1 and not is_first and not is_last:
        ((_key, name, told),) = made
        results = [line.pgconn.exec_prepared(name, told)]
    else:
        results = _together(line, made, is_first=is_first, is_last=is_last)
    found = []
    for (key, _name, _told), result in zip(made, results, strict=True):
        if result is not None and result.error_field(DiagnosticField.SQLSTATE) in _STALE:
            held.names.pop(key, None)
        held.transformer.set_pgresult(_checked(line, result))
        found.append(held.transformer.load_rows(0, result.ntuples, tuple))
    return found


def _prepared(
    line: psycopg.Connection[Any], held: _Held, statement: str, values: Any
) -> tuple[Any, bytes, Any]:
    """Key and name of a statement that the connection has prepared, and its values as they travel."""
    text, keys = numbered(statement)
    given = [values[key] for key in keys] if keys else values
    told = held.transformer.dump_sequence(given, (PyFormat.TEXT,) * len(given))
    key = (text, held.transformer.types)
    name = held.names.pop(key, None)
    if name is None:
        while len(held.names) >= MOST:
            # By the protocol, for a pooler between us and the server gives the names others and reads no SQL.
            _checked(line, line.pgconn.close_prepared(held.names.pop(next(iter(held.names)))))
        held.count += 1
        name = f"jizuo_{held.count}".encode()
        _checked(line, line.pgconn.prepare(name, text, held.transformer.types))
    held.names[key] = name
    return key, name, told


def _together(
    line: psycopg.Connection[Any], made: Sequence[tuple[Any, bytes, Any]], *, is_first: bool, is_last: bool
) -> list[Any]:
    """The results of prepared statements that are sent in one go. Raises what the beginning or the end of the transaction
    was refused with, where the statements themselves were not."""
    pgconn = line.pgconn
    pgconn.enter_pipeline_mode()
    try:
        if is_first:
            pgconn.send_query_params(b"begin", None)
        for _key, name, told in made:
            pgconn.send_query_prepared(name, told)
        if is_last:
            pgconn.send_query_params(b"commit", None)
        pgconn.pipeline_sync()
        results = line.wait(_answers(pgconn, len(made) + is_first + is_last))
    finally:
        # Of a lost line nothing more comes, and it is thrown away whole.
        if pgconn.status == ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    if is_first:
        _checked(line, results.pop(0))
    if is_last:
        ended = results.pop()
        if all(one.status in _GOOD for one in results):
            _checked(line, ended)
    return results


def _answers(pgconn: Any, count: int) -> Any:
    """So many results of a pipeline, as psycopg waits for them: other threads run meanwhile."""
    found = []
    for _one in range(count):
        result = yield from generators.fetch(pgconn)
        if result is None:
            raise psycopg.OperationalError(pgconn.get_error_message())
        pgconn.get_result()
        found.append(result)
    yield from generators.fetch(pgconn)
    return found


def _checked(line: psycopg.Connection[Any], result: Any) -> Any:
    if result is None or result.status not in _GOOD:
        # A lost line has no code of the server's; whoever waits for the database to come back knows it by its kind.
        if result is None or line.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError(line.pgconn.get_error_message())
        raise psycopg.errors.error_from_result(result)
    return result


@lru_cache(maxsize=1_024)
def numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with its parameters as the server numbers them, and their names in that order; none for ``%s``."""
    keys: dict[str, int] = {}
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        if found[1]:
            return f"${keys.setdefault(found[1], len(keys) + 1)}"
        count += 1
        return f"${count}"

    return _PLACE.sub(place, statement).encode(), tuple(keys)


def array(values: Iterable[object]) -> str:
    """Numbers or ids as the text of an array, for a parameter with a cast (``%s::int[]``, ``%s::uuid[]``)."""
    return "{" + ",".join(map(str, values)) + "}"
