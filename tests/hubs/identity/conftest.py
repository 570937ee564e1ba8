"""People who can sign in, a clock that can be set, and an address of one's own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.elsewhere import reachable, source
from tests.hubs.identity.upstream.provider import provider

__all__ = ["open_hosts", "provider", "reachable", "source"]
PASSWORD = "muguashu-7-qixing"
_addresses = itertools.count(1)


@dataclass
class Clock:
    """What `timezone.now()` says: the real time plus `ahead`."""

    real: Callable[[], datetime]
    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return self.real() + self.ahead

    def pass_(self, **time: float) -> None:
        self.ahead += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from django.utils import timezone

    made = Clock(timezone.now)
    monkeypatch.setattr(timezone, "now", made)
    return made


@pytest.fixture
def address() -> str:
    """An address no other test has failed from."""
    number = next(_addresses)
    return f"10.{uuid4().int % 250}.{number // 250 % 250}.{number % 250 + 1}"


@pytest.fixture
def person(base: Any) -> Callable[..., Any]:
    """`person(role=None, unit_no=None, ...)`: an account with `PASSWORD`; with a role also its grant.

    The account carries `grant_no`, `unit_no` and `code` (the login code as printed).
    """
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.identity.rules import codes

    stored = make_password(PASSWORD)

    def make(
        role: str | None = None, unit_no: int | None = None, *, name: str = "陆晓岚", is_active: bool = True,
        is_new: bool = False, email: str = "", phone: str = "", **grant: Any,
    ) -> Any:  # fmt: skip
        from jizuo.hubs.identity import entry

        account = Account.objects.create(
            id=new_id(),
            login_code=codes.draw(codes.LOGIN_LENGTH),
            person_id=new_id(),
            display_name=name,
            password="" if is_new else stored,
            activated_at=None if is_new else timezone.now(),
            is_active=is_active,
            email=email,
            phone_blind=entry.phone_blind(phone) if phone else None,
            phone_tail=phone[-4:],
        )
        account.unit_no = unit_no
        account.grant_no = None
        account.code = codes.show(account.login_code)
        if role is not None:
            account.unit_no = unit_no or base.unit()
            account.grant_no = base.grant(
                account, account.unit_no, role, person_id=account.person_id, **grant
            )
        return account

    return make


@pytest.fixture
def aged(base: Any) -> Callable[..., None]:
    """`aged(account, years, days=0)`: enter a pupil in the register of its school, so old today and `days` more."""
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()

    def enter(account: Any, years: int, days: int = 0) -> None:
        own, number, day = account.person_id, str(account.person_id.int)[:10], acting.today()
        # The 29th of February is not every year's.
        born = day.replace(year=day.year - years, day=min(day.day, 28)) - timedelta(days=days)
        rows = {
            ("person", ("id", "base_no", "name", "birth_on")): (own, number, account.display_name, born),
            ("affiliation", ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no")): (
                uuid4(), account.unit_no, own, "pupil", date(2020, 9, 1), account.display_name, "k", number,
            ),
        }  # fmt: skip
        with scopes.use(base.scope(account.unit_no)), scopes.open_transaction("test"):
            for (dataset, columns), row in rows.items():
                put(dataset=dataset, columns=columns, rows=[row], source="school")

    return enter


@pytest.fixture
def tied(base: Any) -> Callable[..., None]:
    """`tied(parent, child, **rights)`: enter in the register of the child's school that an account is its guardian."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put

    def enter(parent: Any, child: Any, **rights: Any) -> None:
        told = {"child_id": child.person_id, "guardian_id": parent.person_id, "relation": "52", **rights}
        with scopes.use(base.scope(child.unit_no)), scopes.open_transaction("test"):
            put(
                dataset="guardian_of", columns=("id", *told), rows=[(uuid4(), *told.values())], source="school",
            )  # fmt: skip

    return enter


@pytest.fixture
def school(base: Any, person: Callable[..., Any]) -> Any:
    """A school with one class: a clerk, its homeroom teacher and three pupils, two of one name."""
    from types import SimpleNamespace

    unit_no, org_id = base.unit(), uuid4()
    return SimpleNamespace(
        unit_no=unit_no,
        org_id=org_id,
        clerk=person("clerk", unit_no, name="周教务"),
        teacher=person("homeroom_teacher", unit_no, name="沈班主任", org_ids=[org_id]),
        pupils=[
            person("pupil", unit_no, name=name, org_ids=[org_id], is_new=True)
            for name in ("陈以宁", "陈以宁", "阿卜杜拉·买买提")
        ],
    )


@pytest.fixture
def desk(base: Any, school: Any, address: str) -> Any:
    """A clerk of `school` at her desk: a signed-in client with `at`, where she acts, and `school`."""
    client = base.client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120")
    sign_in(client, school.clerk)
    client.at, client.school = f"/as/{school.clerk.grant_no}", school
    return client


@pytest.fixture
def messages_sent(base: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, UUID]]]:
    """A short-message gateway that keeps what it is given: (phone, code, code id), filled by `deliver`; nothing waits from
    tests before."""
    from jizuo.ground.gateways import sms
    from jizuo.ground.gateways.shapes import SendResult

    sent: list[Any] = []

    class Kept:
        title = "记录"

        def send(self, phone: str, template: str, params: Any) -> SendResult:
            sent.append((phone, params["code"]))
            return SendResult("accepted")

    gateway = Kept()
    monkeypatch.setattr(sms, "configured", lambda: gateway)
    queued()
    yield sent


def deliver() -> int:
    """Run the queued sendings as the worker would; returns how many jobs there were."""
    from jizuo.hubs.identity import jobs

    waiting = queued()
    for code_id in waiting:
        jobs.send_code(code_id)
    return len(waiting)


def queued() -> list[str]:
    """The codes whose sending is queued, taken from the queue."""
    from django.db import connection

    from jizuo.hubs.identity import jobs

    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where task_name = %s returning args ->> 'code_id'", [jobs.SEND]
        )
        return [code_id for (code_id,) in cursor.fetchall()]


def sign_in(client: Any, account: Any, password: str = PASSWORD, **more: Any) -> Any:
    """Post the sign-in form."""
    return client.post("/sign-in/", {"name": account.code, "password": password, **more})


def totp_of(account: Any, *, steps: int = 0) -> str:
    """The code that the account's authenticator shows, `steps` half minutes from now."""
    import time

    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal import auth
    from allauth.mfa.utils import decrypt

    held = Authenticator.objects.get(user_id=account.pk, type="totp")
    counter = int(time.time()) // 30 + steps
    return auth.format_hotp_value(auth.hotp_value(decrypt(held.data["secret"]), counter))


def turn_on_totp(account: Any) -> list[str]:
    """Give the account a second factor; returns its recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(account, generate_totp_secret())
    return RecoveryCodes.activate(account).get_unused_codes()
