"""Signing in from elsewhere: where, who is who there, who waits to be known, and which base is home."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared
from jizuo.hubs.identity.models.accounts import Account


class OutsideSource(Shared):
    """A place that signs people in for us, declared by the base (`unit_no` 0) or by one school for itself.

    kind: `upstream.kinds`. mark: one sign on the button; tone: its colour. settings: addresses and other plain values
    of the kind; secrets: sealed JSON of its secrets by name. match_claim, match_to: which claim is a verified
    identifier, and of what (`rules.upstream.MATCHES`); empty: nobody is known by a claim. may_open: roles whose holders
    it may recognise by a claim: those its declarer may reset. second_factor: values of acr or amr there that stand for
    our second factor. used_at: the last sign-in that went well; null: never tried with the real one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_no = models.IntegerField(default=0)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    mark = models.CharField(max_length=2, default="")
    tone = models.CharField(max_length=8, default="qing")
    client_id = models.CharField(max_length=200, default="")
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(null=True)
    secrets_at = models.DateTimeField(null=True)
    match_claim = models.CharField(max_length=60, default="")
    match_to = models.CharField(max_length=12, default="")
    may_open = ArrayField(models.CharField(max_length=20), default=list)
    second_factor = ArrayField(models.CharField(max_length=120), default=list)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outside_source"
        indexes = [models.Index(fields=["unit_no"], name="outside_source_unit")]


class OutsideAttempt(Shared):
    """A sign-in on its way: gone to a source and not yet back; taken once, within ten minutes.

    state_hash, browser_hash: keyed hashes of the state in the address and of what the asking browser holds.
    sealed: nonce and PKCE verifier. account: who wants to link; null for a sign-in. following: where it leads then.
    """

    state_hash = models.BinaryField(primary_key=True)
    browser_hash = models.BinaryField()
    source = models.ForeignKey(OutsideSource, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    sealed = models.BinaryField()
    following = models.CharField(max_length=2000, default="")
    is_own_device = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "outside_attempt"
        indexes = [models.Index(fields=["expires_at"], name="outside_attempt_old")]


class OutsideSignIn(Shared):
    """Who somebody of a source is here. proved: claim (a verified identifier), local (signed in here first), school
    (the school knew the person) or link (`PersonLink`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(OutsideSource, models.CASCADE)
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    account = models.ForeignKey(Account, models.CASCADE)
    proved = models.CharField(max_length=8)
    since = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outside_sign_in"
        constraints = [
            models.UniqueConstraint(fields=["source", "issuer", "subject"], name="outside_sign_in_once"),
            models.UniqueConstraint(fields=["source", "account"], name="outside_sign_in_account"),
        ]


class OutsideSession(Shared):
    """The sign-on at a source behind a session of ours, so that one's end can end the other.

    there: the source's own name of it (OIDC `sid`, CAS ticket) as a keyed hash, empty when it gave none. sealed: the
    ID token, to be shown at a sign-out there.
    """

    sid = models.UUIDField(primary_key=True, editable=False)
    source = models.ForeignKey(OutsideSource, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE)
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    there = models.BinaryField(default=b"")
    sealed = models.BinaryField(null=True)
    began_at = models.DateTimeField()

    class Meta:
        db_table = "outside_session"
        indexes = [
            models.Index(fields=["source", "subject"], name="outside_session_subject"),
            models.Index(fields=["source", "there"], name="outside_session_there"),
        ]


class OutsideAsk(Shared):
    """Somebody whom a source knows and we do not, waiting for a school's word.

    state: asked, approved, refused. sealed: what the source and the person say: name, claims, words to the school.
    account: whom the school took it for.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(OutsideSource, models.CASCADE)
    unit_no = models.IntegerField()
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    sealed = models.BinaryField()
    state = models.CharField(max_length=8, default="asked")
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "outside_ask"
        indexes = [models.Index(fields=["unit_no", "state"], name="outside_ask_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "issuer", "subject"],
                condition=models.Q(state="asked"),
                name="outside_ask_once",
            )
        ]


class PersonLink(Shared):
    """Our person and the same person at another base. is_home: that base is home, so it is asked there and not here;
    one home per account. proved: as in `OutsideSignIn`. ended_at null: holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE)
    person_id = models.UUIDField(null=True)
    source = models.ForeignKey(OutsideSource, models.CASCADE)
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    is_home = models.BooleanField(default=False)
    proved = models.CharField(max_length=8)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_link"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_at=None), name="person_link_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(ended_at=None, is_home=True),
                name="person_link_one_home",
            ),
        ]
