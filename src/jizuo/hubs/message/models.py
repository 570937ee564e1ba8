"""Tables of the message hub."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import PersonRow, Row


class Notice(Row):
    """What a school writes: to the families of classes, to their pupils, or to its staff.

    no: running number in the unit, given when it is sent. needs: none | read | choice (then `options`). class_ids:
    the classes it goes to (staff: none). due_at: answers are taken and corrected until then; null: no end.
    state: `rules.STATES`. base_address: ``https://host`` of the page it was sent from, for links in messages.
    """

    has_history = True
    no = models.IntegerField(null=True)
    audience = models.CharField(max_length=8, default="families")
    title = models.CharField(max_length=80)
    text = models.TextField()
    needs = models.CharField(max_length=8, default="read")
    options = ArrayField(models.CharField(max_length=40), default=list)
    class_ids = ArrayField(models.UUIDField(), default=list)
    file_ids = ArrayField(models.UUIDField(), default=list)
    due_at = models.DateTimeField(null=True)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default="draft")
    writer_grant = models.BigIntegerField(null=True)
    writer_name = models.CharField(max_length=80)
    base_address = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.IntegerField(default=0)

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="notice_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "no"], condition=models.Q(no__isnull=False), name="notice_no_once"
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "-made_at"], name="notice_list")]


class Receipt(Row):
    """One child's answer to a notice. no: running number in the notice, the code on the paper slip.

    answer: '' until answered; ``read`` or one of the notice's options. way: phone | paper | call. answered_by:
    the guardian, or who put the paper in.
    """

    has_history = True
    unit_keys = (("notice_id", "notice"),)
    notice_id = models.UUIDField()
    child_id = models.UUIDField()
    affiliation_id = models.UUIDField()
    class_id = models.UUIDField()
    no = models.IntegerField()
    answer = models.CharField(max_length=40, default="")
    way = models.CharField(max_length=6, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        db_table = "receipt"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="receipt_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "notice_id", "child_id"], name="receipt_once"),
            models.UniqueConstraint(fields=["unit_no", "notice_id", "no"], name="receipt_no_once"),
        ]
        indexes = [
            models.Index(fields=["unit_no", "notice_id", "class_id"], name="receipt_class"),
            models.Index(
                fields=["unit_no", "child_id"],
                condition=models.Q(answered_at__isnull=True),
                name="receipt_open",
            ),
        ]


class Message(Row):
    """What is said, once. key: the teller's own name for it. template and values: the words (`wording`); values are
    the same for everybody. audience: `shapes.Audience`; null: the teller puts the copies itself."""

    key = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    audience = models.JSONField(null=True)
    notice_id = models.UUIDField(null=True)
    link = models.CharField(max_length=300, default="")
    is_urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="message_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "key"], name="message_once"),
        ]
        indexes = [models.Index(fields=["unit_no", "notice_id"], name="message_notice")]


class InboxItem(Row):
    """One person's copy of a message. child_id: the child it is about; a guardian sees it in that child's role."""

    unit_keys = (("message_id", "message"),)
    message_id = models.UUIDField()
    recipient_id = models.UUIDField()
    child_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbox_item"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="inbox_item_unit_id"), 
            models.UniqueConstraint(
                fields=["unit_no", "message_id", "recipient_id", "child_id"], nulls_distinct=False,
                name="inbox_item_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit_no", "recipient_id", "-id"], name="inbox_item_list"),
            models.Index(
                fields=["unit_no", "recipient_id"],
                condition=models.Q(read_at__isnull=True),
                name="inbox_item_unread",
            ),
        ]


class Delivery(Row):
    """One copy on its way over an outside channel. key: message and child, or the evening of a digest.

    state: `rules.DELIVERY_STATES`. tries: how often it was handed over; each try has its own key at the gateway.
    reported: what the provider said afterwards, delivered | failed. cost_fen: by the price list.
    """

    key = models.CharField(max_length=120)
    recipient_id = models.UUIDField()
    child_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=12)
    message_id = models.UUIDField(null=True)
    template = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    due_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)
    code = models.CharField(max_length=80, default="")
    reported = models.CharField(max_length=10, default="")
    cost_fen = models.IntegerField(default=0)

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="delivery_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "key", "recipient_id", "channel"], name="delivery_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit_no", "due_at"],
                condition=models.Q(state__in=["waiting", "trying"]),
                name="delivery_due",
            ),
            models.Index(fields=["unit_no", "channel", "tried_at"], name="delivery_month"),
            models.Index(fields=["unit_no", "message_id"], name="delivery_message"),
            models.Index(
                fields=["unit_no", "attempt_id"],
                condition=models.Q(attempt_id__isnull=False),
                name="delivery_attempt",
            ),
        ]


class ChannelAddress(PersonRow):
    """Where a person is reached on an outside channel: an openid, a user id. The phone and the mail address stand
    with the person. account: the name of its settings, as an openid is of one account only; with the base's account
    every unit of the person reaches her. is_on: false while the provider says that it is no good."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    channel = models.CharField(max_length=12)
    account = models.CharField(max_length=40)
    address = models.CharField(max_length=128)
    is_on = models.BooleanField(default=True)

    class Meta:
        db_table = "channel_address"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "account"], name="channel_address_once"),
        ]
        indexes = [models.Index(fields=["account", "address"], name="channel_address_whose")]


class ChannelScan(PersonRow):
    """A code that is to bring its person to an official account: the scene of the QR code, by its keyed hash. It
    counts once, until expires_at; a new one replaces it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    account = models.CharField(max_length=40)
    code_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "channel_scan"
        constraints = [models.UniqueConstraint(fields=["person_id", "account"], name="channel_scan_once")]


class OwnWording(Row):
    """A school's own words of a template in one language."""

    has_history = True
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=600)

    class Meta:
        db_table = "own_wording"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="own_wording_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "template", "language"], name="own_wording_once"),
        ]


class MessageSetting(Row):
    """How one unit sends; a unit without a row has the defaults. Times are of the base's civil zone. sms_month_cap:
    most short messages in a month; language: of what leaves the base."""

    has_history = True
    is_sms_on = models.BooleanField(default=False)
    sms_month_cap = models.IntegerField(default=1000)
    quiet_from = models.TimeField(default=time(22, 0))
    quiet_to = models.TimeField(default=time(7, 0))
    digest_at = models.TimeField(default=time(18, 30))
    remind_hours = models.IntegerField(default=12)
    language = models.CharField(max_length=2, default="zh")

    class Meta:
        db_table = "message_setting"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="message_setting_unit_id"),
            models.UniqueConstraint(fields=["unit_no"], name="message_setting_once"),
        ]
