"""Grades as they were raised, and sharing: requests, contracts, uses, disputes.

Definitions of the whole base, without personal values: Shared, so that the owner's side and the reader's side see one
row. Every door that reads them asks `queries.sharing.MINE` for the units in reach.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared


class ElementGrade(Shared):
    """Where the base departs from an element's shipped category, grade, nature or kind ('' and null: as shipped).
    is_lowered: two people let its grade lie below the shipped one; otherwise the higher counts."""

    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    category = models.CharField(max_length=20, default="")
    grade = models.IntegerField(null=True)
    # null: as it ships; '': of no such kind.
    nature = models.CharField(max_length=20, null=True)  # noqa: DJ001
    kind = models.CharField(max_length=20, default="")
    is_lowered = models.BooleanField(default=False)
    reason = models.TextField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "element_grade"
        constraints = [models.UniqueConstraint(fields=["dataset", "field"], name="element_grade_once")]


class GradeProposal(Shared):
    """A grade or nature that waits for a person: found by the scan (origin ``scan``) or a lowering that wants a
    second one (``person``). state: open | confirmed | refused. why: what it was found by, without any value."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    title = models.CharField(max_length=120, default="")
    grade = models.IntegerField()
    nature = models.CharField(max_length=20, default="")
    kind = models.CharField(max_length=20, default="")
    origin = models.CharField(max_length=8)
    why = models.TextField()
    state = models.CharField(max_length=10, default="open")
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "grade_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "field", "origin"],
                condition=models.Q(state="open"),
                name="grade_proposal_open_once",
            )
        ]


class ShareType(Shared):
    """How a unit's dataset may be shared: open (无条件) | asked (有条件) | closed (不予). unit_no 0: of every unit
    that has not said otherwise."""

    dataset = models.CharField(max_length=60)
    unit_no = models.IntegerField()
    share_type = models.CharField(max_length=8)
    reason = models.TextField(default="")
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "share_type"
        constraints = [models.UniqueConstraint(fields=["dataset", "unit_no"], name="share_type_once")]


class ShareClock(Shared):
    """A time limit in working days that departs from the shipped one. key: of `rules.sharing.CLOCKS`."""

    key = models.CharField(max_length=20, primary_key=True)
    days = models.IntegerField()
    reason = models.TextField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "share_clock"


class ShareRequest(Shared):
    """A wish to read another unit's data. owner_no: whose data; reader_no, reader_role ('' for the unit's office):
    who would read; second_no: who examines after the owner (0: nobody). state: see `rules.sharing.STATES`; steps:
    what was said so far, oldest first: [{"at", "by", "verb", "words"}]."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dataset = models.CharField(max_length=60)
    owner_no = models.IntegerField()
    reader_no = models.IntegerField()
    reader_role = models.CharField(max_length=32, default="")
    second_no = models.IntegerField(default=0)
    fields = ArrayField(models.CharField(max_length=60))
    unit_nos = ArrayField(models.IntegerField(), default=list)
    filters = models.JSONField(default=list)
    purpose = models.TextField()
    legal_basis = models.TextField()
    purposes = ArrayField(models.CharField(max_length=20), default=list)
    masked = ArrayField(models.CharField(max_length=60), default=list)
    begin_on = models.DateField()
    end_on = models.DateField()
    period = models.CharField(max_length=8, default="day")
    most_pulls = models.IntegerField(default=1)
    quality_floor = models.IntegerField(default=0)
    grade = models.IntegerField()
    state = models.CharField(max_length=10)
    due_on = models.DateField(null=True)
    steps = models.JSONField(default=list)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    owner_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "share_request"
        indexes = [
            models.Index(fields=["owner_no", "state"], name="share_request_owner"),
            models.Index(fields=["reader_no", "state"], name="share_request_reader"),
            models.Index(fields=["second_no", "state"], name="share_request_second"),
        ]


class ShareContract(Shared):
    """What a reader may read, from begin_on until (not on) end_on. ended_at: ended before its time by either side.
    Fields as in the request; number: what people call it."""

    app_rights = "SELECT, INSERT, UPDATE"
    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=20, unique=True)
    request_id = models.UUIDField()
    dataset = models.CharField(max_length=60)
    owner_no = models.IntegerField()
    reader_no = models.IntegerField()
    reader_role = models.CharField(max_length=32, default="")
    fields = ArrayField(models.CharField(max_length=60))
    unit_nos = ArrayField(models.IntegerField(), default=list)
    filters = models.JSONField(default=list)
    purpose = models.TextField()
    legal_basis = models.TextField()
    purposes = ArrayField(models.CharField(max_length=20), default=list)
    masked = ArrayField(models.CharField(max_length=60), default=list)
    begin_on = models.DateField()
    end_on = models.DateField()
    period = models.CharField(max_length=8)
    most_pulls = models.IntegerField()
    quality_floor = models.IntegerField(default=0)
    grade = models.IntegerField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    end_reason = models.TextField(default="")

    class Meta:
        db_table = "share_contract"
        indexes = [
            models.Index(fields=["owner_no", "end_on"], name="share_contract_owner"),
            models.Index(fields=["reader_no", "end_on"], name="share_contract_reader"),
        ]


class ShareUse(Shared):
    """One pull by a contract: its pages are counted together. last_key: row the last page ended with; page_key: row
    it began after, so that a page that broke off can be asked for again; is_done: the last page was given."""

    app_rights = "SELECT, INSERT, UPDATE"
    id = models.UUIDField(primary_key=True, default=new_id)
    contract_id = models.UUIDField()
    grant_no = models.BigIntegerField(null=True)
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())
    row_count = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    page_key = models.CharField(max_length=80, default="")
    last_key = models.CharField(max_length=80, default="")
    is_done = models.BooleanField(default=False)

    class Meta:
        db_table = "share_use"
        indexes = [models.Index(fields=["contract_id", "day"], name="share_use_contract")]
