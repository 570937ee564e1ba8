from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.ground.test_jobs import worker
from tests.hubs.message import given
from tests.hubs.message.given import rows
from tests.live import wait_for

COUNTS = (
    "select (select count(*) from receipt where notice_id = %s), (select count(*) from inbox_item i join message m"
    " on m.id = i.message_id where m.notice_id = %s), (select state from notice where id = %s)"
)


@pytest.mark.parametrize("kills", [2, pytest.param(5, marks=pytest.mark.soak)])
def test_a_killed_worker_loses_and_doubles_nothing(
    base: Any, server: Any, tmp_path: Path, kills: int
) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.notices import send_notice

    school = given.school(base, classes=12, pupils=6)
    clerk = given.clerk(base, school)
    notice_id = given.written(clerk, given.draft(school))
    with scopes.use(clerk):
        send_notice(notice_id=notice_id)

    def asked() -> int:
        return int(rows(base, school.unit_no, COUNTS, *[notice_id] * 3)[0][0])

    for round_no in range(kills):
        with worker(base, server, tmp_path, module="tests.hubs.message.slow_worker") as process:
            wait_for(lambda n=round_no: asked() >= 10 * (n + 1), 60)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
    assert asked() < 71
    with worker(base, server, tmp_path, module="tests.hubs.message.slow_worker"):
        wait_for(lambda: rows(base, school.unit_no, COUNTS, *[notice_id] * 3)[0][2] == "sent", 90)
    assert rows(base, school.unit_no, COUNTS, *[notice_id] * 3) == [(71, 71, "sent")]


def test_the_tick_puts_the_digest_and_sends_what_is_due(base: Any, monkeypatch: Any) -> None:
    from jizuo.hubs.message import jobs
    from jizuo.hubs.message.actions import deliver

    school = given.school(base, classes=1, pupils=2)
    rows(base, school.unit_no, "insert into message_setting (id, unit_no, is_sms_on, sms_month_cap, quiet_from, quiet_to,"
         " digest_at, remind_hours, language) values (gen_random_uuid(), %s, true, 10, '22:00', '07:00', '18:30', 12, 'zh')",
         school.unit_no)  # fmt: skip
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(deliver, "put_digest", lambda *, unit_no: seen.append(("digest", unit_no)))
    monkeypatch.setattr(deliver, "send_due", lambda unit_no: seen.append(("send", unit_no)))
    jobs.tick(0)
    assert [("digest", school.unit_no), ("send", school.unit_no)] == [
        one for one in seen if one[1] == school.unit_no
    ]
