"""A migrated base for in-process tests: Django as the `app` login on a database of this worker's own.

Nothing is rolled back between tests: each test makes its own units, as schools do. Fixtures: `base`.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest

from jizuo.ground import logins

TODAY = date(2026, 9, 16)


@dataclass
class Base:
    """The worker's base. `owner()` is a connection past the doors, for arranging and for looking."""

    logins: logins.Logins
    _units: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def owner(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.logins.owner, autocommit=True)

    def unit(self, name: str = "", *, kind: str = "school", parent: int | None = None) -> int:
        """A new unit; returns its number."""
        with self.owner() as owner:
            unit_no = owner.execute("select coalesce(max(unit_no), 0) + 1 from unit").fetchone()[0]
            name = name or f"第{unit_no}小学"
            owner.execute(
                "insert into unit (unit_no, parent_no, kind, name, short_name, sort_key) values (%s, %s, %s, %s, %s, '')",
                [unit_no, parent, kind, name, name],
            )
            owner.execute("update base_state set version = version + 1 where key = 'units'")
        return unit_no

    def account(self, name: str = "陆晓岚", *, person_id: UUID | None = None) -> Any:
        """A new active account without a password; sign it in with `client`."""
        from jizuo.ground.ids import new_id
        from jizuo.hubs.identity.models import Account

        account_id = new_id()
        return Account.objects.create(
            id=account_id, login_code=account_id.hex[-12:], display_name=name, person_id=person_id
        )

    def grant(self, account: Any, unit_no: int, role: str, **more: Any) -> int:
        """A new acting role of the account; returns its number."""
        from jizuo.ground.models import Grant

        return Grant.objects.create(
            account_id=account.pk, unit_no=unit_no, role=role, begin_on=date(2020, 9, 1), **more
        ).no

    def scope(self, unit_no: int, role: str = "clerk", **more: Any) -> Any:
        """A scope of one unit (a district role reaches what is below it)."""
        from jizuo.ground import acting
        from jizuo.ground.scope import Scope

        with self.owner() as owner:
            version = owner.execute("select version from base_state where key = 'units'").fetchone()[0]
        more.setdefault("today", TODAY)
        return Scope(role=role, unit_no=unit_no, units=acting.reach(unit_no, role, version), **more)

    def client(self, account: Any | None = None, **more: Any) -> Any:
        """A browser-like client, signed in as `account` when given."""
        from django.test import Client

        client = Client(**more)
        if account is not None:
            client.force_login(account)
        return client


@pytest.fixture(scope="session")
def base(make_database: Any, server: Any) -> Base:
    """This worker's base, with Django set up on it as `app`."""
    made = make_database()
    for key, value in server.environment(made.database).items():
        os.environ[key] = value
    os.environ["DJANGO_SETTINGS_MODULE"] = "jizuo.project.settings"
    # A browser's session keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    return Base(made)
