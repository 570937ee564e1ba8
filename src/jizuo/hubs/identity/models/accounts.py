"""Accounts, sign-on sessions, codes and bindings."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by login code."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login_code=username)


class Account(Shared, AbstractBaseUser):
    """One account per person for life. `login_code` is printed on the activation slip; it is no register number.

    email: a proven address in lower case or empty. phone_blind: blind index of the proven phone; two guardians
    may share one. phone_tail: its last four digits. activated_at null: no password was set yet. joined: what
    `actions.joining` changed when two people turned out to be one; null for none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login_code = models.CharField(max_length=20, unique=True)
    person_id = models.UUIDField(null=True, unique=True)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True, default="")
    phone_blind = models.BinaryField(null=True)
    phone_tail = models.CharField(max_length=4, default="")
    is_active = models.BooleanField(default=True)
    activated_at = models.DateTimeField(null=True)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    joined = models.JSONField(null=True)

    USERNAME_FIELD = "login_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        db_table = "account"
        indexes = [models.Index(fields=["phone_blind"], name="account_phone_blind")]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="account_email_once"
            )
        ]

    def get_short_name(self) -> str:
        return self.display_name


class SsoSession(Shared):
    """One sign-on of one account: what the web session, and later every protocol, hangs on.

    sid goes to partners and is no secret; session_key is the web session's and empty once ended. methods: what
    was shown at sign-in (`rules.strength`). idle_seconds null: no idle limit. why: reason of the end.
    purpose: '' for a person, ``screen`` for a classroom screen, which is nobody signed in: it shows the class `org_id`,
    called `about`, by the grant `grant_no` of the teacher who opened it. authed_at: when the person last proved who it is
    (null: nobody knows, at created_at at the latest; `actions.sessions.proved_at`).
    """

    sid = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE)
    session_key = models.CharField(max_length=40, default="")
    device = models.CharField(max_length=80, default="")
    address = models.GenericIPAddressField(null=True)
    is_own_device = models.BooleanField(default=False)
    methods = ArrayField(models.CharField(max_length=12), default=list)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    idle_seconds = models.IntegerField(null=True)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=16, default="")
    purpose = models.CharField(max_length=8, default="", db_default="")
    grant_no = models.BigIntegerField(null=True)
    org_id = models.UUIDField(null=True)
    about = models.CharField(max_length=80, default="", db_default="")
    authed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sso_session"
        indexes = [models.Index(fields=["account", "-last_seen_at"], name="sso_session_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["session_key"], condition=~models.Q(session_key=""), name="sso_session_key_once"
            )
        ]


class ScreenCode(Shared):
    """What a screen shows while it waits for a teacher: a code that lives for a minute and is taken once.

    code_hash: keyed hash, empty once taken. taken_by, taken_at: the account that scanned it and may now confirm.
    sid: the session that was opened; the row goes when the screen fetches it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_hash = models.BinaryField(default=b"")
    device = models.CharField(max_length=80, default="")
    address = models.GenericIPAddressField(null=True)
    expires_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    sid = models.UUIDField(null=True)

    class Meta:
        db_table = "screen_code"
        indexes = [
            models.Index(fields=["code_hash"], name="screen_code_hash"),
            models.Index(fields=["expires_at"], name="screen_code_old"),
        ]


class SignInTally(Shared):
    """Failures in a row of one account at one address, or of one address. key: keyed hash, so nothing can be read."""

    key = models.BinaryField(primary_key=True)
    failures = models.IntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_tally"
        indexes = [models.Index(fields=["last_failed_at"], name="sign_in_tally_old")]


class OneTimeCode(Shared):
    """A code that works once. code_hash: keyed hash; the code itself is on paper or on its way.

    kind: phone, email, or empty on paper. target: blind index of that phone or address. sealed: code and target
    of a code still to be sent, emptied when it was.
    purpose: `rules.limits.Purpose`. about_id: the binding of an invitation. unit_no, org_id: where it was given out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    purpose = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, default="")
    code_hash = models.BinaryField()
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    about_id = models.UUIDField(null=True)
    unit_no = models.IntegerField(null=True)
    org_id = models.UUIDField(null=True)
    target = models.BinaryField(null=True)
    target_tail = models.CharField(max_length=60, default="")
    address = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    given_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "one_time_code"
        indexes = [
            models.Index(fields=["code_hash"], name="one_time_code_hash"),
            models.Index(fields=["account", "purpose"], name="one_time_code_account"),
            models.Index(fields=["target", "made_at"], name="one_time_code_target"),
            models.Index(fields=["address", "made_at"], name="one_time_code_address"),
            models.Index(fields=["expires_at"], name="one_time_code_old"),
        ]


class ClassCode(Shared):
    """The code a class hangs out or sends round so that guardians can ask; it alone opens nothing."""

    code = models.CharField(max_length=12, primary_key=True)
    unit_no = models.IntegerField()
    org_id = models.UUIDField()
    org_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "class_code"
        indexes = [models.Index(fields=["unit_no", "org_id"], name="class_code_org")]


class GuardianBinding(Shared):
    """A guardian's wish to be bound to a child of one school, and what became of it.

    state: `rules.bindings.State`. child_person_id: known for an invitation, chosen by the homeroom teacher
    otherwise; child_name is what the guardian typed and is compared with nothing on the asking side.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_no = models.IntegerField()
    org_id = models.UUIDField()
    org_name = models.CharField(max_length=80, default="")
    state = models.CharField(max_length=10)
    origin = models.CharField(max_length=12)
    child_person_id = models.UUIDField(null=True)
    child_name = models.CharField(max_length=80, default="")
    relation = models.CharField(max_length=16, default="")
    account = models.ForeignKey(Account, models.CASCADE, null=True)
    guardian_name = models.CharField(max_length=80, default="")
    address = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "guardian_binding"
        indexes = [
            models.Index(fields=["unit_no", "org_id", "state"], name="guardian_binding_org"),
            models.Index(fields=["account"], name="guardian_binding_account"),
            models.Index(fields=["address", "asked_at"], name="guardian_binding_address"),
        ]
