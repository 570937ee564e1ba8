"""The real worker with four kinds of job for the tests: ``python -m tests.ground.worker_jobs`` works like
``jizuo worker``. A chunk leaves one remembered mapping, so that a doubled or lost chunk shows."""

from __future__ import annotations

import os
import time
from uuid import UUID

from jizuo.ground.ids import new_id


def keep(scope, key: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, 'value', 'job', %s, '1')",
            [new_id(), scope.unit_no, key],
        )


def chunks(
    run, *, mark: str, count: int, seconds: float = 0.0, fails_at: int = 0, sentinel: str = ""
) -> dict:
    """Chunks one to `count`, each with a row; a fault at `fails_at` unless the file `sentinel` exists."""
    run.tell(run.chunk, count, "块", now=True)
    for chunk in range(run.chunk + 1, count + 1):
        if chunk == fails_at and not os.path.exists(sentinel):
            raise RuntimeError("磁带断了")
        with run.step(chunk, chunk):
            keep(run.scope, f"{mark}.{chunk}")
            time.sleep(seconds)
    return {"chunks": count}


def wait(run, *, seconds: float) -> None:
    """Say how it goes until the time is up."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        run.tell(1, 100, "步")
        time.sleep(0.05)


def refuse(run) -> None:
    from jizuo.ground.errors import BadInput

    raise BadInput("第三行不对", fix="改第三行")


def register() -> None:
    from jizuo.ground import facts, jobs

    jobs.register("test.chunks", chunks, queue="bulk")
    jobs.register("test.wait", wait)
    jobs.register("test.refuse", refuse)
    facts.on("test.Told", "test.note", lambda fact: keep_fact(fact))


def keep_fact(fact) -> None:
    from jizuo.ground import scope as scopes

    keep(scopes.Scope(role="clerk", unit_no=fact.unit_no, units=()), f"fact.{fact.payload['mark']}")


def kept(base, unit_no: int, mark: str) -> list[int]:
    """The chunks of `mark` that left their row, in order of number."""
    import psycopg

    with psycopg.connect(base.logins.app) as line:
        line.execute("select set_config('app.units', %s, true)", [f"{{{unit_no}}}"])
        rows = line.execute("select key from mapping where starts_with(key, %s)", [f"{mark}."]).fetchall()
    return sorted(int(key.split(".")[1]) for (key,) in rows)


def begin(scope, kind: str, **args) -> UUID:
    """Start a job as a door would."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes

    with scopes.use(scope), scopes.open_transaction("test"):
        return jobs.start(kind, kind, **args).job_id


if __name__ == "__main__":
    from jizuo.project.start import set_up

    os.environ.setdefault("JIZUO_POOL", "4")
    set_up("app")
    register()
    from jizuo.ground import jobs

    jobs.work(concurrency=2)
