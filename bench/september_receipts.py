"""September's receipts: every family asked by the real worker, which is killed on the way, and every receipt answered,
by phone where an adult may sign and else on paper. Each step raises when a receipt or a copy is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import base, roster
from bench.base import answer, timed
from bench.september import KILLS, SHARES, rows, whole
from bench.september_people import clerks, schools

MODULE = "bench.september_receipts"
OPTIONS = ("同意", "不同意")
#: How often each of the answering processes is killed while it answers.
ANSWERER_KILLS = 1
ANSWERERS = 2
#: Answers given once more, and notices sent once more from the first class on: neither may change anything.
AGAIN, ASKED_AGAIN = 100, 5
#: A worker is taken for dead so soon, in seconds; the base's own patience is 30.
STALLED = "2"
#: Seconds after which a phase that has not ended is given up.
PATIENCE = 1200.0
ASKABLE = """
select a.unit_no, count(*) from affiliation a join org o on o.unit_no = a.unit_no and o.id = a.class_id
where a.role = 'pupil' and a.end_on is null and a.is_present and o.closed_on is null group by 1 order by 2 desc, 1
"""
RECEIPTS = """
select count(*), count(distinct (unit_no, notice_id, child_id)), count(distinct (unit_no, notice_id, no)),
       count(answered_at), count(*) filter (where answered_at is null and answer <> '')
from receipt
"""
COPIES = """
select count(*), count(distinct (m.notice_id, i.recipient_id, i.child_id)) from inbox_item i
join message m on m.unit_no = i.unit_no and m.id = i.message_id where m.notice_id is not null
"""
TIES = """
select count(*) from receipt r join guardian_of k on k.child_id = r.child_id and k.gets_notice and not k.is_no_contact
  and (k.begin_on is null or k.begin_on <= %s) and (k.end_on is null or k.end_on > %s)
"""
SIGNERS = """
select distinct on (r.id) r.unit_no, r.notice_id, r.child_id, i.recipient_id from receipt r
join message m on m.unit_no = r.unit_no and m.notice_id = r.notice_id
join inbox_item i on i.unit_no = r.unit_no and i.message_id = m.id and i.child_id = r.child_id
join guardian_of k on k.guardian_id = i.recipient_id and k.child_id = i.child_id and k.may_sign and k.may_view
order by r.id, i.recipient_id
"""
PAPER = """
select r.unit_no, n.no, r.no from receipt r join notice n on n.unit_no = r.unit_no and n.id = r.notice_id
where r.answered_at is null
"""
WRITTEN = """
select (select count(*) from receipt_history where op = 'U'),
       (select count(*) from audit_entry where door = 'message.answer_notice' and result = 'done'),
       (select count(*) from audit_entry where door = 'message.put_paper' and result = 'done')
"""


def ask(wanted: str) -> None:
    """Send a notice of every school to every family, by a worker that is killed; the largest schools send two until so
    many receipts are wanted."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions import notices as doors

    with roster.acting():
        scope = whole()
        askable = dict(rows(scope, ASKABLE))
        desks = clerks(schools(scope))
        missing = int(wanted) - sum(askable.values())
        twice: list[int] = []
        for unit_no, count in askable.items():
            if missing <= 0:
                break
            twice.append(unit_no)
            missing -= count
        expected = sum(askable.values()) + sum(askable[unit_no] for unit_no in twice)
        took: dict[str, float] = {}
        with timed(took, "write"):
            sent = [(desks[unit_no], send(desks[unit_no])) for unit_no in (*askable, *twice)]

        def progress() -> tuple[int, bool]:
            ((made, left),) = rows(
                scope,
                "select (select count(*) from receipt), (select count(*) from notice where state <> 'sent')",
            )
            return made, not left

        with timed(took, "ask"):
            marks, kills = killed(
                [sys.executable, "-m", "jizuo.project.cli", "worker"], progress, expected, KILLS,
                {"JIZUO_STALLED_SECONDS": STALLED},
            )  # fmt: skip
        counts = counted(scope, expected, 0)
        for clerk, notice_id in sent[:ASKED_AGAIN]:
            ((job_id,),) = rows(scope, "select id from job where args ->> 'notice_id' = %s", str(notice_id))
            run = jobs.Run(job_id, clerk, 0, 1)
            try:
                with scopes.use(clerk):
                    if doors.send_notice(notice_id=notice_id) is not None:
                        raise RuntimeError("a notice was sent twice")
                    with scopes.open_transaction("bench"):
                        notice = doors.one_notice(notice_id)
                        doors.ask(notice, notice.class_ids)
            finally:
                run.close()
        if counted(scope, expected, 0) != counts:
            raise RuntimeError("asking again added receipts or copies")
        answer(expected=expected, notices=len(sent), marks=marks, kills=kills, **counts, **took)


