"""Tables of the gateways."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row

TRYING = "trying"


class Attempt(Row):
    """One message to one address, written and committed before it is sent.

    channel: sms | mail | wechat | wechat_mini | wecom | wecom_school | dingtalk. key: the sender's own name
    for the message; the same key is sent once. gateway: which account sent it. address_hash: keyed, to find
    all attempts to one address; masked: for people. state: trying (a crash in the middle; as good as unknown)
    | accepted | refused | unknown. words: the provider's own sentence. report: delivered | failed, as the
    provider said later, or "". cost_fen: of the unit, by the price list.
    """

    channel = models.CharField(max_length=20)
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
    words = models.CharField(max_length=200, default="", db_default="")
    cost_fen = models.IntegerField(default=0)
    report = models.CharField(max_length=10, default="", db_default="")
    report_code = models.CharField(max_length=80, default="", db_default="")
    reported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "send_attempt"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="send_attempt_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "channel", "key"], name="send_attempt_once"),
        ]
        indexes = [
            models.Index(fields=["unit_no", "channel", "sent_on"], name="send_attempt_day"),
            models.Index(fields=["unit_no", "channel", "provider_id"], name="send_attempt_told"),
            # The newest of a channel over every unit: what the page of channels shows.
            models.Index(fields=["channel", "state", "-tried_at"], name="send_attempt_last"),
        ]


class Follower(Row):
    """Somebody a channel may write to, as the provider's server told us: who follows, and who left.

    unit_no: of the account (the base's own, or a unit's). account: the name of its settings. address: sealed,
    with its keyed hash to find it by. scene: the text of the code that was scanned last. heard_at: the
    provider's time of the newest event; an older one that comes late changes nothing.
    """

    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=40)
    address_hash = models.BinaryField()
    address_sealed = models.BinaryField()
    scene = models.CharField(max_length=64, default="")
    is_following = models.BooleanField()
    heard_at = models.DateTimeField()

    class Meta:
        db_table = "channel_follower"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="channel_follower_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "channel", "account", "address_hash"], name="channel_follower_once"
            ),
        ]
