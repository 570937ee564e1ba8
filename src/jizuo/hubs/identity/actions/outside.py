"""Signing in from elsewhere: an attempt goes out and is taken once, whoever comes back is found, and a sign-out there
ends the sessions here.

Nobody is found by a name. A subject of a source is one account's; a claim links only what the source is trusted for.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import acting, audit, facts, keys
from jizuo.ground.doors import action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import sessions, signin
from jizuo.hubs.identity.actions.sources import opened
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import (
    Account,
    OutsideAttempt,
    OutsideSession,
    OutsideSignIn,
    OutsideSource,
    PersonLink,
)
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.shapes import Arrival, OutsideLink
from jizuo.hubs.identity.upstream.kinds import KINDS
from jizuo.hubs.identity.upstream.shapes import Claimed, Ended, Going, Source

LIFE = timedelta(minutes=10)
#: In the web session: what binds attempts to this browser; how the sign-on just begun came about.
BROWSER, ARRIVED = "outside_browser", "outside_arrived"
UNITS = "select distinct unit_no from acting_grant where account_id = %s and (end_on is null or end_on > %s)"


def keyed(kind: str, text: str) -> bytes:
    """The keyed hash of a random value; 32 bytes."""
    return hmac.digest(keys.ring().derive(keys.Purpose.WEB), f"outside\n{kind}\n{text}".encode(), "sha256")


def seal(told: dict[str, Any], *, bound_to: str) -> bytes:
    """`told` as JSON, closed with the base's key."""
    return keys.ring().seal(keys.Purpose.IDENTIFIERS, json.dumps(told).encode(), bound_to=bound_to.encode())


def unseal(sealed: bytes, *, bound_to: str) -> dict[str, Any]:
    """What `seal` closed."""
    return dict(json.loads(keys.ring().unseal(keys.Purpose.IDENTIFIERS, sealed, bound_to=bound_to.encode())))


@action(title="去别处登录", roles=[VISITOR, SELF])
def begin_attempt(
    *,
    source_id: UUID,
    browser: Secret,
    back: str,
    following: str,
    user_agent: str,
    account_id: UUID | None = None,
    is_own_device: bool = False,
    is_again: bool = False,
) -> Going:
    """Write down an attempt of this browser; account_id: who wants to link, proven by then; is_again: a new proof is
    asked of somebody who is signed in. Raises NotFound."""
    if not OutsideSource.objects.filter(pk=source_id, is_on=True).exists():
        raise NotFound(_("没有这个登录来源"), fix=_("请从登录页重新开始"))
    going = Going(
        back, secrets.token_urlsafe(32), secrets.token_urlsafe(24), secrets.token_urlsafe(48), user_agent, is_again
    )  # fmt: skip
    OutsideAttempt.objects.create(
        state_hash=keyed("state", going.state),
        browser_hash=keyed("browser", browser.reveal),
        source_id=source_id,
        account_id=account_id,
        sealed=seal(
            {"nonce": going.nonce, "verifier": going.verifier, "again": is_again}, bound_to=going.state
        ),
        following=following[:2000],
        is_own_device=is_own_device,
        expires_at=entry.now() + LIFE,
    )
    return going


