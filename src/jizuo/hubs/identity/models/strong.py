"""Passkeys, what was proven in a session, remembered devices, and what sign-ins left behind."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account


class Passkey(Shared):
    """A WebAuthn credential of an account. public_key: COSE, as CBOR; the private key never leaves its device.

    handle: 32 random bytes, the same for every passkey of an account, told to the authenticator in place of any id.
    rp_id: the host it was made for, the only one it works at. sign_count: as last told; 0 for a device that does not
    count. is_synced: it may be copied between devices by their maker (flag BE of WebAuthn Level 3, 6.1.3).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE)
    credential_id = models.BinaryField(unique=True)
    handle = models.BinaryField()
    public_key = models.BinaryField()
    rp_id = models.CharField(max_length=255)
    sign_count = models.BigIntegerField(default=0)
    is_synced = models.BooleanField(default=False)
    transports = ArrayField(models.CharField(max_length=16), default=list)
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "passkey"
        indexes = [models.Index(fields=["account", "made_at"], name="passkey_account")]


class PasskeyChallenge(Shared):
    """A challenge that waits for its one answer; taken by deleting it. account null: whoever holds a passkey.

    handle: the user handle offered with a new passkey. purpose: ``add``, ``sign_in`` or ``prove``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    challenge = models.BinaryField()
    purpose = models.CharField(max_length=8)
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    handle = models.BinaryField(default=b"")
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "passkey_challenge"
        indexes = [models.Index(fields=["expires_at"], name="passkey_challenge_old")]


class Proof(Shared):
    """One thing that was shown in a session, when it was: at its sign-in and at each step-up. method: a key of
    `rules.strength.AMR`. at: when the server saw it."""

    id = models.BigAutoField(primary_key=True)
    sid = models.UUIDField()
    method = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_proof"
        indexes = [models.Index(fields=["sid", "at"], name="sign_in_proof_session")]


class RememberedDevice(Shared):
    """A browser that its person called her own, so that it is not asked for the second factor again until `expires_at`.
    mark: SHA-256 of the cookie, which is random; one browser may be remembered for several accounts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE)
    mark = models.BinaryField()
    device = models.CharField(max_length=80, default="")
    since = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "remembered_device"
        constraints = [
            models.UniqueConstraint(fields=["account", "mark"], name="remembered_device_once"),
        ]


class SignInEvent(Shared):
    """What happened at the entrance; written once, never changed, kept 180 days.

    account_id null: nobody has that name. unit: none; whose it is follows from the roles of the account when it is
    shown. what, outcome: `rules.anomalies.What`, `Outcome`. network: /24 of IPv4, /48 of IPv6. origin: keyed hash of
    the whole address; mark: as `RememberedDevice.mark`, empty for a browser without one.
    """

    app_rights: ClassVar[str] = "SELECT, INSERT, DELETE"
    id = models.BigAutoField(primary_key=True)
    account_id = models.UUIDField(null=True)
    sid = models.UUIDField(null=True)
    what = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8)
    method = models.CharField(max_length=12, default="")
    device = models.CharField(max_length=80, default="")
    network = models.CharField(max_length=43, default="")
    origin = models.BinaryField(default=b"")
    mark = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_event"
        indexes = [
            models.Index(fields=["account_id", "-at"], name="sign_in_event_account"),
            models.Index(fields=["origin", "at"], name="sign_in_event_origin"),
            models.Index(fields=["mark", "at"], name="sign_in_event_mark", condition=~models.Q(mark=b"")),
            models.Index(fields=["at"], name="sign_in_event_old"),
        ]


class SignInAnomaly(Shared):
    """Something odd about sign-ins, told once in a while as a fact. kind: `rules.anomalies.Kind`. account_ids: whom it
    concerns, at most 200. about: keyed hash of what it is about, so that it is not told twice in its window. count: how
    many accounts or tries there were when it was told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16)
    about = models.BinaryField()
    account_ids = ArrayField(models.UUIDField())
    network = models.CharField(max_length=43, default="")
    device = models.CharField(max_length=80, default="")
    count = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_anomaly"
        indexes = [
            models.Index(fields=["about", "at"], name="sign_in_anomaly_about"),
            models.Index(fields=["-at"], name="sign_in_anomaly_new"),
            GinIndex(fields=["account_ids"], name="sign_in_anomaly_whose"),
        ]


class LockOut(Shared):
    """An account that is locked for one address now, so that its school can see and end it. key: of its tally. what:
    ``password`` or ``factor``."""

    key = models.BinaryField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE)
    what = models.CharField(max_length=8)
    network = models.CharField(max_length=43, default="")
    at = models.DateTimeField()
    locked_until = models.DateTimeField()

    class Meta:
        db_table = "lock_out"
        indexes = [models.Index(fields=["account"], name="lock_out_account")]
