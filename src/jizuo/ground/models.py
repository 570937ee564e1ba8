"""Tables of the ground."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.files.models import StoredBytes, StoredFile
from jizuo.ground.gateways.models import Attempt, Follower
from jizuo.ground.ids import new_id
from jizuo.ground.packs.models import (
    PublicEntry,
    ScenePost,
    SceneSigner,
    SceneTrial,
    SceneUse,
    SceneVersion,
)
from jizuo.ground.rows import LogRow, Row, Shared

__all__ = [
    "Attempt",
    "Follower",
    "PublicEntry",
    "ScenePost",
    "SceneSigner",
    "SceneTrial",
    "SceneUse",
    "SceneVersion",
    "StoredBytes",
    "StoredFile",
]


class Unit(Shared):
    """A legal body in the base: the tenant. `unit_no` is never renumbered or reused; 0 is the base itself.

    kind is the ground's only distinction: base | bureau | school | centre; what a school is stands in
    the organisation hub. source_id: how the system that first told of it calls it.
    """

    unit_no = models.IntegerField(primary_key=True)
    parent_no = models.IntegerField(null=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    sort_key = models.CharField(max_length=160, default="")
    source_id = models.CharField(max_length=255, db_default="")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "unit"


class UnitName(Shared):
    """A name a unit had until a day: search and old papers still find it."""

    app_rights = "SELECT, INSERT"
    unit_no = models.IntegerField()
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    until = models.DateField()

    class Meta:
        db_table = "unit_name"
        indexes = [models.Index(fields=["unit_no"], name="unit_name_unit")]


class BaseState(Shared):
    """Version counters that tell processes when a cached thing is stale (`units`, `grants`, `catalogue`)."""

    key = models.CharField(max_length=40, primary_key=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "base_state"


class Grant(Shared):
    """One acting role of one account: the number in the address. Ended, never deleted.

    org_ids: classes of a class role; child_ids: children of a guardian. about: their names, which tell the roles of one
    guardian at one unit apart; empty once the grant has ended. origin: ``organisation`` when the affiliation carries
    it, ``person`` when somebody gave it by hand.
    """

    no = models.BigAutoField(primary_key=True)
    account_id = models.UUIDField()
    unit_no = models.IntegerField()
    role = models.CharField(max_length=32)
    person_id = models.UUIDField(null=True)
    affiliation_id = models.UUIDField(null=True)
    org_ids = ArrayField(models.UUIDField(), default=list)
    child_ids = ArrayField(models.UUIDField(), default=list)
    about = models.CharField(max_length=200, db_default="", default="")
    origin = models.CharField(max_length=16, default="person")
    begin_on = models.DateField()
    end_on = models.DateField(null=True)
    given_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "acting_grant"
        indexes = [
            models.Index(fields=["account_id"], name="acting_grant_account"),
            models.Index(fields=["affiliation_id"], name="acting_grant_affiliation"),
            models.Index(fields=["unit_no", "role"], name="acting_grant_unit_role"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "unit_no", "role", "affiliation_id"],
                nulls_distinct=False,
                name="acting_grant_once",
            )
        ]


class DoorGrant(Shared):
    """An override of a plate's default: this role of this unit (null: every unit) may or may not use the door."""

    unit_no = models.IntegerField(null=True)
    role = models.CharField(max_length=32)
    door = models.CharField(max_length=120)
    is_allowed = models.BooleanField()
    reason = models.TextField()
    given_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "door_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "role", "door"], nulls_distinct=False, name="door_grant_once"
            )
        ]


class AuditEntry(LogRow):
    """One entry per state change and per call that discloses personal data (AUD-1, AUD-6).

    body: canonical JSON of the entry; leaf: SHA-256 of 0x00 and the body. params_hash: keyed hash, never
    plain. subjects: the people whose unmasked data the call gave away. Partitioned by month.
    """

    at = models.DateTimeField(db_default=Now())
    door = models.CharField(max_length=120)
    result = models.CharField(max_length=16)
    grant_no = models.BigIntegerField(null=True)
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    params_hash = models.BinaryField()
    columns = ArrayField(models.TextField(), default=list)
    row_count = models.IntegerField(default=0)
    note = models.TextField(default="")
    request_id = models.CharField(max_length=40, default="")
    body = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["unit_no", "-at"], name="audit_entry_unit_at")]


class AuditSubject(LogRow):
    """Which entry gave away data of which person: answers "who looked at this child"."""

    subject_id = models.UUIDField()
    entry_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "audit_subject"
        indexes = [models.Index(fields=["unit_no", "subject_id", "-at"], name="audit_subject_who")]


class Fact(Shared):
    """The outbox: a past-tense fact, written with the change, delivered after commit. Ids only in payload.

    state: waiting | dead. A delivered fact is deleted; a dead one waits for a person.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    unit_no = models.IntegerField()
    payload = models.JSONField()
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, default="waiting")
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(default="")

    class Meta:
        db_table = "fact"
        indexes = [models.Index(fields=["state", "next_at", "id"], name="fact_due")]


class FactDone(Shared):
    """A handler's receipt for a fact, written in the handler's own transaction: a fact told twice acts once."""

    fact_id = models.BigIntegerField()
    handler = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "fact_done"
        constraints = [models.UniqueConstraint(fields=["fact_id", "handler"], name="fact_done_once")]


class Idempotency(Shared):
    """The answer already given to a write with an Idempotency-Key; kept 24 hours."""

    grant_no = models.BigIntegerField()
    key = models.CharField(max_length=80)
    door = models.CharField(max_length=120)
    params_hash = models.BinaryField()
    status = models.IntegerField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency"
        constraints = [models.UniqueConstraint(fields=["grant_no", "key"], name="idempotency_once")]


class Job(Row):
    """Long work that a person started and can watch, cancel and retry.

    state: waiting | running | done | failed | cancelling | cancelled. done and total count in `unit_word`.
    chunk: the last finished chunk, written in that chunk's own transaction, so a retry goes on from there.
    tries counts the starts, moved_at_try is the start that finished a chunk last.
    """

    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=16)
    grant_no = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, default="waiting")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    unit_word = models.CharField(max_length=20, default="")
    chunk = models.IntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.TextField(default="")
    fix = models.TextField(default="")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    moved_at_try = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "job"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="job_unit_id")]
        indexes = [models.Index(fields=["unit_no", "-asked_at"], name="job_unit_asked")]


class SchemaPlan(Shared):
    """A wish for a made table: typed data, never SQL. Only the builder acts on it.

    state: waiting | done | refused. why: what was wrong and how to mend it, or why it waits; ended_at: its end,
    or the last try of a plan that found its table busy. App: asks and reads.
    """

    app_rights = "SELECT, INSERT"
    id = models.UUIDField(primary_key=True, default=new_id)
    table = models.CharField(max_length=60)
    plan = models.JSONField()
    state = models.CharField(max_length=8, default="waiting")
    why = models.TextField(default="")
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "schema_plan"


class MadeTable(Shared):
    """The versioned catalogue of tables the builder made: what the query builder reads. App: SELECT only."""

    app_rights = "SELECT"
    table = models.CharField(max_length=60, primary_key=True)
    standard = models.CharField(max_length=60)
    major = models.IntegerField()
    columns = models.JSONField()
    version = models.IntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "made_table"