def send(clerk: Any) -> Any:
    """Write and send a notice to all classes of a clerk's school; its id. A job is waiting then."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions import notices as doors
    from jizuo.hubs.message.queries import notices
    from jizuo.hubs.message.shapes import Draft

    with scopes.use(clerk):
        found, _notice = notices.writing()
        draft = Draft(
            title="秋游活动告家长书", text="{孩子}的秋游定在周五。", needs="choice", options=OPTIONS,
            class_ids=tuple(one.org_id for one in found),
        )  # fmt: skip
        notice_id = doors.save_notice(draft=draft, writer_name="陆晓岚")
        if doors.send_notice(notice_id=notice_id) is None:
            raise RuntimeError("a new notice was sent already")
    return notice_id


def killed(
    command: list[str],
    progress: Callable[[], tuple[int, bool]],
    expected: int,
    most: int,
    environment: dict[str, str],
) -> tuple[dict[int, float], int]:
    """Run a process until `progress` says that all is done, killing it without a word whenever another part of the work
    is done; (eighths -> seconds from the start, kills)."""
    import os

    def start() -> subprocess.Popen:
        return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)

    marks: dict[int, float] = {}
    kills, begun = 0, time.perf_counter()
    process = start()
    try:
        while True:
            done, is_over = progress()
            spent = time.perf_counter() - begun
            marks |= {share: spent for share in SHARES if share not in marks and done * 8 >= expected * share}
            if is_over:
                return marks, kills
            if spent > PATIENCE:
                raise RuntimeError(f"{done} of {expected} after {spent:.0f} s")
            if kills < most and done * (most + 1) >= expected * (kills + 1):
                process.kill()
                process.wait()
                kills += 1
                process = start()
            elif process.poll() is not None:
                raise RuntimeError(f"{command[2:]} ended by itself with {process.returncode}")
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait()


def answer_all() -> None:
    """Answer every receipt: by phone in two processes that are killed once each, the rest on paper. Count all."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.message import rules
    from jizuo.hubs.message.actions import answers
    from jizuo.hubs.message.queries import notices

    with roster.acting():
        scope = whole()
        ((asked, *_rest),) = rows(scope, RECEIPTS)
        signers = signers_of(scope)
        took: dict[str, float] = {}
        with timed(took, "answer"):
            marks, kills = answer_by_phone(len(signers))
        desks = clerks(schools(scope))
        paper = rows(scope, PAPER)
        with timed(took, "paper"):
            for unit_no, notice_no, no in paper:
                with scopes.use(desks[unit_no]):
                    answers.put_paper(code=rules.slip_code(notice_no, no), answer=OPTIONS[0])
        counts = counted(scope, asked, asked)
        for given in signers[:AGAIN]:
            try:
                give(scope, given, OPTIONS[1])
            except Conflict:
                continue
            raise RuntimeError("a receipt was answered twice")
        with timed(took, "count"):
            seen = Counter[str]()
            for unit_no, notice_id in rows(scope, "select unit_no, id from notice"):
                with scopes.use(desks[unit_no]):
                    _notice, classes, _reads, _ways = notices.notice_progress(notice_id=notice_id)
                for one in classes:
                    seen += Counter({"asked": one.asked, "answered": one.answered})
        if seen != Counter(asked=asked, answered=asked) or counted(scope, asked, asked) != counts:
            raise RuntimeError(f"{asked} asked and answered, the schools' pages count {dict(seen)}")
        ((changes, entries, papers),) = rows(scope, WRITTEN)
        if changes != asked or entries != len(signers) or papers != len(paper):
            raise RuntimeError(
                f"{asked} receipts have {changes} changes in their history; {len(signers)} answers by phone and"
                f" {len(paper)} on paper have {entries} and {papers} audit entries"
            )
        answer(phone=len(signers), papers=len(paper), marks=marks, kills=kills, **counts, **took)


