"""Accounts, sign-on sessions and what hangs on them. All stand on the shared list: sign-in comes before any scope."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Shared


class AccountManager(BaseUserManager):
    """Finds accounts by login code."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login_code=username)


class Account(Shared, AbstractBaseUser):
    """One account per person for life. `login_code` is printed on the activation slip; it is no register number.

    phone_blind: blind index of the verified phone, which may sign in; phone_tail: its last four digits.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login_code = models.CharField(max_length=20, unique=True)
    person_id = models.UUIDField(null=True, unique=True)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True, default="")
    phone_blind = models.BinaryField(null=True)
    phone_tail = models.CharField(max_length=4, default="")
    is_active = models.BooleanField(default=True)
    is_shared_device_only = models.BooleanField(default=False)
    activated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "login_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        db_table = "account"
        indexes = [models.Index(fields=["phone_blind"], name="account_phone_blind")]

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_short_name(self) -> str:
        return self.display_name
