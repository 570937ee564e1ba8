"""kill -9 between a step and its message: the step stands, and the message comes once; kill -9 within a step: it was not taken,
and taken again it is taken once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT, Server
from tests.live import serving, session_of, wait_for

ROUNDS = int(os.environ.get("JIZUO_ROUNDS", "4"))


@contextlib.contextmanager
def worker(server: Server, database: str, log: Any) -> Any:
    """A worker process, killed with its whole group at the end of the block."""
    with open(log, "ab") as out:
        process = spawn(
            [sys.executable, "-m", "jizuo.project.cli", "worker", "--concurrency", "1"], cwd=CHECKOUT, stdout=out, stderr=out,
            env=server.environment(database) | {"JIZUO_STALLED_SECONDS": "2", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def asked(district: Any, days: int) -> tuple[Any, Any]:
    """(matter, task) of a leave that waits for the homeroom teacher of the second school."""
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import scope as scopes

    world = district.world
    guardian, teacher = world.actor("guardian", "second"), world.actor("homeroom_teacher", "second")
    day = date.today() + timedelta(days=days)
    with scopes.use(world.scope(guardian)):
        matter = matters.start_matter(
            scene="leave", form="leave", submit_key=uuid4().hex, subject_id=guardian.child_ids[0],
            data={"pupil_id": str(guardian.child_ids[0]), "kind": "sick", "from_on": day.isoformat(),
                  "to_on": (day + timedelta(days=9)).isoformat()},
        )  # fmt: skip
    with scopes.use(world.scope(teacher)):
        (line,) = [one for one in todos.todo(scene="leave", limit=50).rows if one.matter_id == matter]
    return matter, line.task_id


def approved(district: Any, days: int) -> Any:
    """A leave that the homeroom teacher of the second school has just approved."""
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import scope as scopes

    matter, task_id = asked(district, days)
    with scopes.use(district.world.scope(district.world.actor("homeroom_teacher", "second"))):
        assert matters.take_step(task_ids=[task_id], verb="approve").done == 1
    return matter


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_message_comes_once(district: Any, base: Any, server: Server, tmp_path: Any, round_: int) -> None:
    matter = approved(district, 30 + round_ * 12)

    # The first worker dies at a moment around its first deliveries, the second has to end the work.
    with worker(server, base.logins.database, tmp_path / "worker.log"):
        time.sleep(random.Random(f"{round_}").uniform(0.5, 4.0))
    with worker(server, base.logins.database, tmp_path / "worker.log") as second:
        wait_for(
            lambda: copies(base, district.world.second.unit_no, matter),
            90,
            lambda: (tmp_path / "worker.log").read_text(errors="replace")[-2000:],
        )
        wait_for(lambda: not waiting(base), 90)
        assert second.poll() is None
    told_once(district, base, matter)


@pytest.mark.parametrize("table", ["message", "inbox_item", "fact_done"])
def test_a_worker_killed_within_its_delivery_delivers_once(
    district: Any, base: Any, server: Server, tmp_path: Any, table: str
) -> None:
    """It is stopped exactly where it writes the receipt, the message, or its copies, and killed there."""
    matter = approved(district, {"message": 100, "inbox_item": 112, "fact_done": 124}[table])
    log = tmp_path / "worker.log"
    with base.owner() as owner, owner.transaction():
        owner.execute(f"lock table {table} in share row exclusive mode")
        with worker(server, base.logins.database, log):
            wait_for(lambda: held_back(base, table), 60, lambda: log.read_text(errors="replace")[-2000:])
    assert waiting(base), "the fact outlives who delivered it"
    with base.owner() as owner:
        # A killed loop's lease ends by itself within a minute.
        owner.execute("update fact set next_at = now() where name = 'MatterMoved'")
    with worker(server, base.logins.database, log):
        wait_for(lambda: not waiting(base), 90, lambda: log.read_text(errors="replace")[-2000:])
    told_once(district, base, matter)


def test_a_server_killed_within_a_step_has_not_taken_it(
    district: Any, base: Any, server: Server, tmp_path: Any
) -> None:
    """It is killed where the fact of the step is written: neither the step nor its message is there; pressed again, both
    come once."""
    teacher = district.world.actor("homeroom_teacher", "second")
    matter, task_id = asked(district, 140)
    session = session_of(base, teacher.account)
    path = f"/as/{teacher.grant_no}/api/do/matter.take_step"
    told = {"task_ids": [str(task_id)], "verb": "approve"}
    with base.owner() as owner, owner.transaction():
        owner.execute("lock table fact in share row exclusive mode")
        with (
            serving(server, base.logins.database, tmp_path) as web,
            web.client(session) as client,
            ThreadPoolExecutor(1) as pool,
        ):
            answer = pool.submit(client.post, path, json=told)
            wait_for(lambda: held_back(base, "fact"), 60)
            os.killpg(web.process.pid, signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                answer.result(30)
    assert state_of(base, district, matter) == ("open", 0)
    with district.client(teacher) as client:
        assert client.post(path, json=told).json()["done"] == 1
        assert client.post(path, json=told).json()["done"] == 0
    assert state_of(base, district, matter) == ("done", 1)
    with worker(server, base.logins.database, tmp_path / "worker.log"):
        wait_for(lambda: not waiting(base), 90)
    told_once(district, base, matter)


def held_back(base: Any, table: str) -> bool:
    """Whether a process waits to write into a table."""
    with base.owner() as owner:
        return bool(
            owner.execute(
                "select count(*) from pg_locks where relation = %s::regclass and not granted", [table]
            ).fetchone()[0]
        )


def state_of(base: Any, district: Any, matter: Any) -> tuple[str, int]:
    """(state of a matter, how often it was approved)."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{district.world.second.unit_no}}}"])
        return owner.execute(
            "select m.state, (select count(*) from matter_event e where e.matter_id = m.id and e.verb = 'approve')"
            " from matter m where m.id = %s", [matter],
        ).fetchone()  # fmt: skip


def told_once(district: Any, base: Any, matter: Any) -> None:
    """The applicant's own copy that the leave is granted, and the teacher's that it waited: each once."""
    guardian = district.world.actor("guardian", "second")
    told = copies(base, district.world.second.unit_no, matter)
    assert told and all(count == 1 for _template, _person, count in told), told
    assert [template for template, person, _count in told if person == guardian.person_id] == ["matter_words"]


def waiting(base: Any) -> int:
    """Facts of matters that are still to be delivered."""
    with base.owner() as owner:
        return int(owner.execute("select count(*) from fact where name = 'MatterMoved'").fetchone()[0])


def copies(base: Any, unit_no: int, matter: Any) -> list[tuple[Any, ...]]:
    """(template, person, copies) of the messages about a matter."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        return owner.execute(
            "select m.template, i.recipient_id, count(*) from message m join inbox_item i on i.message_id = m.id"
            " where m.unit_no = %s and m.link = %s group by 1, 2 order by 1", [unit_no, f"matters/{matter}"],
        ).fetchall()  # fmt: skip
