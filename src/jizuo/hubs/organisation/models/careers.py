"""What a staff member has several of: studies, teaching certificates, titles, trainings, honours. One row each."""

from __future__ import annotations

from typing import Any

from django.db import models

from jizuo.ground.rows import Row

KEPT: Any = {"default": "", "blank": True}


class StaffStudy(Row):
    """One stretch of education. level: code table ``education_level``; form: ``study_form``. A past one has not
    ended as a record, so its last day is called by what it is."""

    has_history = True
    person_id = models.UUIDField()
    level = models.CharField(max_length=4)
    school = models.CharField(max_length=120)
    major = models.CharField(max_length=80, **KEPT)
    degree = models.CharField(max_length=4, **KEPT)
    form = models.CharField(max_length=4, **KEPT)
    entered_on = models.DateField(null=True)
    graduated_on = models.DateField(null=True)

    class Meta:
        db_table = "staff_study"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_study_unit_id")]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="staff_study_person")]


class StaffQualification(Row):
    """One teaching certificate. kind: code table ``teaching_certificate``; valid_until: of the periodic registration."""

    has_history = True
    person_id = models.UUIDField()
    kind = models.CharField(max_length=4)
    subject_code = models.CharField(max_length=16, **KEPT)
    certificate_no = models.CharField(max_length=30, **KEPT)
    issuer = models.CharField(max_length=120, **KEPT)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        db_table = "staff_qualification"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_qualification_unit_id")]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="staff_qualification_person")]


class StaffTitle(Row):
    """One professional title that was appointed or passed. title: code table ``title``."""

    has_history = True
    person_id = models.UUIDField()
    title = models.CharField(max_length=8)
    passed_on = models.DateField(null=True)
    begin_on = models.DateField(null=True)
    until = models.DateField(null=True)
    appointed_by = models.CharField(max_length=120, **KEPT)

    class Meta:
        db_table = "staff_title"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_title_unit_id")]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="staff_title_person")]


class StaffTraining(Row):
    """One training. level: code table ``honour_level``."""

    has_history = True
    person_id = models.UUIDField()
    year = models.IntegerField()
    title = models.CharField(max_length=160)
    level = models.CharField(max_length=4, **KEPT)
    organiser = models.CharField(max_length=120, **KEPT)
    hours = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    credits = models.DecimalField(max_digits=6, decimal_places=1, null=True)

    class Meta:
        db_table = "staff_training"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_training_unit_id")]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="staff_training_person")]


class StaffHonour(Row):
    """One honour or 骨干称号. level: code table ``honour_level``."""

    has_history = True
    person_id = models.UUIDField()
    title = models.CharField(max_length=120)
    level = models.CharField(max_length=4, **KEPT)
    given_by = models.CharField(max_length=120, **KEPT)
    given_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        db_table = "staff_honour"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="staff_honour_unit_id")]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="staff_honour_person")]
