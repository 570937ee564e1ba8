"""Applications that people sign in to: registered, given secrets, switched off."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_sign_ons, tokens
from jizuo.hubs.identity.models import App, AppSecret, Consent
from jizuo.hubs.identity.rules import apps as rules
from jizuo.hubs.identity.rules.apps import Registration

REGISTRARS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK)
#: Two secrets hold at once for so long while the vendor changes over.
OVERLAP = timedelta(days=7)
#: How long the first sign-in of an application is watched.
WATCH = timedelta(minutes=15)


@action(title="登记应用", roles=REGISTRARS, second_factor=True)
def register_app(*, unit_no: int, registration: Registration) -> str:
    """Register an installation at a unit within reach, or at the base by its operator; returns its client id. Raises
    BadInput with each rule broken, NotFound for a unit out of reach."""
    return add(unit_no, registration)


def add(unit_no: int, registration: Registration) -> str:
    """`register_app` inside another action, where the own door has checked who may."""
    _within(unit_no)
    refuse(registration)
    client_id = tokens.fresh()
    values = values_of(registration)
    sector = registration.sector or _sector(registration) or client_id
    App.objects.create(client_id=client_id, unit_no=unit_no, **{**values, "sector": f"{unit_no}.{sector}"})
    audit.note(f"app {client_id} at unit {unit_no}")
    return client_id


@action(title="更换应用密钥", roles=REGISTRARS, second_factor=True)
def new_secret(*, client_id: str) -> str:
    """A new client secret, shown once; the ones before hold for another week. Raises NotFound, and Conflict for an
    application that has none."""
    app = own(client_id)
    if app.token_auth not in (rules.BY_HEADER, "client_secret_post") and not (
        app.cas_services or app.plain_addresses
    ):
        raise Conflict(_("这个应用不用密钥"), fix=_("它靠公钥或只靠 PKCE 验证"))
    live = AppSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=entry.now()), app=app)
    if live.count() > 1:
        raise Conflict(_("已经有两个密钥同时有效"), fix=_("请等旧的到期，或先作废它，再换新的"))
    return add_secret(client_id)


def add_secret(client_id: str) -> str:
    """`new_secret` inside another action."""
    app = held(client_id)
    secret, now = tokens.fresh(), entry.now()
    before = AppSecret.objects.filter(app=app)
    before.filter(ends_at=None).update(ends_at=now + OVERLAP)
    AppSecret.objects.create(
        secret_hash=tokens.hash_of(secret), app=app, tail=secret[-4:], made_at=now, ends_at=None
    )
    audit.note(f"app {client_id}")
    return secret


@action(title="作废应用密钥", roles=REGISTRARS, second_factor=True)
def end_secret(*, client_id: str, made_at: datetime) -> None:
    """End the secret made at this instant now. Raises NotFound for one that is over, Conflict for the only one left of an
    application that is switched on."""
    app, now = own(client_id), entry.now()
    live = AppSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), app=app)
    wanted = live.filter(made_at=made_at)
    if not wanted.exists():
        raise NotFound(_("没有这个密钥"), fix=_("它可能早已作废"))
    if app.is_active and live.count() == 1:
        raise Conflict(_("这是唯一的密钥，作废后应用就登录不了"), fix=_("请先换一个新密钥，或停用应用"))
    wanted.update(ends_at=now)
    audit.note(f"app {client_id}")


@action(title="修改应用", roles=REGISTRARS, second_factor=True)
def change_app(*, client_id: str, registration: Registration) -> int:
    """Change an installation; returns how many people will be asked again, because it reaches further than what they
    agreed to. Its kind of subject stays, so people stay who they are. Where it may read less, or the school takes its word
    back, it loses what it holds at once. Raises NotFound, BadInput with each rule broken."""
    app = own(client_id)
    refuse(registration)
    before = registration_of(app)
    values = values_of(registration)
    del values["sector"]
    asked = 0
    if rules.grows(before, registration):
        asked = (
            Consent.objects.filter(app=app, version=app.version, withdrawn_at=None)
            .values("account_id").distinct().count()
        )  # fmt: skip
        values["version"] = app.version + 1
    App.objects.filter(pk=client_id).update(**values, changed_at=entry.now())
    if rules.shrinks(before, registration):
        app_sign_ons.end_parts(client_id=client_id, account_id=None, why="revoked")
    audit.note(f"app {client_id}")
    return asked


def registration_of(app: App) -> Registration:
    """An application as it stands, in the form it is registered in."""
    found: dict[str, Any] = {}
    for one in fields(Registration):
        value = getattr(app, one.name)
        found[one.name] = tuple(value) if isinstance(value, list) else value
    return Registration(**found)


def refuse(registration: Registration) -> None:
    """Raise BadInput with each rule broken."""
    if faults := rules.faults(registration):
        problems = [Problem(where, str(what), str(fix)) for where, what, fix in faults]
        raise BadInput(problems[0].what, problems=problems)


def values_of(registration: Registration) -> dict[str, Any]:
    """A registration as columns of `models.App`."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in registration.values().items()
    }


@action(title="停用应用", roles=REGISTRARS, second_factor=True)
def switch_app(*, client_id: str, is_active: bool) -> int:
    """Switch an installation on or off; off, its tokens are dead, its part in open sign-ons ends and it is told so.
    Returns how many people were signed in there. Raises NotFound."""
    app = own(client_id)
    App.objects.filter(pk=app.pk).update(is_active=is_active, changed_at=entry.now())
    audit.note(f"app {client_id} {'on' if is_active else 'off'}")
    return 0 if is_active else app_sign_ons.end_parts(client_id=client_id, account_id=None, why="revoked")


@action(title="看着应用登录", roles=REGISTRARS)
def watch_app(*, client_id: str) -> datetime:
    """Keep the good messages of an application too for the next quarter of an hour; returns its end. Raises NotFound."""
    own(client_id)
    until = entry.now() + WATCH
    App.objects.filter(pk=client_id).update(watched_until=until)
    return until


def own_unit() -> int:
    """The unit whose installations the acting role keeps: the base's for its operator, the own one for anybody else."""
    scope = scopes.current()
    return scopes.BASE_UNIT if scope.role == scopes.OPERATOR else scope.unit_no


def seen(client_id: str) -> App:
    """An installation of the own unit, to be read; raises NotFound as `own` does."""
    found = App.objects.filter(client_id=client_id, unit_no=own_unit()).first()
    if found is None or found.unit_no not in scopes.current().units:
        raise NotFound(_("没有这个应用"), fix=_("请从应用列表中选择"))
    return found


def own(client_id: str) -> App:
    """An installation of the own unit, locked; raises NotFound for any other, as if there were none."""
    app = held(client_id)
    if app.unit_no != own_unit():
        raise NotFound(_("没有这个应用"), fix=_("请从应用列表中选择"))
    return app


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
