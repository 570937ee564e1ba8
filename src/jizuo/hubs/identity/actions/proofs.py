"""What was shown in a session, and when: at its sign-in and at each step-up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from jizuo.hubs.identity.rules import strength


def keep(sid: UUID, methods: Sequence[str], at: datetime) -> None:
    """Note that these were shown at `at`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into sign_in_proof (sid, method, at) select %s, unnest(%s::text[]), %s",
            [sid, list(methods), at],
        )


def add(session_key: str, method: str, at: datetime) -> None:
    """Note one more proof in the session of this key; nothing when it has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into sign_in_proof (sid, method, at) select sid, %s, %s from sso_session"
            " where session_key = %s and session_key <> ''",
            [method, at, session_key],
        )


def is_fresh(session_key: str, now: datetime) -> bool:
    """Whether something was shown here in this session a short while ago (`rules.strength.FRESH`). What a source vouches
    for does not count: it may have been silent, and whoever runs a source must not leave a way in behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from sign_in_proof p join sso_session s using (sid)"
            " where s.session_key = %s and s.session_key <> '' and p.at > %s"
            " and p.method <> all(%s))",
            [session_key, now - strength.FRESH, sorted(strength.ELSEWHERE | {strength.SECOND})],
        )
        return bool(cursor.fetchone()[0])
