"""Student codes: cards, keys, moving codes, photos, places, scanners and what was scanned."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Row, Shared


class StudentCodeKey(Shared):
    """A school's key for signing cards (P-256). Shared: gates fetch the public halves before any scope.

    public: a point of 65 bytes; sealed: the private half, PKCS 8, sealed with the base's own key. It signs from
    not_before until the next one does and is believed until expires_at; ended_at: taken back, and with it its cards.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_no = models.IntegerField()
    key_id = models.BinaryField()
    public = models.BinaryField()
    sealed = models.BinaryField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "student_code_key"
        constraints = [models.UniqueConstraint(fields=["unit_no", "key_id"], name="student_code_key_once")]


class StudentCard(Row):
    """A card or paper of one pupil. number: 8 bytes drawn by chance; valid on [valid_from, valid_to); why: `CardEnd`."""

    person_id = models.UUIDField()
    number = models.BinaryField()
    key_id = models.BinaryField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    issued_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=10, default="", db_default="")

    class Meta:
        db_table = "student_card"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="student_card_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "number"], name="student_card_number"),
            models.UniqueConstraint(
                fields=["unit_no", "person_id"], condition=Q(ended_at__isnull=True), name="student_card_one"
            ),
        ]


class StudentPhoto(Row):
    """The small portrait for a card and for a guard's eye: a sealed JPEG."""

    person_id = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "student_photo"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="student_photo_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "person_id"], name="student_photo_one"),
        ]


class MovingCode(Row):
    """What a phone shows now, one a person and account: a new one takes the place of the last. code_hash: keyed."""

    person_id = models.UUIDField()
    account_id = models.UUIDField()
    code_hash = models.BinaryField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "moving_code"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="moving_code_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "person_id", "account_id"], name="moving_code_one"),
        ]
        indexes = [models.Index(fields=["unit_no", "code_hash"], name="moving_code_hash")]


class ScanPlace(Row):
    """Where codes are scanned and what for. class_ids: whose pupils may pass, empty for the whole school."""

    name = models.CharField(max_length=40)
    purpose = models.CharField(max_length=10)
    class_ids = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scan_place"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="scan_place_unit_id")]


class ScannerDevice(Shared):
    """A phone or a gate that scans at one place, by the role `grant_no` of whoever let it in, and no longer than that.

    Shared: it is known by its token before any scope. pairing_hash: keyed hash of the code that lets it in, once, until
    pairing_until; token_hash: SHA-256 of 32 bytes drawn by chance. list_id: the list it was given last, at synced_at.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_no = models.IntegerField()
    place_id = models.UUIDField()
    grant_no = models.BigIntegerField()
    name = models.CharField(max_length=40)
    pairing_hash = models.BinaryField(null=True)
    pairing_until = models.DateTimeField(null=True)
    token_hash = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)
    list_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scanner_device"
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="scanner_device_token"),
            models.UniqueConstraint(fields=["pairing_hash"], name="scanner_device_pairing"),
        ]
        indexes = [models.Index(fields=["unit_no", "place_id"], name="scanner_device_place")]


class StudentScan(Row):
    """One scan of one pupil's code. id: drawn by the scanner, so that a scan sent twice is kept once. kind: moving |
    card; result: `ScanResult`; is_late: told after the network was back."""

    unit_keys = (("place_id", "scan_place"),)
    person_id = models.UUIDField()
    place_id = models.UUIDField()
    device_id = models.UUIDField()
    purpose = models.CharField(max_length=10)
    kind = models.CharField(max_length=8)
    result = models.CharField(max_length=10)
    at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        db_table = "student_scan"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="student_scan_unit_id")]
        indexes = [
            models.Index(fields=["unit_no", "person_id", "-at"], name="student_scan_person"),
            models.Index(fields=["unit_no", "place_id", "at"], name="student_scan_place"),
            models.Index(fields=["unit_no", "at"], name="student_scan_old"),
        ]


class StudentCodeSetting(Row):
    """How one school uses the student code; a school without a row has the defaults of `rules.student_codes`.

    keep_days: scans are forgotten after; list_hours: a scanner's list lasts; card_days: a new card is valid.
    """

    keep_days = models.IntegerField()
    list_hours = models.IntegerField()
    card_days = models.IntegerField()

    class Meta:
        db_table = "student_code_setting"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="student_code_setting_unit_id"),
            models.UniqueConstraint(fields=["unit_no"], name="student_code_setting_once"),
        ]
