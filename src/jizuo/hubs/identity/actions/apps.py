"""Applications that people sign in to: registered, given secrets, switched off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import tokens
from jizuo.hubs.identity.models import App, AppSecret
from jizuo.hubs.identity.rules import apps as rules
from jizuo.hubs.identity.rules.apps import Registration

REGISTRARS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK)
#: Two secrets hold at once for so long while the vendor changes over.
OVERLAP = timedelta(days=7)


@action(title="登记应用", roles=REGISTRARS, second_factor=True)
def register_app(*, unit_no: int, registration: Registration) -> str:
    """Register an installation at a unit within reach, or at the base by its operator; returns its client id. Raises
    BadInput with each rule broken, NotFound for a unit out of reach."""
    return add(unit_no, registration)


def add(unit_no: int, registration: Registration) -> str:
    """`register_app` inside another action, where the own door has checked who may."""
    _within(unit_no)
    if faults := rules.faults(registration):
        problems = [Problem(where, str(what), str(fix)) for where, what, fix in faults]
        raise BadInput(problems[0].what, problems=problems)
    client_id = tokens.fresh()
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in registration.values().items()
    }
    sector = registration.sector or _sector(registration) or client_id
    App.objects.create(client_id=client_id, unit_no=unit_no, **{**values, "sector": f"{unit_no}.{sector}"})
    audit.note(f"app {client_id} at unit {unit_no}")
    return client_id


@action(title="更换应用密钥", roles=REGISTRARS, second_factor=True)
def new_secret(*, client_id: str) -> str:
    """A new client secret, shown once; the ones before hold for another week. Raises NotFound."""
    return add_secret(client_id)


def add_secret(client_id: str) -> str:
    """`new_secret` inside another action."""
    app = held(client_id)
    secret, now = tokens.fresh(), entry.now()
    before = AppSecret.objects.filter(app=app, ends_at=None)
    before.update(ends_at=now + OVERLAP)
    AppSecret.objects.create(
        secret_hash=tokens.hash_of(secret), app=app, tail=secret[-4:], made_at=now, ends_at=None
    )
    audit.note(f"app {client_id}")
    return secret


@action(title="停用应用", roles=REGISTRARS, second_factor=True)
def switch_app(*, client_id: str, is_active: bool) -> None:
    """Switch an installation on or off; off, none of its tokens opens anything. Raises NotFound."""
    app = held(client_id)
    app.is_active, app.changed_at = is_active, entry.now()
    app.save(update_fields=["is_active", "changed_at"])
    audit.note(f"app {client_id}")


def held(client_id: str) -> App:
    """An installation within reach, locked; raises NotFound."""
    found = (
        App.objects.select_for_update()
        .filter(client_id=client_id, unit_no__in=scopes.current().units)
        .first()
    )
    if found is None:
        raise NotFound(_("没有这个应用"), fix=_("请从应用列表中选择"))
    return found


def _within(unit_no: int) -> None:
    if unit_no not in scopes.current().units:
        raise NotFound(_("没有这个单位"), fix=_("请从单位列表中选择"))


def _sector(registration: Registration) -> str:
    """The one host of its addresses; empty for several, or none."""
    told = (*registration.redirect_uris, *registration.cas_services, *registration.plain_addresses)
    hosts = {urlsplit(uri).hostname or "" for uri in told}
    return hosts.pop() if len(hosts) == 1 else ""
