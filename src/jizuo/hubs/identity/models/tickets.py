"""Tickets of the protocols that send one through the address and have it looked at by a call between servers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account
from jizuo.hubs.identity.models.apps import App


class SignOnTicket(Shared):
    """A ticket of CAS or of the plain recipe, as its SHA-256 (256 random bits).

    kind: st | pt (service and proxy tickets of CAS, a minute, once) | pgt (a proxy-granting ticket, as long as the
    sign-on, any number of times) | plain (a minute, once). Those that work once are taken with DELETE ... RETURNING.
    service: the address that it was made for, compared letter by letter; of a pgt its callback. is_primary: the person
    proved who they are for this very request (`renew` of CAS). proxies: callbacks of the proxies it came through, the
    last one first.
    """

    ticket_hash = models.BinaryField(primary_key=True)
    kind = models.CharField(max_length=8)
    app = models.ForeignKey(App, models.CASCADE, db_column="client_id")
    account = models.ForeignKey(Account, models.CASCADE)
    sid = models.UUIDField()
    service = models.CharField(max_length=500)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    is_primary = models.BooleanField(default=False)
    proxies = ArrayField(models.CharField(max_length=500), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "sign_on_ticket"
        indexes = [
            models.Index(fields=["sid"], name="sign_on_ticket_sid"),
            models.Index(fields=["expires_at"], name="sign_on_ticket_old"),
        ]
