"""A demonstration base for the journeys: filled once a run, copied for each worker, with a web server and a worker.

Fixtures: `town` (one a worker), `page_at(width)`: a page of a browser context of its own.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from jizuo.ground import logins
from jizuo.ground.process import spawn
from jizuo.project.demonstration import PASSWORD, TOTP_SECRET
from tests.database import CHECKOUT, MakeDatabase, Server, locked
from tests.live import Live, serving

TEMPLATE = "jizuo_town"
DESK, PHONE = 1366, 390
HEIGHT = {DESK: 768, PHONE: 844}
#: How long a page may take while other tests keep the machine busy.
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Resident:
    """An account of the town. login_code: as typed at sign-in."""

    name: str
    unit: str
    login_code: str
    has_factor: bool


@dataclass
class Town:
    """The running base. accounts: role -> its account (see `tests.journeys.town`)."""

    live: Live
    logins: logins.Logins
    accounts: dict[str, Resident]
    _cookies: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.live.url

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the base as its owner reads them, past every wall."""
        with psycopg.connect(self.logins.owner) as line:
            line.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), true)")
            return line.execute(statement, values or None).fetchall()

    def grants(self, role: str) -> dict[str, int]:
        """Role -> grant number of the account named by its role in the town."""
        rows = self.ask(
            "select g.role, g.no from acting_grant g join account a on a.id = g.account_id"
            " where a.login_code = %s and g.end_on is null order by g.no desc",
            self.accounts[role].login_code,
        )
        return dict(rows)

    def start(self, role: str, acting: str = "") -> str:
        """The address where the account acts as `acting` (its own role by default)."""
        return f"{self.url}/as/{self.grants(role)[acting or role]}/"

    def sign_in(self, page: Any, role: str, acting: str = "") -> str:
        """Bring the page to the start of an account; the worker's first time goes through the sign-in form, since a
        code of the second factor counts once. Returns that address."""
        account = self.accounts[role]
        if role not in self._cookies:
            page.goto(f"{self.url}/sign-in/")
            page.fill("[name=name]", account.login_code)
            page.fill("[name=password]", PASSWORD)
            page.click("form .btn-main")
            if account.has_factor:
                page.wait_for_url("**/sign-in/second/**")
                page.fill("[name=code]", totp(TOTP_SECRET))
                page.click("form .btn-main")
            page.wait_for_url(re.compile(r"/(as/\d+/|\?|$)"))
            self._cookies[role] = [
                cookie for cookie in page.context.cookies() if cookie["name"] == "jizuo_session"
            ]
        else:
            page.context.add_cookies(self._cookies[role])
        address = self.start(role, acting)
        page.goto(address)
        return address

    def client(self, browser: Any, role: str) -> httpx.Client:
        """An HTTP client with the account's session."""
        if role not in self._cookies:
            with contextlib.closing(browser.new_context()) as context:
                self.sign_in(context.new_page(), role, next(iter(self.grants(role))))
        (cookie,) = self._cookies[role]
        return self.live.client(cookie["value"])


def totp(secret: str) -> str:
    """The six digits of now (RFC 6238)."""
    key = base64.b32decode(secret)
    told = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = told[-1] & 15
    return f"{(struct.unpack('>I', told[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def filled(server: Server) -> Path:
    """The accounts of the filled template database, made once a run by whoever asks first."""
    accounts = server.data / "town.json"
    template = server.template()
    with locked(server.data / "town.lock"):
        if not accounts.exists():
            server.drop(TEMPLATE)
            server.create(template, TEMPLATE)
            ran = subprocess.run(
                [sys.executable, "-m", "tests.journeys.town", str(accounts)],
                env=server.environment(TEMPLATE) | {"PYTHONPATH": str(CHECKOUT)},
                cwd=CHECKOUT,
                capture_output=True,
                text=True,
            )
            if ran.returncode != 0:
                raise RuntimeError(f"the town was not filled:\n{ran.stdout}\n{ran.stderr}")
    return accounts


@contextlib.contextmanager
def working(server: Server, database: str, folder: Path) -> Iterator[None]:
    """A worker process on `database`, ended with the block."""
    with open(folder / "worker.log", "wb") as out:
        process = spawn(
            [sys.executable, "-m", "jizuo.project.cli", "worker", "--concurrency", "1"],
            cwd=CHECKOUT, stdout=out, stderr=out, env=server.environment(database),
        )  # fmt: skip
    try:
        yield
        assert process.poll() is None, (folder / "worker.log").read_text(errors="replace")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture(scope="session")
def town(
    server: Server, make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """This worker's copy of the town, with a web server and a worker process."""
    accounts = {role: Resident(**told) for role, told in json.loads(filled(server).read_text()).items()}
    made = make_database(TEMPLATE)
    folder = tmp_path_factory.mktemp("town")
    with serving(server, made.database, folder, pool=2) as live, working(server, made.database, folder):
        yield Town(live, made, accounts)


@pytest.fixture
def page_at(browser: Any) -> Iterator[Callable[..., Any]]:
    """`page_at(width, **context)`: a new page, `DESK` or `PHONE` wide; a fault of a page's script fails the test."""
    faults: list[str] = []
    with contextlib.ExitStack() as stack:

        def make(width: int = DESK, **more: Any) -> Any:
            usual = {"locale": "zh-CN", "viewport": {"width": width, "height": HEIGHT[width]}}
            if width == PHONE:
                usual |= {"is_mobile": True, "has_touch": True}
            context = stack.enter_context(contextlib.closing(browser.new_context(**(usual | more))))
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            return page

        yield make
    assert not faults, faults


def fits(page: Any) -> bool:
    """Whether nothing of the page stands out at its side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def picture(page: Any, name: str) -> None:
    """Keep a picture of the page in the folder of `JIZUO_PICTURES`, when one is named."""
    if folder := os.environ.get("JIZUO_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
