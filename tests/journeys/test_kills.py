"""kill -9 while a roster is being applied: nothing half applied, nothing lost, nothing doubled.

Each round has a database of its own, copied from one where the batch is ready or asked for, and the processes of
`jizuo run` under their real supervisor, which is all that puts things right. The seed is printed and can be given by
JIZUO_SEED; the victims take turns, the moment is random within the time an undisturbed apply takes.
"""

from __future__ import annotations

import argparse
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
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from jizuo.ground.postgres import Embedded
from jizuo.project.commands.run import children, serves
from jizuo.project.supervise import Child, Log, Supervisor, end_group
from tests.database import CHECKOUT, Server
from tests.hubs.organisation.importers.rosters import roster, zipped
from tests.live import Live, free_port

VICTIMS = ("worker", "backend", "postmaster", "web", "builder")
#: Far beyond what a round takes, for a machine that other tests keep busy.
PATIENCE_SECONDS = 120
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


def copied(server: Server, template: str) -> Any:
    """A copy of a base. The copy is laid down at a checkpoint: a sequence that was copied with numbers in hand writes
    none of them to the log until the next one, and would give them out again after a crash of the server."""
    made = server.create(template)
    with psycopg.connect(server.address, autocommit=True) as root:
        root.execute("checkpoint")
    return made


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

    @contextlib.contextmanager
    def looking(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.server.root(database), autocommit=True) as root:
            yield root

    def one(self, database: str, statement: str, *values: Any) -> str:
        """The one text a statement gives; '' for no row, and while the database is away."""
        try:
            with self.looking(database) as root:
                row = root.execute(statement, values or None).fetchone()
                return str(row[0]) if row else ""
        except psycopg.OperationalError:
            return ""

    def told(self, database: str) -> dict[str, Any]:
        found = {}
        with self.looking(database) as root:
            for name, sql in TOLD.items():
                rows = sorted(map(repr, root.execute(sql).fetchall()))
                found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16])
        return found


