"""kill -9 while a roster is being applied: nothing half applied, nothing lost, nothing doubled.

Each round has a database of its own, copied from one where the batch is ready. The seed is printed and can be given
by JIZUO_SEED; the victims take turns, the moment is random within the time an undisturbed apply takes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jizuo.ground.postgres import Embedded
from jizuo.ground.process import spawn
from tests.database import CHECKOUT, Server
from tests.hubs.organisation.importers.rosters import roster, zipped
from tests.live import serving, wait_for

VICTIMS = ("worker", "backend", "postmaster", "web")
#: What every table must hold at the end, told without the keys that differ from run to run.
TOLD = {
    "people": "select p.name, p.sex, p.birth_on, a.source_id, a.role, u.name, o.source_id, a.seat_no, a.end_on"
    " from affiliation a join person p on p.id = a.person_id join unit u on u.unit_no = a.unit_no"
    " left join org o on o.unit_no = a.unit_no and o.id = a.class_id",
    "numbers": "select count(*), count(distinct id), count(distinct base_no) from person",
    "pupils": "select a.source_id from pupil p join affiliation a on a.id = p.id",
    "staff": "select a.source_id, a.unit_no from staff s join affiliation a on a.id = s.id",
    "ties": "select relation, may_view, is_no_contact from guardian_of",
    "orgs": "select source_id, unit_no, kind, entry_year, class_no from org",
    "courses": "select source_id, title from course",
    "enrolments": "select source_id, role from enrolment",
    "claims": "select dataset, source, fields - '{base_no,person_id}'::text[] from claim",
    "keys": "select key, unit_no from search_key where key !~ '^[0-9]{10}$'",
    "batches": "select state, counts from batch",
    "receipts": "select receipt - 'raw_sha256' from batch",
    "facts": "select count(*) from fact where name = 'DatasetRefreshed'",
    "applied": "select count(*) from audit_entry where door = 'data.apply_stage' and result = 'done'",
}
PREPARE = """
import json, sys
from jizuo.project.start import set_up
set_up("app")
from datetime import date
from jizuo.ground import acting, grants, scope as scopes
from jizuo.ground.ids import new_id
from jizuo.ground.models import Grant
from jizuo.hubs.data.actions import walk
from jizuo.hubs.identity.models import Account
from django.test import Client
from django.conf import settings
account = Account.objects.create(id=new_id(), login_code="100000000001", display_name="陆晓岚")
grant = Grant.objects.create(account_id=account.pk, unit_no=1, role="district_steward", begin_on=date(2020, 9, 1))
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(account)
print(json.dumps({"grant": grant.no, "session": client.cookies["jizuo_session"].value}))
"""


@dataclass
class Place:
    """A server of its own. ready: a base whose batch waits to be applied; applying: the same with the apply asked
    for; pace: seconds an undisturbed apply takes; expected: what it comes to."""

    postgres: Embedded
    server: Server
    ready: str
    batch_id: str
    grant: int
    session: str
    folder: Path
    pace: float = 2.0
    applying: str = ""
    expected: dict[str, Any] = field(default_factory=dict)

    def environment(self, database: str) -> dict[str, str]:
        return self.server.environment(database) | {
            "JIZUO_STALLED_SECONDS": "2",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        }

    def copy(self) -> str:
        return self.server.create(self.ready).database

    @contextlib.contextmanager
    def looking(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.server.root(database), autocommit=True) as root:
            yield root

    def state(self, database: str) -> str:
        """The batch's state, '' while the database is away."""
        try:
            with self.looking(database) as root:
                return root.execute("select state from batch where id = %s", [self.batch_id]).fetchone()[0]
        except psycopg.OperationalError:
            return ""

    def told(self, database: str) -> dict[str, Any]:
        found = {}
        with self.looking(database) as root:
            for name, sql in TOLD.items():
                rows = sorted(map(repr, root.execute(sql).fetchall()))
                found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16])
        return found

    def worker(self, database: str) -> subprocess.Popen[bytes]:
        log = open(self.folder / f"worker-{database}.log", "ab")  # noqa: SIM115  the child's
        return spawn(
            [sys.executable, "-m", "jizuo.project.cli", "worker"], cwd=CHECKOUT, env=self.environment(database),
            stdout=log, stderr=log,
        )  # fmt: skip

    def words(self, database: str) -> str:
        path = self.folder / f"worker-{database}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def run(env: dict[str, str], *command: str) -> str:
    ran = subprocess.run(
        [sys.executable, *command], env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=180
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-3000:]
    return ran.stdout


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    home = Path(tempfile.mkdtemp(prefix="jizuo-kills-"))
    home.chmod(0o755)
    postgres = Embedded(home / "data")
    try:
        with postgres:
            server = Server(home / "data", postgres.address())
            made = server.create(server.template())
            with psycopg.connect(made.owner, autocommit=True) as owner:
                owner.execute(
                    "insert into unit (unit_no, kind, name, short_name, sort_key)"
                    " values (1, 'bureau', '东江区教育局', '东江', '')"
                )
                owner.execute("update base_state set version = version + 1 where key = 'units'")
            content = home / "roster.zip"
            content.write_bytes(zipped(roster(schools=10, pupils=60)))
            env = server.environment(made.database)
            told = json.loads(
                run(
                    env,
                    "-m",
                    "jizuo.project.cli",
                    "roster",
                    "import",
                    str(content),
                    "--open-units",
                    "--preview",
                    "--json",
                )
            )
            (batch,) = told["batches"]
            assert batch["state"] == "ready"
            session = json.loads(run(env, "-c", PREPARE).splitlines()[-1])
            found = Place(
                postgres, server, made.database, batch["batch"], session["grant"], session["session"], home
            )
            measure(found)
            yield found
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if postgres.home.parent != postgres.data:
            shutil.rmtree(postgres.home, ignore_errors=True)


