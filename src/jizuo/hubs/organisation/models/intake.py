"""New pupils before they are pupils: the list from admission, their coming in, and the draw of their classes.

A child of the list stands behind the school's own wall with what the list says and nothing else; she becomes a person
of the base, with an affiliation, when her class is applied.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import Row

KEPT: Any = {"default": "", "blank": True}


class Intake(Row):
    """One child on the list of one school year. state: admitted | reported | absent | withdrawn.

    code: on the family's notice, unlike any other's of the unit; says nothing of the child. id_blind, id_sealed, id_tail:
    the document number as in `PersonIdentifier`. person_id: a person known before (own pupil, handed over). siblings: the
    mark that children of one birth share; wish: together | apart | ''. fixed_class: a class given before the draw, with
    fixed_reason; is_spread: to be shared evenly. band: score band, senior secondary only. reported_way: desk | code.
    """

    has_history = True
    unit_keys = (("affiliation_id", "affiliation"),)
    school_year = models.IntegerField()
    stage = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="admitted")
    code = models.CharField(max_length=8)
    admission_no = models.CharField(max_length=40, **KEPT)
    name = models.CharField(max_length=50)
    sort_key = models.CharField(max_length=160, db_collation="C")
    sex = models.CharField(max_length=2, **KEPT)
    birth_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=4, **KEPT)
    id_key = models.CharField(max_length=8, **KEPT)
    id_blind = models.BinaryField(null=True)
    id_sealed = models.BinaryField(null=True)
    id_tail = models.CharField(max_length=4, **KEPT)
    ethnic = models.CharField(max_length=4, **KEPT)
    household_place = models.CharField(max_length=200, **KEPT)
    household_kind = models.CharField(max_length=4, **KEPT)
    address = models.CharField(max_length=200, **KEPT)
    from_school = models.CharField(max_length=120, **KEPT)
    person_id = models.UUIDField(null=True)
    base_no = models.CharField(max_length=12, **KEPT)
    siblings = models.CharField(max_length=20, **KEPT)
    wish = models.CharField(max_length=8, **KEPT)
    fixed_class = models.IntegerField(null=True)
    fixed_reason = models.CharField(max_length=100, **KEPT)
    is_spread = models.BooleanField(default=False)
    band = models.CharField(max_length=8, **KEPT)
    note = models.CharField(max_length=200, **KEPT)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.BigIntegerField(null=True)
    reported_way = models.CharField(max_length=6, **KEPT)
    affiliation_id = models.UUIDField(null=True)

    class Meta:
        db_table = "intake"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="intake_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "code"], name="intake_code"),
            models.UniqueConstraint(
                fields=["unit_no", "school_year", "id_blind"],
                condition=Q(id_blind__isnull=False),
                name="intake_number_once",
            ),
            models.UniqueConstraint(
                fields=["unit_no", "school_year", "person_id"],
                condition=Q(person_id__isnull=False),
                name="intake_person_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_no", "school_year", "stage", "sort_key", "id"], name="intake_list"),
        ]


class IntakeAdult(Row):
    """One guardian of a child of the list, as the list names them. relation: code table ``family_relation``."""

    has_history = True
    unit_keys = (("intake_id", "intake"),)
    intake_id = models.UUIDField()
    ordinal = models.IntegerField()
    name = models.CharField(max_length=50)
    relation = models.CharField(max_length=4, **KEPT)
    phone = models.CharField(max_length=30, **KEPT)
    is_legal = models.BooleanField(null=True)

    class Meta:
        db_table = "intake_adult"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="intake_adult_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "intake_id", "ordinal"], name="intake_adult_once"),
        ]


class ClassDivision(Row):
    """One draw of classes for the new pupils of a year and stage. Rows are kept: a draw that was given up tells why.

    state: proposed | frozen | drawn | applied | undone | dropped. class_nos, most: the rule; held: class number -> [boys,
    girls] who sat there when the list was frozen. input_hash: of the frozen list and rule, known before the seed.
    witnesses: [[name, role], ...]. receipt: counts of what applying wrote, tables: in which order.
    """

    has_history = True
    school_year = models.IntegerField()
    stage = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="proposed")
    class_nos = ArrayField(models.IntegerField(), default=list)
    most = models.IntegerField()
    held = models.JSONField(default=dict)
    method = models.CharField(max_length=24, **KEPT)
    input_hash = models.CharField(max_length=64, **KEPT)
    seed = models.CharField(max_length=120, **KEPT)
    result_hash = models.CharField(max_length=64, **KEPT)
    witnesses = models.JSONField(default=list)
    reason = models.CharField(max_length=200, **KEPT)
    proposed_by = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(db_default=Now())
    approved_by = models.BigIntegerField(null=True)
    frozen_at = models.DateTimeField(null=True)
    drawn_by = models.BigIntegerField(null=True)
    drawn_at = models.DateTimeField(null=True)
    applied_by = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    written_batch = models.UUIDField(null=True)
    receipt = models.JSONField(default=dict)

    class Meta:
        db_table = "class_division"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="class_division_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "school_year", "stage"],
                condition=Q(state__in=["proposed", "frozen", "drawn"]),
                name="class_division_open_once",
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "school_year", "stage"], name="class_division_year")]


class ClassDivisionLine(Row):
    """One child of a frozen list, as she stood when it was frozen. number: 抽签号, what the public sheet names her by;
    class_no and way are null and '' until the draw."""

    unit_keys = (("division_id", "class_division"), ("intake_id", "intake"))
    division_id = models.UUIDField()
    intake_id = models.UUIDField()
    number = models.IntegerField()
    key = models.CharField(max_length=8)
    name = models.CharField(max_length=50)
    sex = models.CharField(max_length=2)
    siblings = models.CharField(max_length=20, **KEPT)
    wish = models.CharField(max_length=8, **KEPT)
    fixed_class = models.IntegerField(default=0)
    fixed_reason = models.CharField(max_length=100, **KEPT)
    is_spread = models.BooleanField(default=False)
    band = models.CharField(max_length=8, **KEPT)
    class_no = models.IntegerField(null=True)
    way = models.CharField(max_length=6, **KEPT)

    class Meta:
        db_table = "class_division_line"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="class_division_line_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "division_id", "intake_id"], name="class_division_line_once"
            ),
            models.UniqueConstraint(
                fields=["unit_no", "division_id", "number"], name="class_division_line_number"
            ),
        ]
