"""What an application sent while it was being connected, and screens that wait to be signed in from a phone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account
from jizuo.hubs.identity.models.apps import App


class AppMessage(Shared):
    """A message of an application as it arrived, kept for seven days: each that was refused, and while somebody watches
    its first sign-in also the good ones.

    place: authorize | answer | token | userinfo | device | logout, or a protocol's own word. rule: a key of
    `rules.app_messages.RULES`, empty for a good one. code, words: the error as it was answered. said: parameter ->
    value, with every secret, code, token and personal value replaced by its length.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id", db_index=False)
    at = models.DateTimeField()
    place = models.CharField(max_length=12)
    rule = models.CharField(max_length=24, blank=True, default="")
    code = models.CharField(max_length=60, blank=True, default="")
    words = models.CharField(max_length=200, blank=True, default="")
    said = models.JSONField(default=dict)

    class Meta:
        db_table = "app_message"
        indexes = [
            models.Index(fields=["app", "-at"], name="app_message_app"),
            models.Index(fields=["at"], name="app_message_old"),
        ]


class DeviceCode(Shared):
    """A device that waits to be signed in (RFC 8628). Both codes stand as hashes: the device's as SHA-256 of 256 random
    bits, the one people type as a keyed hash.

    state: waiting | agreed | denied; the row goes when its tokens are fetched. account, sid, authed_at, acr, amr: of the
    person who agreed. polled_at: the last question; interval_seconds: the least time between two.
    """

    device_hash = models.BinaryField(primary_key=True)
    user_hash = models.BinaryField(unique=True)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    state = models.CharField(max_length=8, default="waiting")
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    sid = models.UUIDField(null=True)
    authed_at = models.DateTimeField(null=True)
    acr = models.CharField(max_length=16, default="")
    amr = ArrayField(models.CharField(max_length=12), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True)
    interval_seconds = models.IntegerField(default=5)

    class Meta:
        db_table = "device_code"
        indexes = [models.Index(fields=["expires_at"], name="device_code_old")]
