"""kill -9 between a step and its message: the step stands, and the message comes once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from jizuo.ground.process import spawn
from tests.database import CHECKOUT, Server
from tests.live import wait_for

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


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_message_comes_once(district: Any, base: Any, server: Server, tmp_path: Any, round_: int) -> None:
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import scope as scopes

    world = district.world
    guardian, teacher = world.actor("guardian", "second"), world.actor("homeroom_teacher", "second")
    day = date.today() + timedelta(days=30 + round_ * 12)
    with scopes.use(world.scope(guardian)):
        matter = matters.start_matter(
            scene="leave", form="leave", submit_key=uuid4().hex, subject_id=guardian.child_ids[0],
            data={"pupil_id": str(guardian.child_ids[0]), "kind": "sick", "from_on": day.isoformat(),
                  "to_on": (day + timedelta(days=9)).isoformat()},
        )  # fmt: skip
    with scopes.use(world.scope(teacher)):
        (line,) = [one for one in todos.todo(scene="leave", limit=50).rows if one.matter_id == matter]
        assert matters.take_step(task_ids=[line.task_id], verb="approve").done == 1

    # The first worker dies at a moment around its first deliveries, the second has to end the work.
    with worker(server, base.logins.database, tmp_path / "worker.log"):
        time.sleep(random.Random(f"{round_}").uniform(0.5, 4.0))
    with worker(server, base.logins.database, tmp_path / "worker.log") as second:
        wait_for(
            lambda: copies(base, world.second.unit_no, matter),
            90,
            lambda: (tmp_path / "worker.log").read_text(errors="replace")[-2000:],
        )
        wait_for(lambda: not waiting(base), 90)
        assert second.poll() is None
    told = copies(base, world.second.unit_no, matter)
    # The applicant's own copy that the leave is granted, and the teacher's that it waited: each once.
    assert all(count == 1 for _template, _person, count in told), told
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
