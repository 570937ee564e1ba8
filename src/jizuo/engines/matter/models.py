"""Tables of matters."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import LogRow, Row

KEPT: Any = {"default": "", "db_default": "", "blank": True}


class Matter(Row):
    """One case of a flow, at the unit where it is worked on.

    no: number for people, '' where the flow gives none. at: keys of the steps it stands at, by comma. state: open |
    waiting (for the applicant) | done | refused | withdrawn | ended. data: ``{"form": {...}, "steps": {key: {...}}}``.
    subject_id: the person it is about; org_id: the subject's class, or the org it is about. submit_key: the applicant's own
    name for the submission, so that a second one is the same. way: phone | desk | paper | auto. turn: rises with each
    move. The clock counts working days: used_days before running_since, null while it stands still; limit_days 0 for none.
    record_id: the row it wrote. rating: 1-5 of the applicant, null for none.
    """

    scene = models.CharField(max_length=30)
    flow = models.CharField(max_length=40)
    form = models.CharField(max_length=40)
    version_id = models.UUIDField()
    no = models.CharField(max_length=40, **KEPT)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, default="open")
    at = models.CharField(max_length=200, **KEPT)
    data = models.JSONField(default=dict)
    subject_id = models.UUIDField(null=True)
    org_id = models.UUIDField(null=True)
    applicant_id = models.UUIDField(null=True)
    applicant_role = models.CharField(max_length=32, **KEPT)
    applicant_grant = models.BigIntegerField(null=True)
    parent_id = models.UUIDField(null=True)
    parent_step = models.CharField(max_length=40, **KEPT)
    submit_key = models.CharField(max_length=64)
    way = models.CharField(max_length=8, default="phone")
    turn = models.IntegerField(default=0, db_default=0)
    begun_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    running_since = models.DateField(null=True)
    used_days = models.IntegerField(default=0, db_default=0)
    limit_days = models.IntegerField(default=0, db_default=0)
    due_on = models.DateField(null=True)
    record_id = models.UUIDField(null=True)
    rating = models.SmallIntegerField(null=True)
    rating_note = models.CharField(max_length=400, **KEPT)

    class Meta:
        db_table = "matter"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="matter_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "submit_key"], name="matter_submit_once"),
            models.UniqueConstraint(
                fields=["unit_no", "scene", "no"], condition=~Q(no=""), name="matter_no_once"
            ),
        ]
        indexes = [
            models.Index(fields=["unit_no", "scene", "state", "id"], name="matter_list"),
            models.Index(
                fields=["unit_no", "subject_id", "id"],
                condition=Q(subject_id__isnull=False),
                name="matter_subject",
            ),
            models.Index(
                fields=["unit_no", "applicant_id", "id"],
                condition=Q(applicant_id__isnull=False),
                name="matter_applicant",
            ),
            models.Index(
                fields=["unit_no", "org_id", "id"], condition=Q(org_id__isnull=False), name="matter_org"
            ),
            models.Index(
                fields=["unit_no", "parent_id"], condition=Q(parent_id__isnull=False), name="matter_parent"
            ),
            models.Index(
                fields=["unit_no", "due_on"],
                condition=Q(state="open", due_on__isnull=False),
                name="matter_due",
            ),
        ]


class MatterTask(Row):
    """What waits for one holder at one step of a matter. state: open | done | gone (another did it, or it was taken
    back). holder: a post (``head@12``) or a person (``person@<id>``); see `who`. asked_by: person who added or passed it
    on. place: order within its step. grant_no, person_id: who did it."""

    unit_keys = (("matter_id", "matter"),)
    matter_id = models.UUIDField()
    scene = models.CharField(max_length=30)
    step = models.CharField(max_length=40)
    do = models.CharField(max_length=10)
    holder = models.CharField(max_length=120)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=4, default="open")
    place = models.SmallIntegerField(default=0, db_default=0)
    verb = models.CharField(max_length=12, **KEPT)
    note = models.CharField(max_length=1000, **KEPT)
    data = models.JSONField(null=True)
    opened_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField(null=True)
    late_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    grant_no = models.BigIntegerField(null=True)
    person_id = models.UUIDField(null=True)
    asked_by = models.UUIDField(null=True)

    class Meta:
        db_table = "matter_task"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="matter_task_unit_id")]
        indexes = [
            models.Index(
                fields=["unit_no", "holder", "id"], condition=Q(state="open"), name="matter_task_todo"
            ),
            models.Index(fields=["unit_no", "matter_id"], name="matter_task_matter"),
            models.Index(
                fields=["unit_no", "due_on"],
                condition=Q(state="open", late_at__isnull=True, due_on__isnull=False),
                name="matter_task_due",
            ),
            models.Index(
                fields=["unit_no", "person_id", "-done_at"],
                condition=Q(person_id__isnull=False),
                name="matter_task_doer",
            ),
        ]


class MatterEvent(LogRow):
    """One line of a matter's timeline. verb: start, the verbs of steps, and what the flow did itself (auto, late, told).
    name: of who did it, as it was; told: what changed, without values of grade 4 and up."""

    unit_keys = (("matter_id", "matter"),)
    matter_id = models.UUIDField()
    at = models.DateTimeField(db_default=Now())
    step = models.CharField(max_length=40, **KEPT)
    verb = models.CharField(max_length=12)
    role = models.CharField(max_length=32, **KEPT)
    grant_no = models.BigIntegerField(null=True)
    person_id = models.UUIDField(null=True)
    name = models.CharField(max_length=80, **KEPT)
    note = models.CharField(max_length=1000, **KEPT)
    told = models.JSONField(default=dict)

    class Meta:
        db_table = "matter_event"
        indexes = [models.Index(fields=["unit_no", "matter_id", "id"], name="matter_event_line")]


class MatterDraft(Row):
    """A form begun and not yet handed in. submit_key: under which it will be; taken: names of what an earlier answer filled
    in."""

    grant_no = models.BigIntegerField()
    person_id = models.UUIDField(null=True)
    scene = models.CharField(max_length=30)
    form = models.CharField(max_length=40)
    version_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    taken = ArrayField(models.CharField(max_length=120), default=list, db_default=[])
    page = models.SmallIntegerField(default=0)
    submit_key = models.CharField(max_length=64)

    class Meta:
        db_table = "matter_draft"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="matter_draft_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "grant_no", "scene", "form", "subject_id"],
                nulls_distinct=False,
                name="matter_draft_once",
            ),
        ]


class MatterCounter(Row):
    """The last number that a flow gave in a year."""

    scene = models.CharField(max_length=30)
    flow = models.CharField(max_length=40)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "matter_counter"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="matter_counter_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "scene", "flow", "year"], name="matter_counter_once"),
        ]


class MatterDelegation(Row):
    """What waits for one person is also shown to another, [begin_on, end_on). scene: '' for every scene."""

    has_history = True
    person_id = models.UUIDField()
    to_person_id = models.UUIDField()
    scene = models.CharField(max_length=30, **KEPT)
    begin_on = models.DateField()
    end_on = models.DateField()
    reason = models.CharField(max_length=120, **KEPT)

    class Meta:
        db_table = "matter_delegation"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="matter_delegation_unit_id")]
        indexes = [models.Index(fields=["unit_no", "to_person_id"], name="matter_delegation_to")]


class MatterPaper(Row):
    """A blank form printed for one subject, to be typed back under its number. matter_id: what came of it."""

    scene = models.CharField(max_length=30)
    form = models.CharField(max_length=40)
    version_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    no = models.IntegerField()
    matter_id = models.UUIDField(null=True)
    printed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "matter_paper"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="matter_paper_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "no"], name="matter_paper_no"),
        ]


class MatterDocument(Row):
    """What a matter gave: a licence or a notice with a check code. values: as printed; blind: the code's keyed index;
    sealed: the code itself, for printing again. [issued_on, valid_to), null for no end."""

    has_history = True
    unit_keys = (("matter_id", "matter"),)
    matter_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    values = models.JSONField(default=dict)
    blind = models.BinaryField()
    sealed = models.BinaryField()
    issued_on = models.DateField()
    valid_to = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=120, **KEPT)
    issued_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "matter_document"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="matter_document_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "blind"], name="matter_document_code"),
        ]
        indexes = [models.Index(fields=["unit_no", "matter_id"], name="matter_document_matter")]
