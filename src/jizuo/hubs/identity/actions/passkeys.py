"""Passkeys: WebAuthn credentials that sign in without a name, prove it is still the same person, and are looked after.

The arithmetic is fido2's; challenges, credentials and counters are rows, so that each answer counts once whichever
process takes it. The private key never leaves its device, and what is kept here signs nobody in.
"""

from __future__ import annotations

import json
import logging
import os
import struct
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from django.db import connection
from django.utils.translation import gettext as _
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server, to_descriptor
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from jizuo.ground import audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import devices, events, factors, proofs, tallies, watching
from jizuo.hubs.identity.entry import SELF, VISITOR
from jizuo.hubs.identity.models import Account, Passkey, PasskeyChallenge
from jizuo.hubs.identity.rules import anomalies
from jizuo.hubs.identity.rules import strength as strengths
from jizuo.hubs.identity.rules.anomalies import Kind, Outcome, What
from jizuo.hubs.identity.shapes import KeyAsked, KeyUsed, Site

ADD, SIGN_IN, PROVE = "add", "sign_in", "prove"
ANSWER_WITHIN = timedelta(minutes=5)
MOST_PASSKEYS = 10
#: Signs of an answer; one with a long attestation chain has some thousands.
LONGEST_ANSWER = 32_000
#: What the readers of a hostile answer may raise.
MALFORMED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, AssertionError,
    NotImplementedError, struct.error, UnsupportedAlgorithm,
)  # fmt: skip
# fido2 tells each credential id it has seen.
logging.getLogger("fido2").setLevel(logging.WARNING)


def _server(site: Site) -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(id=site.rp_id, name=_("基座"))
    return Fido2Server(rp, verify_origin=lambda origin: origin == site.origin)


def _challenge(purpose: str, account_id: UUID | None, handle: bytes = b"") -> PasskeyChallenge:
    now = entry.now()
    return PasskeyChallenge.objects.create(
        id=new_id(), challenge=os.urandom(32), purpose=purpose, account_id=account_id, handle=handle,
        expires_at=now + ANSWER_WITHIN,
    )  # fmt: skip


def _take(challenge_id: UUID, purpose: str, account_id: UUID | None) -> tuple[bytes, bytes] | None:
    """(challenge, handle) of a waiting challenge, which waits no more; None when there is none such."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from passkey_challenge where id = %s and purpose = %s and account_id is not distinct from %s"
            " and expires_at > %s returning challenge, handle",
            [challenge_id, purpose, account_id, entry.now()],
        )
        row = cursor.fetchone()
    return (bytes(row[0]), bytes(row[1])) if row else None


def _state(challenge: bytes) -> dict[str, Any]:
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }


def read_answer(text: str) -> Mapping[str, Any]:
    """The browser's answer as JSON; raises ValueError for anything else."""
    if len(text) > LONGEST_ANSWER:
        raise ValueError("longer than an answer can be")
    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


@action(title="准备登记通行密钥", roles=[SELF])
def ask_new_passkey(*, account_id: UUID, site: Site) -> KeyAsked:
    """What the browser needs to make a passkey. Raises NotAllowed until the person was seen a short while ago: whoever
    finds an open session must not leave a key behind. BadInput when there are too many."""
    check_fresh(account_id)
    account = Account.objects.get(pk=account_id)
    held = list(Passkey.objects.filter(account_id=account_id).order_by("made_at"))
    if len(held) >= MOST_PASSKEYS:
        what = _("通行密钥已有 %(n)s 个") % {"n": MOST_PASSKEYS}
        raise BadInput(what, problems=[Problem("name", what, _("请先删掉不用的"))])
    handle = bytes(held[0].handle) if held else os.urandom(32)
    row = _challenge(ADD, account_id, handle)
    options, _unused = _server(site).register_begin(
        user=PublicKeyCredentialUserEntity(
            id=handle, name=account.login_code, display_name=account.display_name
        ),
        credentials=[_descriptor(one) for one in held if one.rp_id == site.rp_id],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=bytes(row.challenge),
    )
    return KeyAsked(row.id, dict(options))


@action(title="能否登记通行密钥", roles=[SELF])
def look_fresh(*, account_id: UUID) -> None:
    """Raises NotAllowed as `ask_new_passkey` does, before a page is shown that would end there."""
    check_fresh(account_id)


