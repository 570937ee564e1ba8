"""Places that run out: who passes a step, and who waits in line.

A matter that has passed a step with `places` holds its place until it is refused, withdrawn or ended without being done;
the others of one `place_of` wait there, and the first of them moves up when a place comes free.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.engines.matter import rules, writing
from jizuo.engines.matter.shapes import Step
from jizuo.engines.matter.writing import Case, Work

HOLDING = (rules.OPEN, rules.WAITING, rules.DONE)
#: One after another through the same door.
LOCK = "select pg_advisory_xact_lock(hashtext('matter_line'), hashtext(%s))"
HELD = """
select id from matter where unit_no = %s and scene = %s and flow = %s and state = any(%s)
  and data -> 'placed' ->> %s = %s
"""
LINE = """
select id from matter where unit_no = %s and scene = %s and state = 'open' and flow = %s and at = %s
  and data -> 'line' ->> %s = %s order by id limit 100
"""


def _gate(case: Case, step: Step, place: str) -> str:
    return f"{case.unit_no}:{case.scene}:{case.flow}:{step.key}:{place}"


def pass_or_wait(case: Case, step: Step, told: dict[str, Any], work: Work) -> bool:
    """Let a matter take a place at a step; False while there is none, then it stands in line. Inside a door; two reads.
    Raises BadExpression."""
    most = int(rules.value(step.places, told) or 0)
    place = str(rules.value(step.place_of, told)) if step.place_of else ""
    if case.data.get("placed", {}).get(step.key) == place:
        return True
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [_gate(case, step, place)])
        cursor.execute(HELD, [case.unit_no, case.scene, case.flow, list(HOLDING), step.key, place])
        held = {one for (one,) in cursor.fetchall()}
    for one in work.cases.values():
        is_held = one.state in HOLDING and one.data.get("placed", {}).get(step.key) == place
        (held.add if is_held and one.flow == case.flow else held.discard)(one.id)
    is_free = len(held) < most
    case.data.setdefault("placed" if is_free else "line", {})[step.key] = place
    if is_free:
        case.data.get("line", {}).pop(step.key, None)
    return is_free


def gave_up(case: Case) -> list[tuple[str, str]]:
    """(step, place) that a matter which has ended otherwise than done held."""
    return list(case.data.get("placed", {}).items()) if case.state not in HOLDING else []


def move_up(case: Case, places: list[tuple[str, str]]) -> None:
    """Let those who wait for these places of a matter's flow go on, the first first. Inside a door, after the matter itself
    has been written."""
    from jizuo.engines.matter.deciding import Mover, Stopped

    for key, place in places:
        with connection.cursor() as cursor:
            cursor.execute(LINE, [case.unit_no, case.scene, case.flow, key, key, place])
            ids: list[UUID] = [one for (one,) in cursor.fetchall()]
        for matter_id in ids:
            waiting = writing.lock([matter_id]).get(matter_id)
            step = waiting.step() if waiting else None
            if waiting is None or step is None or step.key != key or waiting.state != rules.OPEN:
                continue
            work = Work()
            mover = Mover(work.take(waiting), work)
            if not pass_or_wait(waiting, step, mover.told, work):
                break
            event = work.log(waiting, "go", key, by_itself=True)
            try:
                writing.tell_by(event, mover.go(rules.place_of(waiting.plan, key)))
            except Stopped as stopped:
                event["note"] = f"{stopped.what} {stopped.fix}".strip()
                work.cases.clear()
                work.rows.clear()
            work.flush()