@action(title="从别处回来", roles=[VISITOR, SELF])
def take_attempt(
    *, source_id: UUID, state: Secret, browser: Secret, back: str, user_agent: str
) -> tuple[Going, UUID | None, str, bool]:
    """(what went out, who wanted to link, where it leads, own device) of an attempt of this very browser and source;
    taken once. Raises BadInput for an unknown, used, old or foreign one, all in the same words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from outside_attempt where state_hash = %s and browser_hash = %s and source_id = %s"
            " and expires_at > %s returning sealed, account_id, following, is_own_device",
            [keyed("state", state.reveal), keyed("browser", browser.reveal), source_id, entry.now()],
        )
        row = cursor.fetchone()
    if row is None:
        raise BadInput(
            _("这次登录不是从这个浏览器开始的，或已经过期、用过"),
            problems=[Problem("state", _("这次登录不能继续"), _("请从登录页重新开始"))],
        )
    held = unseal(bytes(row[0]), bound_to=state.reveal)
    going = Going(back, state.reveal, held["nonce"], held["verifier"], user_agent, bool(held.get("again")))
    return going, row[1], row[2], row[3]


@action(title="认出从别处来的人", roles=[VISITOR, SELF])
def arrive(*, source_id: UUID, claimed: Claimed) -> Arrival:
    """Who somebody is here whom a source vouches for. A first-comer is linked when a verified identifier that the source
    is trusted for names one account; else nobody is known."""
    row = OutsideSource.objects.get(pk=source_id, is_on=True)
    at = opened(row)
    known = (
        OutsideSignIn.objects.select_for_update()
        .filter(source_id=source_id, issuer=claimed.issuer, subject=claimed.subject)
        .first()
    )
    if known is None:
        account_id, proved = recognised(at, claimed)
        if account_id is None or not link(source_id, claimed, account_id, proved):
            audit.note(f"source {source_id}: nobody known")
            return Arrival()
    elif known.proved == rules.UNDONE:
        audit.note(f"source {source_id}: its owner undid this tie")
        return Arrival()
    else:
        account_id, proved = known.account_id, known.proved
    is_open = Account.objects.filter(pk=account_id, is_active=True).exists()
    if words := why_not(row, account_id, proved) if is_open else _("这个账号已停用"):
        audit.note(f"source {source_id}: account {account_id} may not")
        return Arrival(refused=words)
    now = entry.now()
    OutsideSignIn.objects.filter(source_id=source_id, account_id=account_id).update(used_at=now)
    OutsideSource.objects.filter(pk=source_id).update(used_at=now)
    audit.note(f"source {source_id}: account {account_id}")
    is_new = rules.is_new_proof(claimed.authed_at, now.timestamp())
    is_strong = is_new and rules.stands_for_factor(
        claimed.acr, claimed.amr, wanted=row.second_factor, roles=roles_of(account_id), unit_no=row.unit_no
    )
    return Arrival(account_id, is_strong, is_new=is_new)


def why_not(row: OutsideSource, account_id: UUID, proved: str) -> str:
    """Why an account may not come in through a source to which it is tied by `proved`; empty: it may."""
    if not rules.may_enter(roles_of(account_id), row.unit_no):
        return _("管理员账号不能从学校自己的登录来源进入")
    if not rules.may_open_elsewhere(proved, units_of(account_id), row.unit_no):
        return _(
            "您在别的单位也有身份，学校替您做的连接不再能登录。请用密码登录，在“我的账号”里取消它，再自己连接一次"
        )
    return ""


def recognised(at: Source, claimed: Claimed) -> tuple[UUID | None, str]:
    """(account, how it was proved) by a claim of the source; (None, "") when it names nobody or more than one, or
    somebody whom the source may not open."""
    value = rules.match_value(at.match_to, at.match_claim, claimed.claims)
    if not value:
        return None, ""
    if at.match_to == rules.LINK:
        held = PersonLink.objects.filter(
            source_id=at.id, issuer=claimed.issuer, subject=value, ended_at=None
        ).first()
        return (held.account_id, rules.BY_LINK) if held else (None, "")
    if at.match_to == rules.PHONE:
        found = Account.objects.filter(phone_blind=entry.phone_blind(value))
    elif at.match_to == rules.EMAIL:
        found = Account.objects.filter(email=value)
    else:
        found = Account.objects.filter(login_code=value)
    few = list(found.filter(is_active=True).values_list("pk", flat=True)[:2])
    if len(few) != 1:
        return None, ""
    roles, units = roles_of(few[0]), units_of(few[0])
    if not rules.may_recognise(roles, units, may_open=at.may_open, unit_no=at.unit_no):
        audit.note(f"source {at.id} is not trusted for account {few[0]}")
        return None, ""
    return few[0], rules.BY_CLAIM


def units_of(account_id: UUID) -> Collection[int]:
    """The units in which the account holds a role now or later."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS, [account_id, acting.today()])
        return {unit_no for (unit_no,) in cursor.fetchall()}