def start_apply(place: Place, database: str) -> None:
    """Ask for the apply as the page does, in a process of its own."""
    script = (
        "from jizuo.project.start import set_up; set_up('app')\n"
        "from jizuo.project import walking\nfrom jizuo.ground import scope as scopes\n"
        "from jizuo.hubs.data.actions import walk\n"
        f"with scopes.use(walking.scope_of_unit('1')): walk.apply_batch(batch_id='{place.batch_id}')\n"
    )
    run(place.environment(database), "-c", script)


def measure(place: Place) -> None:
    """One undisturbed apply, whose end is what every other must come to."""
    asked = place.copy()
    start_apply(place, asked)
    place.applying = asked
    database = place.server.create(asked).database
    worker = place.worker(database)
    try:
        wait_for(lambda: job_state(place, database) == "running", 60, lambda: place.words(database))
        begun = time.monotonic()
        settled(place, database)
        place.pace = time.monotonic() - begun
        place.expected = place.told(database)
    finally:
        kill(worker)
    assert place.expected["people"][0] > 1200 and place.expected["applied"][0] == 1


def job_state(place: Place, database: str) -> str:
    try:
        with place.looking(database) as root:
            row = root.execute("select state from job where kind = 'data.apply'").fetchone()
            return row[0] if row else ""
    except psycopg.OperationalError:
        return ""


def settled(place: Place, database: str, seconds: float = 60) -> None:
    """Wait until the batch is applied, its job done and every fact of it delivered. A fact that a killed loop had
    taken comes back after a minute; that minute is passed over."""
    begun = time.monotonic()

    def is_so() -> bool:
        if place.state(database) != "applied" or job_state(place, database) != "done":
            return False
        with place.looking(database) as root:
            if time.monotonic() - begun > 5:
                root.execute("update fact set next_at = now() where state = 'waiting' and next_at > now()")
            return root.execute("select count(*) from fact").fetchone()[0] == 0

    wait_for(
        is_so,
        seconds,
        lambda: f"{place.state(database)} {job_state(place, database)} {place.words(database)}",
    )


