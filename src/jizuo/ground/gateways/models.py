"""Tables of the gateways."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row

TRYING = "trying"


class Attempt(Row):
    """One message to one address, written and committed before it is sent.

    channel: sms | mail. key: the sender's own name for the message; the same key is sent once. address_hash:
    keyed, to find all attempts to one address; masked: for people. state: trying (a crash in the middle; as
    good as unknown) | accepted | refused | unknown. cost_fen: of the unit, by the price list.
    """

    channel = models.CharField(max_length=8)
    key = models.CharField(max_length=80)
    sent_on = models.DateField()
    tried_at = models.DateTimeField(db_default=Now())
    gateway = models.CharField(max_length=40)
    template = models.CharField(max_length=60)
    address_hash = models.BinaryField()
    masked = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=TRYING)
    provider_id = models.CharField(max_length=120, default="")
    code = models.CharField(max_length=80, default="")
    cost_fen = models.IntegerField(default=0)

    class Meta:
        db_table = "send_attempt"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="send_attempt_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "channel", "key"], name="send_attempt_once"),
        ]
        indexes = [models.Index(fields=["unit_no", "channel", "sent_on"], name="send_attempt_day")]