def ties(account_id: UUID) -> QuerySet[OutsideSignIn]:
    """The ways in from elsewhere that an account has; what its owner undid is none."""
    return OutsideSignIn.objects.filter(account_id=account_id).exclude(proved=rules.UNDONE)


def link(source_id: UUID, claimed: Claimed, account_id: UUID, proved: str) -> bool:
    """Tie a subject of a source to an account inside a door; False when either is tied to another already: undoing that
    takes its owner. What an owner undid is tied again by the owner or the school alone."""
    if proved in (rules.BY_LOCAL, rules.BY_SCHOOL):
        OutsideSignIn.objects.filter(
            Q(account_id=account_id) | Q(issuer=claimed.issuer, subject=claimed.subject),
            source_id=source_id,
            proved=rules.UNDONE,
        ).delete()
    is_taken = OutsideSignIn.objects.filter(source_id=source_id, account_id=account_id).exists()
    if (
        is_taken
        or OutsideSignIn.objects.filter(
            source_id=source_id, issuer=claimed.issuer, subject=claimed.subject
        ).exists()
    ):
        return False
    OutsideSignIn.objects.create(
        source_id=source_id, issuer=claimed.issuer, subject=claimed.subject, account_id=account_id, proved=proved,
        since=entry.now(),
    )  # fmt: skip
    facts.tell("SignInLinked", account_id=str(account_id), source_id=str(source_id), proved=proved)
    audit.note(f"source {source_id} linked to account {account_id} by {proved}")
    return True


@action(title="连接别处的登录", roles=[SELF])
def link_mine(*, account_id: UUID, source_id: UUID, claimed: Claimed) -> None:
    """Tie a subject to the own account, which was proved here; what others tied becomes one's own tie.
    Raises BadInput when either has another tie."""
    row = OutsideSource.objects.get(pk=source_id)
    if not rules.may_enter(roles_of(account_id), row.unit_no):
        what = _("管理员账号不能连接学校自己的登录来源")
        raise BadInput(what, problems=[Problem("source", what, _("请用基座的登录来源"))])
    held = ties(account_id).filter(source_id=source_id).first()
    if held is not None and (held.issuer, held.subject) == (claimed.issuer, claimed.subject):
        OutsideSignIn.objects.filter(pk=held.pk).update(proved=rules.BY_LOCAL)
        return
    if not link(source_id, claimed, account_id, rules.BY_LOCAL):
        raise BadInput(
            _("没有连接"),
            problems=[
                Problem("source", _("您或那边的账号已经连接过"), _("请先在“我的账号”里取消原来的连接"))
            ],
        )


@action(title="取消别处的登录", roles=[SELF])
def unlink_mine(*, account_id: UUID, link_id: UUID, password: Secret, address: str) -> None:
    """Untie one of one's own; sessions that came through it end, and it is home no more. The password proves the owner.
    Raises NotFound, BadInput for a wrong password."""
    held = ties(account_id).filter(pk=link_id).first()
    if held is None:
        raise NotFound(_("没有这个连接"), fix=_("请刷新页面"))
    prove(account_id, password, address)
    PersonLink.objects.filter(account_id=account_id, source_id=held.source_id, ended_at=None).update(
        ended_at=entry.now()
    )
    sids = list(
        OutsideSession.objects.filter(source_id=held.source_id, account_id=account_id).values_list(
            "sid", flat=True
        )
    )
    OutsideSignIn.objects.filter(pk=held.pk).update(proved=rules.UNDONE)
    sessions.end_sids(sids, why="unlinked")
    facts.tell("SignInUnlinked", account_id=str(account_id), source_id=str(held.source_id))
    audit.note(f"source {held.source_id} unlinked from account {account_id}")


@action(title="证明是本人", roles=[SELF])
def prove_me(*, account_id: UUID, password: Secret, address: str) -> None:
    """Prove the own account with its password before it is tied to something. Raises BadInput."""
    prove(account_id, password, address)


def prove(account_id: UUID, password: Secret, address: str) -> None:
    """Inside a door: the password of the account. Raises BadInput."""
    account = Account.objects.get(pk=account_id)
    if not account.password:
        what, fix = _("这个账号还没有密码"), _("请先向学校要一张纸条，设一个密码")
    elif signin.check_password(account=account, password=password, address=address):
        return
    else:
        what, fix = _("密码不对"), _("请核对后再试")
    raise BadInput(what, problems=[Problem("password", what, fix)])