def answer_by_phone(count: int) -> tuple[dict[int, float], int]:
    """Answer all receipts that an adult may sign, by processes side by side; (eighths of them -> seconds, kills)."""
    import tempfile
    from concurrent.futures import ThreadPoolExecutor

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(ANSWERERS) as side_by_side:

        def one(part: int) -> tuple[dict[int, float], int]:
            acknowledged = Path(folder, str(part))
            acknowledged.touch()
            expected = len(range(part, count, ANSWERERS))

            def progress() -> tuple[int, bool]:
                done = acknowledged.stat().st_size
                return done, done == expected

            command = [sys.executable, "-m", MODULE, "answer_part", str(part), str(acknowledged)]
            return killed(command, progress, expected, ANSWERER_KILLS, {})

        found = list(side_by_side.map(one, range(ANSWERERS)))
    return (
        {share: max(marks[share] for marks, _kills in found) for share in SHARES},
        sum(kills for _marks, kills in found),
    )


def answer_part(part: str, acknowledged: str) -> None:
    """Answer one part of the receipts through the door, a byte to the file for each answer that came back. One that was
    written and not acknowledged when the process died is met again as answered."""
    from jizuo.ground.errors import Conflict

    with roster.acting(), open(acknowledged, "ab", buffering=0) as file:
        scope = whole()
        mine = signers_of(scope)[int(part) :: ANSWERERS]
        done = Path(acknowledged).stat().st_size
        for place, given in enumerate(mine[done:]):
            try:
                give(scope, given, OPTIONS[0])
            except Conflict:
                if place:
                    raise
            file.write(b".")


def signers_of(scope: Any) -> list[tuple[Any, ...]]:
    """(unit, notice, child, adult) of every receipt that an adult may sign, in one order."""
    return sorted(rows(scope, SIGNERS))


def give(scope: Any, given: tuple[Any, ...], word: str) -> None:
    """An adult's answer in the role of the child."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.answers import answer_notice

    unit_no, notice_id, child, adult = given
    family = scopes.Scope(
        role=scopes.GUARDIAN, unit_no=unit_no, units=(unit_no,), person_id=adult, child_ids=(child,), today=scope.today
    )  # fmt: skip
    with scopes.use(family):
        answer_notice(notice_id=notice_id, answer=word)


def counted(scope: Any, expected: int, answered: int) -> dict[str, int]:
    """asked, copies, and how many receipts and copies are lost and doubled. Raises RuntimeError for a receipt that is
    answered without an answer, and when not `answered` are."""
    ((asked, children, numbers, answers, strays),) = rows(scope, RECEIPTS)
    ((copies, pairs),) = rows(scope, COPIES)
    ((ties,),) = rows(scope, TIES, scope.today, scope.today)
    if answers != answered or strays or numbers != asked:
        raise RuntimeError(
            f"{answers} answers of {answered}, {strays} strays, {numbers} numbers on {asked} slips"
        )
    return {
        "asked": asked, "copies": copies, "lost": expected - children + ties - pairs,
        "doubled": asked - children + copies - pairs,
    }  # fmt: skip


if __name__ == "__main__":
    from jizuo.project.start import set_up

    set_up("app")
    base.steps({"ask": ask, "answer_all": answer_all, "answer_part": answer_part})