@dataclass
class Running:
    """Processes of a base on one database, kept up by the supervisor whenever somebody waits."""

    place: Place
    database: str
    port: int
    supervisor: Supervisor

    @property
    def live(self) -> Live:
        """The web server as others see it."""
        web = self.child("web")
        return Live(f"http://127.0.0.1:{self.port}", web.process, self.supervisor.log.folder / "web.log")

    def child(self, name: str) -> Child:
        return next(child for child in self.supervisor.children if child.name == name)

    def kill(self, name: str) -> None:
        """kill -9 of one child, the leader alone."""
        process = self.child(name).process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)

    def tend_until(self, is_so: Callable[[], Any]) -> Any:
        """What `is_so()` gives once it is true, with the supervisor at work meanwhile."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not (found := is_so()):
            assert time.monotonic() < until, self.words()
            self.supervisor.tend()
            time.sleep(0.05)
        return found

    def batch_state(self) -> str:
        return self.place.one(self.database, "select state from batch where id = %s", self.place.batch_id)

    def job_state(self) -> str:
        return self.place.one(self.database, "select state from job where kind = 'data.apply'")

    def settled(self) -> None:
        """Wait until the batch is applied, its job done and every fact of it delivered. A fact that a killed loop had
        taken comes back after a minute; that minute is passed over."""
        begun = time.monotonic()

        def is_so() -> bool:
            if self.batch_state() != "applied" or self.job_state() != "done":
                return False
            if time.monotonic() - begun > 2:
                forward = (
                    "update fact set next_at = now() where state = 'waiting' and next_at > now() returning ''"
                )
                self.place.one(self.database, forward)
            return (
                self.place.one(self.database, "select 'none' where not exists (select 1 from fact)") == "none"
            )

        self.tend_until(is_so)

    def words(self) -> str:
        """What there is to say when something does not come."""
        told = [f"batch {self.batch_state()}, job {self.job_state()}"]
        for path in sorted(self.supervisor.log.folder.glob("*.log")):
            told.append(f"{path.name}: {path.read_text(errors='replace')[-3000:]}")
        return "\n".join(told)


@contextlib.contextmanager
def running(place: Place, database: str, *names: str) -> Iterator[Running]:
    """The named processes of `jizuo run` on `database`, ended with the block; the database goes on."""
    port = free_port()
    given = argparse.Namespace(
        host="127.0.0.1", hosts="", cert=None, key=None, behind_proxy=False, workers=1, jobs=1
    )
    supervisor = Supervisor(
        Log(place.folder / f"logs-{database}"), database=place.postgres, say=lambda said: None
    )
    for child in children(given, place.server.data, port):
        if child.name in names:
            child.env = place.environment(database) | {"JIZUO_LOGIN": child.env["JIZUO_LOGIN"]}
            supervisor.children.append(child)
    try:
        supervisor.start()
        yield Running(place, database, port, supervisor)
    finally:
        for child in supervisor.children:
            if child.process is not None:
                end_group(child.process.pid)
                child.process.wait(10)


def run(env: dict[str, str], *command: str) -> str:
    ran = subprocess.run(
        [sys.executable, *command], env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=180
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-3000:]
    return ran.stdout


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    home = Path(tempfile.mkdtemp(prefix="jizuo-kills-"))
    home.chmod(0o755)
    # Killed processes leave the machine's own cache whole: nothing is lost without waiting for the disk.
    postgres = Embedded(home / "data", settings={"fsync": "off"})
    try:
        with postgres:
            server = Server(home / "data", postgres.address())
            made = copied(server, server.template())
            with psycopg.connect(made.owner, autocommit=True) as owner:
                owner.execute(
                    "insert into unit (unit_no, kind, name, short_name, sort_key)"
                    " values (1, 'bureau', '东江区教育局', '东江', '')"
                )
                owner.execute("update base_state set version = version + 1 where key = 'units'")
            content = home / "roster.zip"
            content.write_bytes(zipped(roster(schools=10, pupils=60)))
            env = server.environment(made.database)
            bring = ("roster", "import", str(content), "--open-units", "--preview", "--json")
            told = json.loads(run(env, "-m", "jizuo.project.cli", *bring))
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
    place.applying = copied(place.server, place.ready).database
    start_apply(place, place.applying)
    with running(place, copied(place.server, place.applying).database, "worker") as base:
        base.tend_until(lambda: base.job_state() == "running")
        begun = time.monotonic()
        base.settled()
        place.pace = time.monotonic() - begun
        place.expected = place.told(base.database)
    assert place.expected["people"][0] > 1200 and place.expected["applied"][0] == 1


def one_round(place: Place, victim: str, moment: float) -> None:
    """Begin the apply, kill `victim` after `moment` (0 to 1.2 of an undisturbed apply), let everything go on."""
    database = copied(place.server, place.ready if victim == "web" else place.applying).database
    others = {"web": ("web",), "builder": ("builder",)}.get(victim, ())
    with running(place, database, "worker", *others) as base:
        if victim == "web":
            kill_web(base, moment)
        else:
            base.tend_until(lambda: base.job_state() not in ("", "waiting"))
            time.sleep(moment * place.pace)
            if victim == "backend":
                kill_backend(base)
            elif victim == "postmaster":
                assert place.postgres.pid is not None
                os.kill(place.postgres.pid, signal.SIGKILL)
            else:
                base.kill(victim)
                base.tend_until(lambda: base.child(victim).deaths)
        base.settled()
        same(place, database, victim, moment)
    place.server.drop(database)


def kill_backend(base: Running) -> None:
    """kill -9 of the database's own process that works for us, the busy one if there is one."""
    pid = base.place.one(
        base.database,
        "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend' order by state = 'active' desc, pid limit 1",
    )
    assert pid
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid), signal.SIGKILL)


def kill_web(base: Running, moment: float) -> None:
    """Kill the web server while a person asks for the apply; ask again when nobody knows whether it was heard."""

    def serving() -> bool:
        return serves("127.0.0.1", base.port, is_secure=False)

    base.tend_until(serving)
    asking = threading.Thread(target=ask, args=(base,))
    asking.start()
    time.sleep(moment * 0.1)
    base.kill("web")
    asking.join(PATIENCE_SECONDS)
    base.tend_until(lambda: base.child("web").deaths)
    base.tend_until(serving)
    again = ask(base)
    assert again is not None and again.status_code in (200, 202, 204, 409), again and again.text


def ask(base: Running) -> httpx.Response | None:
    """Ask for the apply as the page's button does; None when no answer came."""
    address = f"/as/{base.place.grant}/api/do/data.apply_batch"
    with contextlib.suppress(httpx.TransportError), base.live.client(base.place.session) as client:
        return client.post(address, json={"batch_id": base.place.batch_id})
    return None


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
        begun = time.monotonic()
        one_round(place, victim, moment)
        took = time.monotonic() - begun
        print(f"round {number}: {victim} at {moment:.2f} of {place.pace:.1f} s, {took:.1f} s in all")


def test_five_kills(place: Place) -> None:
    rounds(place, 5)


@pytest.mark.soak
def test_thirty_kills(place: Place) -> None:
    rounds(place, 30)
