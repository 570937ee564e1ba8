"""What is printed and sealed: a school's words on paper, copies taken, certificates that can be checked, seal use."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import LogRow, Row, Shared

KEPT: Any = {"default": "", "blank": True}


class PrintTemplate(Row):
    """A school's own words for one kind of paper. kind: `printing.rules.KINDS`; blocks: name of a block -> text; a block
    that is not here has the words that come with the base."""

    has_history = True
    kind = models.CharField(max_length=16)
    blocks = models.JSONField(default=dict)

    class Meta:
        db_table = "print_template"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "kind"], name="print_template_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="print_template_unit_id"),
        ]


class Certificate(Row):
    """A 在读证明 with its check code. blind: the code's keyed index, by which the public page finds it; sealed: the code
    itself, for printing again. name, class_name: as printed. [issued_on, valid_to)."""

    has_history = True
    unit_keys = (("affiliation_id", "affiliation"),)
    kind = models.CharField(max_length=16)
    affiliation_id = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField(max_length=50)
    class_name = models.CharField(max_length=60, **KEPT)
    reason = models.CharField(max_length=120)
    issued_on = models.DateField()
    valid_to = models.DateField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=120, **KEPT)
    blind = models.BinaryField()
    sealed = models.BinaryField()
    issued_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "certificate"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="certificate_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "blind"], name="certificate_code"),
        ]
        indexes = [models.Index(fields=["unit_no", "-issued_on"], name="certificate_issued")]


class PrintCopy(LogRow):
    """One printing: what, of whom, how many copies, why, by whom. It stays for good."""

    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=160)
    ref_id = models.UUIDField(null=True)
    paper = models.CharField(max_length=2)
    copies = models.IntegerField()
    reason = models.CharField(max_length=120, **KEPT)
    grant_no = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "print_copy"
        indexes = [models.Index(fields=["unit_no", "-id"], name="print_copy_newest")]


class SealUse(Row):
    """用印登记: what is to be sealed, asked by one, approved by the head, sealed under a number of the year. state: asked |
    approved | refused | sealed. certificate_id: of a certificate printed here."""

    has_history = True
    unit_keys = (("certificate_id", "certificate"),)
    seal = models.CharField(max_length=40)
    what = models.CharField(max_length=160)
    copies = models.IntegerField()
    reason = models.CharField(max_length=120)
    certificate_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="asked")
    note = models.CharField(max_length=120, **KEPT)
    year = models.IntegerField(null=True)
    serial = models.IntegerField(null=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    sealed_by = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_use"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="seal_use_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "year", "serial"], name="seal_use_number"),
        ]
        indexes = [models.Index(fields=["unit_no", "-asked_at"], name="seal_use_newest")]


class CheckTally(Shared):
    """How often one address has asked the public check page within its window. key: a keyed hash, names nobody."""

    key = models.BinaryField(primary_key=True)
    tries = models.IntegerField()
    begun_at = models.DateTimeField()

    class Meta:
        db_table = "check_tally"
