"""Counting what `rules.anomalies` judges, and telling what is odd as a row and a fact, without personal values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from jizuo.ground import acting, audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import SELF, Browser
from jizuo.hubs.identity.rules import anomalies, limits
from jizuo.hubs.identity.rules.anomalies import Arrival, Kind

#: The fact: something odd about sign-ins, in a unit whose people it concerns. payload: anomaly (id), kind.
NOTICED = "SignInAnomalyNoticed"
MOST_ACCOUNTS = 200
KNOWN = """
select (select coalesce((select max(last_seen_at) from sso_session where account_id = a.id and purpose = ''), a.activated_at)
   from account a where a.id = %(account)s),
  exists (select 1 from sign_in_event where account_id = %(account)s and what = 'sign_in' and outcome = 'ok'
          and mark = %(mark)s),
  exists (select 1 from sign_in_event where account_id = %(account)s and what = 'sign_in' and outcome = 'ok'),
  array(select distinct network from sign_in_event where account_id = %(account)s and what = 'sign_in'
        and outcome = 'ok' and at > %(lately)s and mark <> %(mark)s),
  (select count(distinct e.account_id) from sign_in_event e join sso_session s on s.sid = e.sid
   where %(mark)s <> ''::bytea and e.mark = %(mark)s and e.at > %(today)s and s.is_own_device
     and e.account_id <> %(account)s)
"""
FAILED = """
select (select count(distinct account_id) + count(*) filter (where account_id is null) from sign_in_event
        where origin = %(origin)s and at > %(since)s and outcome in ('wrong', 'locked')),
       (select count(distinct account_id) from sign_in_event
        where origin = %(origin)s and at > %(since)s and what = 'sign_in' and outcome = 'ok'),
       array(select distinct account_id from sign_in_event where origin = %(origin)s and at > %(since)s
             and outcome in ('wrong', 'locked') and account_id is not null limit %(most)s)
"""
ASKED = """
select count(distinct target), array(
  select distinct a.id from one_time_code c join account a on a.id = c.account_id or a.phone_blind = c.target
  where c.address = %(address)s and c.made_at > %(since)s and c.target is not null limit %(most)s)
from one_time_code where address = %(address)s and made_at > %(since)s and target is not null
"""


def look(
    account_id: UUID,
    roles: Collection[str],
    address: str,
    known: Browser,
    now: datetime,
    *,
    is_own_device: bool,
) -> Arrival:
    """What was known of the account before the sign-in that is just beginning. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            KNOWN,
            {
                "account": account_id, "mark": known.mark, "lately": now - anomalies.PLACES_WITHIN,
                "today": now - anomalies.CROWD_WITHIN,
            },
        )  # fmt: skip
        before, knows_device, has_past, elsewhere, others = cursor.fetchone()
    return Arrival(
        is_admin=limits.group(roles) == "admin",
        at=now,
        network=anomalies.network_of(address),
        before=before,
        knows_device=knows_device,
        has_past=has_past,
        elsewhere=tuple(elsewhere),
        on_device=others + 1 if is_own_device else 0,
    )


@action(title="登记登录异常", roles=[SELF])
def tell_arrival(*, account_id: UUID, kinds: Sequence[Kind], network: str, count: int) -> None:
    """Tell what is odd about the sign-in of this account from this browser. count: accounts on the device."""
    for kind in kinds:
        known = entry.browser()
        about = (known.mark.hex(),) if kind is Kind.CROWD else (account_id, known.mark.hex())
        tell(kind, about, [account_id], network=network, count=count if kind is Kind.CROWD else 1)


def after_failure(failures: int) -> None:
    """Inside the action that failed: see whether one address tries many names. failures: the address's tally; the names
    are counted at every fifth."""
    if failures < anomalies.SPRAY_NAMES or failures % 5:
        return
    scope = scopes.current()
    values = {
        "origin": entry.address_hash(scope.address),
        "since": entry.now() - anomalies.SPRAY_WITHIN,
        "most": MOST_ACCOUNTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(FAILED, values)
        failed, arrived, account_ids = cursor.fetchone()
    if anomalies.is_spray(failed, arrived):
        network = anomalies.network_of(scope.address)
        tell(Kind.SPRAY, (scope.address,), account_ids, network=network, count=failed)


def after_code(address: str) -> None:
    """Inside the action that made a code to be sent: see whether one address asks for many people's."""
    values = {
        "address": entry.address_hash(address),
        "since": entry.now() - anomalies.CODES_WITHIN,
        "most": MOST_ACCOUNTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(ASKED, values)
        targets, account_ids = cursor.fetchone()
    if anomalies.is_burst(targets):
        tell(Kind.CODES, (address,), account_ids, network=anomalies.network_of(address), count=targets)


def tell(
    kind: Kind, about: Sequence[object], account_ids: Sequence[UUID], *, network: str, count: int
) -> None:
    """One anomaly, as a row and as a fact in each unit where these accounts have a role; nothing when the same was told
    a while ago. about: what makes it the same one."""
    now = entry.now()
    key = entry.tally_key(f"odd.{kind}", *about)
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from sign_in_anomaly where about = %s and at > %s)",
            [key, now - anomalies.QUIET[kind]],
        )
        if cursor.fetchone()[0]:
            return
        anomaly_id = new_id()
        cursor.execute(
            "insert into sign_in_anomaly (id, kind, about, account_ids, network, device, count, at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [anomaly_id, kind, key, list(account_ids), network, entry.browser().device, count, now],
        )
        cursor.execute(
            "select distinct unit_no from acting_grant where account_id = any(%s) and begin_on <= %s"
            " and (end_on is null or end_on > %s) limit 50",
            [list(account_ids), acting.today(), acting.today()],
        )
        units = [unit_no for (unit_no,) in cursor.fetchall()]
    for unit_no in units or [scopes.BASE_UNIT]:
        facts.tell(NOTICED, unit_no=unit_no, anomaly=str(anomaly_id), kind=str(kind))
    audit.note(f"odd: {kind}")
