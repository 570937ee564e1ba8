"""What an application sent while it was being connected: kept for seven days, so that its vendor sees which rule it
broke. Every protocol notes what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from jizuo.ground import prepared
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import tokens
from jizuo.hubs.identity.rules import app_messages as rules
from jizuo.hubs.identity.rules.openid import Client

KEPT = timedelta(days=7)
#: Whoever knows a client id can send nonsense in its name: the newest of one application are kept, no more.
MOST = 100
NOTE = f"""
with old as (
  delete from app_message where id in (
    select id from app_message where client_id = %(client)s::text order by at desc offset {MOST - 1}))
insert into app_message (id, client_id, at, place, rule, code, words, said)
select %(id)s::uuid, a.client_id, %(now)s::timestamptz, %(place)s::text,
  case when not a.is_active then 'off'
       when %(rule)s::text = 'secret' and exists (select 1 from app_secret p where p.client_id = a.client_id
         and p.secret_hash = %(secret)s::bytea and p.ends_at <= %(now)s::timestamptz) then 'secret_over'
       else %(rule)s::text end,
  %(code)s::text, %(words)s::text, %(said)s::jsonb
from app a where a.client_id = %(client)s::text
  and (not %(usual)s::boolean or a.watched_until > %(now)s::timestamptz) returning 1
"""


def refused(
    client_id: str, place: str, code: str, words: str, given: Mapping[str, Any], *, secret: str = ""
) -> None:
    """Keep a refused message of a registered application. place, code, words: as in `models.AppMessage`; given: its
    parameters, or lists of them, as they came; secret: the one it showed, to say whether it is an old one."""
    if not client_id or len(client_id) > 64 or "\0" in client_id:
        return
    rule = rules.rule_of(code, words)
    _note(client_id, place, rule, code, words, given, secret=secret, is_usual=code in rules.USUAL)


def good(client: Client, place: str, given: Mapping[str, Any]) -> None:
    """Keep a good message of an application whose first sign-in somebody watches."""
    if client.watched_until is not None and entry.now() < client.watched_until:
        _note(client.client_id, place, "", "", "", given)


def _note(
    client_id: str, place: str, rule: str, code: str, words: str, given: Mapping[str, Any], *, secret: str = "",
    is_usual: bool = False,
) -> None:  # fmt: skip
    prepared.rows(
        NOTE,
        {
            "id": new_id(), "client": client_id, "now": entry.now(), "place": place, "rule": rule, "code": code[:60],
            "words": words[:200], "said": json.dumps(rules.shown(given), ensure_ascii=False),
            "secret": tokens.hash_of(secret) if secret else None, "usual": is_usual,
        },
    )  # fmt: skip


def forget_old() -> int:
    """Remove messages older than a week; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from app_message where at < %s", [entry.now() - KEPT])
        return cursor.rowcount
