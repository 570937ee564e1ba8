"""Tables of the files."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row, Shared

#: waiting: not scanned yet and not served; unscanned: came while no scanner was set up.
WAITING, UNSCANNED, CLEAN, INFECTED = "waiting", "unscanned", "clean", "infected"
SERVED = frozenset({UNSCANNED, CLEAN})


class StoredBytes(Shared):
    """A content of the base under the SHA-256 of its plain bytes, used by files of any unit.

    It stands outside the row wall and holds nothing but size and verdict; no door reads it by address. Its
    key is referenced by every use, and a reference sees through row security: a sweep that does not see a
    unit still cannot take the bytes away from it. seen_at: when it was last put or looked for.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    verdict = models.CharField(max_length=10)
    finding = models.CharField(max_length=200, default="")
    scanned_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "stored_bytes"
        indexes = [
            models.Index(fields=["seen_at"], name="stored_bytes_seen"),
            models.Index(
                fields=["seen_at"], condition=models.Q(verdict=WAITING), name="stored_bytes_waiting"
            ),
        ]


class StoredFile(Row):
    """One use of a content: a file of one unit. Never changed, only added and dropped.

    type: media type by its bytes; name: as its owner calls it; grade: 1 public to 5, as a field's. owner:
    the dataset and record it belongs to, both empty for a file on its own. created_by: the acting grant.
    """

    content = models.ForeignKey(
        StoredBytes, on_delete=models.PROTECT, db_column="sha256", db_constraint=False, related_name="+"
    )
    size = models.BigIntegerField()
    type = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=20)
    grade = models.SmallIntegerField()
    owner_dataset = models.CharField(max_length=60, default="")
    owner_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "stored_file"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="stored_file_unit_id"),
            models.CheckConstraint(condition=models.Q(grade__range=(1, 5)), name="stored_file_grade"),
        ]
        indexes = [
            models.Index(fields=["unit_no", "owner_dataset", "owner_id"], name="stored_file_owner"),
        ]
