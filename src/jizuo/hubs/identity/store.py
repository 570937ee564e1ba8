"""The web session with the sign-on it hangs on: Django's own table, read together with ``sso_session`` in one query.

A session whose sign-on has ended, timed out or is missing reads as empty, so its holder is signed out at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from jizuo.ground import prepared
from jizuo.hubs.identity.actions import sessions

#: How fine `last_seen_at` is kept: one write a minute and session at most.
SEEN_EVERY = timedelta(seconds=60)
READ = """
select s.session_data, s.expire_date, o.sid, o.account_id, o.is_own_device, o.last_seen_at, o.idle_seconds, o.ends_at,
       o.purpose, o.grant_no, o.org_id, o.about,
       exists (select 1 from passkey p where p.account_id = o.account_id)
from django_session s left join sso_session o on o.session_key = s.session_key and o.session_key <> ''
where s.session_key = %s::text
"""


@dataclass(frozen=True, slots=True)
class SignOn:
    """The live sign-on behind a web session; the fields after `ends_at` as in `models.SsoSession`. has_key: the account has a
    passkey now, in whichever session it was registered."""

    sid: UUID
    account_id: UUID
    is_own_device: bool
    ends_at: datetime
    purpose: str = ""
    grant_no: int | None = None
    org_id: UUID | None = None
    about: str = ""
    has_key: bool = False


class SessionStore(db.SessionStore):
    """SESSION_ENGINE. `sign_on` is None while nobody is signed in."""

    sign_on: SignOn | None = None

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        found = prepared.rows(READ, (self.session_key,))
        if not found:
            self._session_key = None
            return {}
        data, expires_at, sid, account_id, is_own_device, seen_at, idle_seconds, ends_at, *kind = found[0]
        held = self.decode(data)
        if sid is None:
            if SESSION_KEY in held or expires_at <= now:
                self._session_key = None
                return {}
            return held
        why = _over(now, seen_at, idle_seconds, min(ends_at, expires_at))
        if why:
            sessions.end_key(self.session_key, why=why)
            self.delete(self.session_key)
            self._session_key = None
            return {}
        self.sign_on = SignOn(sid, account_id, is_own_device, ends_at, *kind)
        if now - seen_at >= SEEN_EVERY:
            with connection.cursor() as cursor:
                cursor.execute("update sso_session set last_seen_at = %s where sid = %s", [now, sid])
        return held

    def cycle_key(self) -> None:
        """A new key for the same session; its sign-on goes along."""
        old = self.session_key
        super().cycle_key()
        if old:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update sso_session set session_key = %s where session_key = %s", [self.session_key, old]
                )

    def flush(self) -> None:
        """Sign out: the sign-on ends with the session."""
        sessions.end_key(self.session_key, why="signed_out")
        super().flush()
        self.sign_on = None


def _over(now: datetime, seen_at: datetime, idle_seconds: int | None, ends_at: datetime) -> str:
    if now >= ends_at:
        return "expired"
    if idle_seconds is not None and now - seen_at >= timedelta(seconds=idle_seconds):
        return "idle"
    return ""
