"""Standards and code tables as rows: versions, editions, what a unit adds to them, sample rows to try them on."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row, Shared


class StandardVersion(Shared):
    """One version of a standard that people make. state: draft | published | retired; no two of one number.

    body: as `standards.Body`. plan_id: the wish for its table that publishing wrote; the builder's answer stands
    there. drafted_by, published_by: accounts; null means the base itself (a command).
    """

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=30)
    major = models.SmallIntegerField()
    minor = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="draft")
    title = models.CharField(max_length=80)
    body = models.JSONField()
    effective_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    notes = models.TextField(default="")
    plan_id = models.UUIDField(null=True)
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField(db_default=Now())
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "standard_version"
        constraints = [
            models.UniqueConstraint(fields=["name", "major", "minor"], name="standard_version_once"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="draft"), name="standard_version_one_draft"
            ),
        ]


class CodeEdition(Shared):
    """One edition of a code table in force in [effective_on, until_on). state: draft | published.

    rows: [{code, name, parent, notes, source, aliases, since, until}], checked whole before it is published. Between
    editions in force on a day the latest begun counts, and before all of them the table as it ships.
    """

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    id = models.UUIDField(primary_key=True)
    code_table = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    edition = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="draft")
    rows = models.JSONField()
    standard = models.CharField(max_length=80, default="")
    source = models.TextField(default="")
    to_check = models.TextField(default="")
    effective_on = models.DateField()
    until_on = models.DateField(null=True)
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField(db_default=Now())
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "code_edition"
        constraints = [
            models.UniqueConstraint(fields=["code_table", "edition"], name="code_edition_once"),
            models.UniqueConstraint(fields=["code_table", "effective_on"], name="code_edition_one_a_day"),
        ]


class LocalCode(Row):
    """A unit's own code beside a table. maps_to: the national code, or another local code of the unit on the way to
    it; '' where there is none."""

    has_history = True
    code_table = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    maps_to = models.CharField(max_length=20, default="")
    aliases = models.JSONField(default=list)
    notes = models.TextField(default="")
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "local_code"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "code_table", "code"], name="local_code_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="local_code_unit_id"),
        ]


class TrialRow(Row):
    """One sample row of a unit laid against a draft. cells: heading -> text as it came."""

    version_id = models.UUIDField()
    row_no = models.IntegerField()
    cells = models.JSONField()

    class Meta:
        db_table = "trial_row"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "version_id", "row_no"], name="trial_row_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="trial_row_unit_id"),
        ]
