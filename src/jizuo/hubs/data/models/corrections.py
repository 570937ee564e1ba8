"""What people say is wrong, who said it, and the days each step has."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import Row, ScopedManager, Shared


class Correction(Row):
    """One field of one record that somebody holds to be wrong: a ticket for the owner of the field.

    state: `rules.corrections`; level: who has it, school | district; register_no: where it waits at the national
    register; the words of those who asked stand in `CorrectionAsker`.
    """

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    subject_id = models.UUIDField()
    field = models.CharField(max_length=60)
    owner = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="open")
    level = models.CharField(max_length=10, default="school", db_default="school")
    asked_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    register_no = models.CharField(max_length=60, default="", db_default="")
    sent_on = models.DateField(null=True)
    raised_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)
    decision = models.TextField(default="", db_default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "correction"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="correction_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "dataset", "record_id", "field"],
                condition=Q(state__in=("open", "waiting", "disputed")),
                name="correction_live_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_no", "state", "due_on"], name="correction_due"),
            models.Index(fields=["subject_id"], name="correction_subject"),
        ]


class CorrectionAsker(Row):
    """One person's words in a ticket; another asker never reads them. wanted: the value asked for as it is stored,
    '' where only words were given; is_met: the field came to hold it; dispute: why the answer is not accepted."""

    unit_keys = (("correction_id", "correction"),)
    correction_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    grant_no = models.BigIntegerField(null=True)
    person_id = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    says = models.TextField(default="")
    wanted = models.TextField(default="")
    asked_at = models.DateTimeField(db_default=Now())
    is_met = models.BooleanField(null=True)
    dispute = models.TextField(default="")

    class Meta:
        db_table = "correction_asker"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "correction_id", "account_id"], name="correction_asker_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="correction_asker_unit_id"),
        ]
        indexes = [models.Index(fields=["account_id"], name="correction_asker_account")]


class CorrectionClock(Shared):
    """How many working days a step of a correction has in this base, where it differs from what ships."""

    step = models.CharField(max_length=12, primary_key=True)
    days = models.IntegerField()

    objects = ScopedManager()

    class Meta:
        db_table = "correction_clock"
