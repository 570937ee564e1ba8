"""Scenes as rows: their versions, who uses them, who holds their posts, sample rows, signers, what is public."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row, Shared


class SceneVersion(Shared):
    """One version of a scene. state: draft | review | published | retired; no two of one number.

    files: path -> text as it was written; digest: SHA-256 of them. unit_no: the unit whose draft it is, the base's own (0)
    for one that ships. copy_of: the version it was made from. drafted_by, reviewed_by, published_by: accounts; null means
    the base itself (a command). signer: name of the key that signed it, '' for none.
    """

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    id = models.UUIDField(primary_key=True)
    scene = models.CharField(max_length=30)
    major = models.SmallIntegerField()
    minor = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="draft")
    title = models.CharField(max_length=80)
    files = models.JSONField()
    digest = models.CharField(max_length=64)
    unit_no = models.IntegerField()
    copy_of = models.UUIDField(null=True)
    signer = models.CharField(max_length=80, default="")
    notes = models.TextField(default="")
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField(db_default=Now())
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(default="")
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "scene_version"
        constraints = [
            models.UniqueConstraint(fields=["scene", "major", "minor"], name="scene_version_once"),
            models.UniqueConstraint(
                fields=["scene"],
                condition=models.Q(state__in=("draft", "review")),
                name="scene_version_one_draft",
            ),
        ]


class SceneUse(Shared):
    """A unit uses a version of a scene, or says that it does not. is_for_below: the units below use it too, unless they
    say otherwise. settings: key -> value, over the pack's own. state: on | off | set (settings alone, over those of the
    unit above that switched it on)."""

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    unit_no = models.IntegerField()
    scene = models.CharField(max_length=30)
    version_id = models.UUIDField()
    state = models.CharField(max_length=4, default="on")
    is_for_below = models.BooleanField(default=False)
    settings = models.JSONField(default=dict)
    switched_by = models.UUIDField(null=True)
    switched_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "scene_use"
        constraints = [models.UniqueConstraint(fields=["unit_no", "scene"], name="scene_use_once")]


class SceneSigner(Shared):
    """A key whose packs the base takes in. public_key: Ed25519, raw, hexadecimal."""

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    name = models.CharField(max_length=80, primary_key=True)
    public_key = models.CharField(max_length=64)
    is_trusted = models.BooleanField(default=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "scene_signer"


class ScenePost(Row):
    """A post of a scene that somebody holds at a unit (门卫, 校医)."""

    has_history = True
    scene = models.CharField(max_length=30)
    post = models.CharField(max_length=40)
    person_id = models.UUIDField()

    class Meta:
        db_table = "scene_post"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="scene_post_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "scene", "post", "person_id"], name="scene_post_once"),
        ]
        indexes = [models.Index(fields=["unit_no", "person_id"], name="scene_post_person")]


class SceneTrial(Row):
    """A sample row laid beside a draft: gone with the draft. dataset: of the pack; cells: key -> value."""

    version_id = models.UUIDField()
    dataset = models.CharField(max_length=40)
    row_no = models.IntegerField()
    cells = models.JSONField()

    class Meta:
        db_table = "scene_trial"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="scene_trial_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "version_id", "dataset", "row_no"], name="scene_trial_once"
            ),
        ]


class PublicEntry(Shared):
    """What a unit shows to everybody: a copy of what may be public of one record, from its day to its end.

    kind: news | event | notice (公示); cells: key -> text, of fields that are public by grade; is_listed: search engines
    may keep it (never a 公示).
    """

    app_rights = "SELECT, INSERT, UPDATE, DELETE"
    id = models.UUIDField(primary_key=True)
    unit_no = models.IntegerField()
    scene = models.CharField(max_length=30)
    kind = models.CharField(max_length=10)
    record_id = models.UUIDField()
    title = models.CharField(max_length=160)
    text = models.TextField(default="")
    cells = models.JSONField(default=dict)
    file_ids = models.JSONField(default=list)
    is_listed = models.BooleanField(default=True)
    begin_on = models.DateField()
    until_on = models.DateField(null=True)
    put_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "public_entry"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "scene", "record_id"], name="public_entry_once")
        ]
        indexes = [models.Index(fields=["unit_no", "kind", "-begin_on"], name="public_entry_list")]