def check_fresh(account_id: UUID) -> None:
    """Raise NotAllowed unless the person may change what signs her in: with a second factor it must be given, without
    one the password of a short while ago is enough."""
    scope = scopes.current()
    is_strong = factors.has_totp(account_id) or has_passkey(account_id)
    due = strength.missing(strength.KEY, scope) if is_strong else 0
    if not is_strong and not proofs.is_fresh(scope.session_key, entry.now()):
        due = strengths.ONE
    if due:
        raise NotAllowed(_("这一步需要再验证一次身份"), fix=_("验证后继续"), step_up=True, level=due)


def _descriptor(held: Passkey) -> Any:
    return to_descriptor(_credential(held), list(held.transports) or None)


def _credential(held: Passkey) -> AttestedCredentialData:
    key = _public_key(bytes(held.public_key))
    return AttestedCredentialData.create(Aaguid.NONE, bytes(held.credential_id), key)


def _public_key(stored: bytes) -> CoseKey:
    parts = cbor.decode(stored)
    if not isinstance(parts, Mapping):
        raise ValueError("not a COSE key")
    return CoseKey.parse(parts)


@action(title="登记通行密钥", roles=[SELF])
def add_passkey(*, account_id: UUID, challenge_id: UUID, answer: entry.Secret, name: str, site: Site) -> UUID:
    """Keep a passkey that the browser made; returns its id. Raises BadInput when the answer is not one to the challenge,
    comes too late, or the key is registered already."""
    taken = _take(challenge_id, ADD, account_id)
    if taken is None:
        raise _refused(_("等得太久，或已经登记过一次"))
    challenge, handle = taken
    try:
        told = read_answer(answer.reveal)
        data = _server(site).register_complete(_state(challenge), told)
        made = data.credential_data
        if made is None:
            raise ValueError("no credential")
        public_key = cbor.encode(dict(made.public_key))
        _public_key(public_key)
    except MALFORMED as error:
        audit.note(f"passkey refused: {type(error).__name__}")
        raise _refused(_("浏览器给的通行密钥不能用")) from None
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise _refused(_("这个通行密钥已经登记过"))
    transports = told.get("response", {}).get("transports") or []
    now = entry.now()
    passkey = Passkey.objects.create(
        id=new_id(), account_id=account_id, credential_id=made.credential_id, handle=handle, public_key=public_key,
        rp_id=site.rp_id, sign_count=data.counter, is_synced=is_synced(data), name=name.strip()[:40] or _("通行密钥"),
        transports=[one for one in transports if isinstance(one, str) and len(one) <= 16][:6], made_at=now,
    )  # fmt: skip
    audit.note(f"passkey {passkey.pk}")
    return passkey.pk


def _refused(what: str) -> BadInput:
    return BadInput(what, problems=[Problem("name", what, _("请再试一次"))])


def is_synced(data: AuthenticatorData) -> bool:
    """Whether the key may be copied to other devices of its owner."""
    return bool(data.flags & AuthenticatorData.FLAG.BE)


@action(title="准备用通行密钥登录", roles=[VISITOR])
def ask_sign_in(*, site: Site) -> KeyAsked:
    """What the browser needs to offer the passkeys it holds for this base; it names nobody."""
    row = _challenge(SIGN_IN, None)
    options, _unused = _server(site).authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED, challenge=bytes(row.challenge)
    )
    return KeyAsked(row.id, dict(options))


@action(title="用通行密钥登录", roles=[VISITOR])
def sign_in_by_passkey(*, challenge_id: UUID, answer: entry.Secret, site: Site, address: str) -> KeyUsed:
    """Whose passkey answered, by its own handle and signature; no account for whatever reason it is refused."""
    used = _check(challenge_id, SIGN_IN, None, answer.reveal, site, What.SIGN_IN)
    if used.account_id is None:
        tallies.count_at_address(address, entry.now())
    return used


@action(title="准备用通行密钥验证", roles=[VISITOR, SELF])
def ask_proof(*, account_id: UUID, site: Site) -> KeyAsked:
    """What the browser needs to prove that it is this account's person. Raises NotFound without a passkey here."""
    held = list(Passkey.objects.filter(account_id=account_id, rp_id=site.rp_id))
    if not held:
        raise NotFound(_("没有在这个网址登记通行密钥"), fix=_("请用动态码"))
    row = _challenge(PROVE, account_id)
    options, _unused = _server(site).authenticate_begin(
        credentials=[_descriptor(one) for one in held],
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=bytes(row.challenge),
    )
    return KeyAsked(row.id, dict(options))