def one_round(place: Place, victim: str, moment: float) -> None:
    """Begin the apply, kill `victim` after `moment` (0 to 1.2 of an undisturbed apply), let everything go on."""
    if victim == "web":
        web_round(place, moment)
        return
    database = place.server.create(place.applying).database
    worker = place.worker(database)
    try:
        wait_for(lambda: job_state(place, database) != "waiting", 60, lambda: place.words(database))
        time.sleep(moment * place.pace)
        if victim == "worker":
            kill(worker)
            worker = place.worker(database)
        elif victim == "backend":
            with place.looking(database) as root:
                pids = root.execute(
                    "select pid from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
                    " and backend_type = 'client backend' order by state = 'active' desc, pid limit 1",
                    [database],
                ).fetchone()
            if pids:
                os.kill(pids[0], signal.SIGKILL)
        else:
            os.kill(place.postgres.pid, signal.SIGKILL)
            place.postgres.check_again() if hasattr(place.postgres, "check_again") else restart(
                place.postgres
            )
        wait_for(lambda: place.state(database) != "", 60)
        if worker.poll() is not None:
            worker = place.worker(database)
        until = time.monotonic() + 45
        while time.monotonic() < until and place.state(database) != "applied":
            if worker.poll() is not None:  # as the supervisor does
                worker = place.worker(database)
            time.sleep(0.1)
        settled(place, database)
    finally:
        kill(worker)
    same(place, database, victim, moment)
    place.server.drop(database)


def restart(postgres: Embedded) -> None:
    """What the supervisor does when the server is gone: look until it is noticed, then start it again."""
    from jizuo.ground.process import Trouble

    def is_back() -> bool:
        try:
            postgres.check()
        except Trouble:
            postgres.stop()
        if postgres.pid is None:
            postgres.start()
            return True
        return False

    wait_for(is_back, 30)


def web_round(place: Place, moment: float) -> None:
    """Kill the web server while a person asks for the apply; ask again when nobody knows whether it was heard."""
    import threading

    database = place.copy()
    address = f"/as/{place.grant}/api/do/data.apply_batch"
    with serving(place.server, database, place.folder) as live:
        asking = threading.Thread(target=lambda: ask(live, place, address))
        asking.start()
        time.sleep(moment * 0.1)
        kill(live.process)
        asking.join(30)
    assert place.state(database) in ("ready", "applying")
    worker = place.worker(database)
    try:
        if place.state(database) == "ready":
            start_apply(place, database)
        settled(place, database)
    finally:
        kill(worker)
    same(place, database, "web", moment)
    place.server.drop(database)


def ask(live: Any, place: Place, address: str) -> None:
    import httpx

    with contextlib.suppress(httpx.TransportError), live.client(place.session) as client:
        client.post(address, json={"batch_id": place.batch_id})


def same(place: Place, database: str, victim: str, moment: float) -> None:
    found = place.told(database)
    assert found == place.expected, f"{victim} at {moment:.2f}: {differing(found, place.expected)}"


def differing(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    return [f"{name}: {found[name]} not {expected[name]}" for name in found if found[name] != expected[name]]


def rounds(place: Place, count: int) -> None:
    seed = os.environ.get("JIZUO_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"JIZUO_SEED={seed}")
    dice = random.Random(seed)
    victims = [VICTIMS[n % len(VICTIMS)] for n in range(count)]
    for number, victim in enumerate(victims):
        moment = dice.random() * 1.2
        print(f"round {number}: {victim} at {moment:.2f} of {place.pace:.1f} s")
        one_round(place, victim, moment)


@pytest.mark.soak
def test_five_kills(place: Place) -> None:
    rounds(place, 5)


@pytest.mark.soak
def test_thirty_kills(place: Place) -> None:
    rounds(place, 30)