@source(title="我的别处登录", roles=[SELF])
def my_links(*, account_id: UUID) -> list[OutsideLink]:
    """One's own ways in from elsewhere, the oldest first."""
    homes = set(
        PersonLink.objects.filter(account_id=account_id, is_home=True, ended_at=None).values_list(
            "source_id", flat=True
        )
    )
    rows = ties(account_id).select_related("source").order_by("since")
    return [
        OutsideLink(
            row.pk, row.source_id, row.source.name, row.proved, row.since, row.used_at,
            KINDS[row.source.kind].is_platform,
            row.source_id in homes and not why_not(row.source, account_id, row.proved),
        )
        for row in rows
    ]  # fmt: skip


def follow_sign_on(request: HttpRequest, account_id: UUID) -> None:
    """Keep what the sign-on just begun hangs on at its source; called by Django's signal. Nothing for other ways in."""
    held = request.session.pop(ARRIVED, None)
    methods = request.session.get(sessions.METHODS) or [""]
    if not held or held["account"] != str(account_id) or held["kind"] != methods[0]:
        return
    sid = UUID(request.session["sid"])
    told = unseal(base64.b64decode(held["sealed"]), bound_to=held["account"])
    # Who proves again in an open session who they are keeps its sid: it hangs on what was shown last.
    OutsideSession.objects.update_or_create(sid=sid, defaults={
        "source_id": UUID(held["source"]), "account_id": account_id,
        "issuer": told["issuer"], "subject": told["subject"],
        "there": keyed("there", told["there"]) if told["there"] else b"",
        "sealed": seal({"id_token": told["id_token"]}, bound_to=str(sid)) if told["id_token"] else None,
        "began_at": timezone.now(),
    })  # fmt: skip


def note_arrival(request: HttpRequest, at: Source, claimed: Claimed, account_id: UUID) -> None:
    """Carry in the web session, sealed, what `follow_sign_on` keeps once the sign-in has come to its end."""
    told = {
        "issuer": claimed.issuer,
        "subject": claimed.subject,
        "there": claimed.there,
        "id_token": claimed.id_token,
    }
    request.session[ARRIVED] = {
        "source": str(at.id),
        "kind": at.kind,
        "account": str(account_id),
        "sealed": base64.b64encode(seal(told, bound_to=str(account_id))).decode(),
    }


@action(title="对方平台退出", roles=[VISITOR])
def end_from_upstream(*, source_id: UUID, ended: Ended) -> int:
    """End the sessions that hang on what a source says is over; returns how many were open."""
    rows = OutsideSession.objects.filter(source_id=source_id)
    if ended.there:
        rows = rows.filter(there=keyed("there", ended.there))
    if ended.subject:
        rows = rows.filter(issuer=ended.issuer, subject=ended.subject)
    sids = [row.sid for row in rows if ended.before is None or row.began_at.timestamp() <= ended.before]
    count = sessions.end_sids(sids, why="upstream")
    audit.note(f"source {source_id} ended {count}")
    return count


@source(title="从哪里来的登录", roles=[VISITOR, SELF])
def came_from(*, sid: UUID) -> tuple[Source, str] | None:
    """(source, ID token) behind a session of ours, when its source wants a sign-out there too; else None."""
    row = OutsideSession.objects.filter(pk=sid, source__is_on=True).select_related("source").first()
    if row is None or KINDS[row.source.kind].farewell is None or row.source.settings.get("leave") != "true":
        return None
    told = unseal(bytes(row.sealed), bound_to=str(sid)) if row.sealed else {}
    return opened(row.source), told.get("id_token", "")


def forget_old() -> None:
    """Drop attempts that never came back, and what hung on sessions that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("delete from outside_attempt where expires_at < %s", [entry.now()])
        cursor.execute(
            "delete from outside_session o where not exists"
            " (select 1 from sso_session s where s.sid = o.sid and s.ended_at is null)"
        )