@action(title="用通行密钥验证", roles=[VISITOR, SELF])
def check_passkey(*, account_id: UUID, challenge_id: UUID, answer: entry.Secret, site: Site) -> str:
    """The method a passkey of this account proved by (`rules.strength`), or empty."""
    what = What.STEP_UP if scopes.current().role == SELF else What.FACTOR
    used = _check(challenge_id, PROVE, account_id, answer.reveal, site, what)
    if used.account_id is not None:
        factors.shown(account_id, used.method, what)
    return used.method if used.account_id is not None else ""


def _check(
    challenge_id: UUID, purpose: str, account_id: UUID | None, answer: str, site: Site, what: What
) -> KeyUsed:
    """Check an assertion. Every refusal reads the same outside; the event and the audit say more."""
    taken = _take(challenge_id, purpose, account_id)
    held: Passkey | None = None
    why = "no challenge"
    if taken is not None:
        try:
            told = read_answer(answer)
            response = AuthenticationResponse.from_dict(told)
            held = _of_answer(response, account_id, site)
            why = "unknown"
            if held is not None:
                data = response.response.authenticator_data
                _server(site).authenticate_complete(_state(taken[0]), [_credential(held)], told)
                why = _count(held, data)
        except MALFORMED as error:
            why = type(error).__name__
    if why or held is None:
        events.note(what, Outcome.WRONG, held.account_id if held else account_id, strengths.KEY)
        audit.note(f"passkey refused: {why}, account {held.account_id if held else account_id or 'none'}")
        return KeyUsed(None)
    audit.note(f"passkey right, account {held.account_id}")
    return KeyUsed(held.account_id, strengths.SYNCED if held.is_synced else strengths.KEY)


def _of_answer(response: AuthenticationResponse, account_id: UUID | None, site: Site) -> Passkey | None:
    """The passkey that the answer names, kept from others until the transaction ends; None unless it is of an open account,
    of the one that was asked, and, where nobody was named, says its owner's handle."""
    found = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(credential_id=response.raw_id, rp_id=site.rp_id)
        .first()
    )
    if found is None or not found.account.is_active or found.account.activated_at is None:
        return None
    handle = response.response.user_handle
    if account_id is None and handle is None:
        return None
    if handle is not None and handle != bytes(found.handle):
        return None
    return found if account_id in (None, found.account_id) else None


def _count(held: Passkey, data: AuthenticatorData) -> str:
    """Note a use of the passkey; the reason to refuse it, or empty. A counter that does not go on is told as an anomaly."""
    if anomalies.is_count_back(held.sign_count, data.counter):
        network = anomalies.network_of(scopes.current().address)
        watching.tell(Kind.COUNT_BACK, (held.pk,), [held.account_id], network=network, count=1)
        return "counter went back"
    held.sign_count, held.last_used_at = data.counter, entry.now()
    held.save(update_fields=["sign_count", "last_used_at"])
    return ""


@action(title="给通行密钥改名", roles=[SELF])
def rename_passkey(*, account_id: UUID, passkey_id: UUID, name: str) -> None:
    """Raises NotFound, BadInput for an empty name."""
    if not name.strip():
        raise BadInput(_("没有改名"), problems=[Problem("name", _("名称是空的"), _("请写一个认得出的名称"))])
    changed = Passkey.objects.filter(pk=passkey_id, account_id=account_id).update(name=name.strip()[:40])
    if not changed:
        raise NotFound(_("没有这个通行密钥"), fix=_("请刷新后再看"))


@action(title="删除通行密钥", roles=[SELF], level=strength.needed(strength.For.OWN_KEYS))
def remove_passkey(*, account_id: UUID, passkey_id: UUID) -> bool:
    """Remove one of one's own passkeys; False when it was gone. Its key opens nothing any more."""
    gone, _by_model = Passkey.objects.filter(pk=passkey_id, account_id=account_id).delete()
    devices.forget_all(account_id)
    return bool(gone)


def has_passkey(account_id: UUID, rp_id: str = "") -> bool:
    """Whether the account has a passkey, with `rp_id` one that works at that host. One query."""
    found = Passkey.objects.filter(account_id=account_id)
    return (found.filter(rp_id=rp_id) if rp_id else found).exists()


def forget_old() -> None:
    """Remove challenges that nobody answered."""
    PasskeyChallenge.objects.filter(expires_at__lt=entry.now()).delete()
