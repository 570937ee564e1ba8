"""A clerk's desk, and people who are locked out or did something odd, for the tests of sign-ins."""

from __future__ import annotations

from tests.hubs.identity.conftest import sign_in

AGENT = "Mozilla/5.0 (Windows NT 10.0) Chrome/120"
TABS = ("sign-ins", "sign-ins/events", "sign-ins/locks", "sign-ins/odd")


def locked(base, account, address):
    """Fail until the account is locked there."""
    client = base.client(REMOTE_ADDR=address, HTTP_USER_AGENT=AGENT)
    for _ in range(5):
        sign_in(client, account, "bu-dui-de-mima")
    assert sign_in(client, account).status_code == 429
    return client


def noticed(account, kind="awake"):
    """An anomaly of the account, told as the entrance tells it."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import watching
    from jizuo.hubs.identity.rules.anomalies import Kind

    with scopes.use(scopes.Scope(role=entry.SELF, unit_no=0, units=(0,), account_id=account.pk)):
        watching.tell_arrival(account_id=account.pk, kinds=[Kind(kind)], network="10.9.8.0/24", count=1)


def with_factor(base, desk):
    """Give the clerk a second factor, just shown."""
    import time

    session = desk.session
    session["second_factor_at"] = time.time()
    session.save()
