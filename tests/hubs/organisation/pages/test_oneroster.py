"""OneRoster out by page: a second factor, a job, a file for who asked, one audit entry."""

from __future__ import annotations

import io
import json
import zipfile

from jizuo.ground import jobs
from jizuo.ground import scope as scopes


def run_waiting(base) -> None:
    """Run the queue's waiting tickets here."""
    with base.owner() as owner:
        found = owner.execute(
            "update procrastinate_jobs set status = 'succeeded' where status = 'todo' and task_name = 'run_job'"
            " returning args"
        ).fetchall()
    for (args,) in found:
        jobs.run_job(**(args if isinstance(args, dict) else json.loads(args)))


def test_a_clerk_takes_the_own_school(base):
    unit_no = base.unit()
    account = base.account()
    grant = base.grant(account, unit_no, scopes.CLERK)
    client = base.client(account)
    address = f"/as/{grant}/exports/oneroster"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code in (302, 403)
    from jizuo.ground import queries
    from jizuo.hubs.organisation.actions.exports import start_oneroster_export

    scope = base.scope(unit_no, scopes.CLERK, grant_no=grant, account_id=account.pk, stepped_up=True)
    with scopes.use(scope):
        assert queries.job_list().rows == [], "started without a second factor"
        started = start_oneroster_export(unit_nos=[unit_no])
    run_waiting(base)
    with scopes.use(scope):
        job = queries.job(job_id=started.job_id)
    assert (job.state, job.error) == ("done", "")
    answer = client.get(f"/as/{grant}/files/{job.result['file_id']}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as found:
        assert "users.csv" in found.namelist()


def test_another_unit_does_not_exist(base):
    import pytest

    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.organisation.actions.exports import start_oneroster_export

    mine, other = base.unit(), base.unit()
    with scopes.use(base.scope(mine, scopes.CLERK, stepped_up=True)):
        with pytest.raises(NotFound):
            start_oneroster_export(unit_nos=[other])
        with pytest.raises(NotAllowed):
            start_oneroster_export(unit_nos=[mine], is_for_outside=False)
