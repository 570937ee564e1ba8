"""Alerts looked at by the clock and after a change; a case closed with what was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.monitoring import queries, rules, telling, watching
from jizuo.engines.monitoring.rules import Held
from jizuo.engines.monitoring.watching import Watch
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.facts import Told

MOST_NOTE = 400


@action(title="看一遍预警", roles=[scopes.OPERATOR])
def watch_alerts(*, at: datetime | None = None) -> int:
    """Look at every alert of the units in reach and tell who is to be told; returns how many cases were opened, moved on or
    ended. at: the moment, aware; now when left out. Looking again changes nothing."""
    return look_at(scopes.current().units, at or timezone.now())


def look_at(units: Iterable[int], now: datetime, *, dataset: str = "") -> int:
    """Look at the alerts of some units, those over one dataset when named. Inside a door."""
    done = 0
    for watch in watching.watches(timezone.localtime(now), units=units, dataset=dataset):
        opened, alive, ended = watching.look(watch, now)
        done += len(opened) + ended + follow(watch, opened, alive, now)
    return done


def follow(watch: Watch, opened: Sequence[Held], alive: Sequence[Held], now: datetime) -> int:
    """Tell who is to be told of new cases and of those that are still open; returns how many cases moved on."""
    alert = watch.alert
    groups: dict[tuple[int, int], list[Held]] = defaultdict(list)
    for one in opened:
        groups[one.unit_no, 0].append(one)
    stages: dict[UUID, int] = {}
    for one in alive:
        stage, due = rules.steps_due(alert, one, now)
        for place in range(len(due)):
            groups[one.unit_no, one.stage + place + 1].append(one)
        if due:
            stages[one.case_id] = stage
    for (unit_no, place), cases in sorted(groups.items()):
        key = f"alert:{watch.name}:{place}:{min(str(one.case_id) for one in cases)}"
        if place:
            step = alert.then[place - 1]
            said = step if step.words else alert
            telling.tell(
                key,
                watch.scene,
                unit_no,
                step.tell,
                said.words,
                cases,
                english=said.words_english,
                form=step.form,
            )
        elif alert.tell:
            telling.tell(
                key, watch.scene, unit_no, alert.tell, alert.words, cases, english=alert.words_english
            )
    if alert.tell:
        stages = {one.case_id: one.stage for one in opened} | stages
    if stages:
        watching.raise_stage(stages, now)
    return len(stages)


def on_written(fact: Told) -> None:
    """Look at the alerts over a dataset of which rows were written (facts ``SceneRowsWritten`` and ``DatasetRefreshed``)."""
    names = fact.payload.get("datasets") or [fact.payload.get("dataset", "")]
    for name in names:
        if name:
            look_at([fact.unit_no], timezone.now(), dataset=name)


@action(title="记下怎么办的", roles=scopes.STAFF_ROLES, reach=API)
def close_case(*, case_id: UUID, note: str) -> None:
    """Close a case with what was done about it. Raises NotFound for one out of reach, BadInput without a note, Conflict
    never: who closed it first stays."""
    text = note.strip()
    if not text or len(text) > MOST_NOTE:
        raise BadInput(_("写一句怎么办的"), fix=_("如：家长说在路上，八点五十到（最多 400 字）"))
    held = queries.case_in_reach(case_id)
    if held is None:
        raise NotFound(_("没有这一条"), fix=_("可能已经办好"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update alert_case set state = 'closed', closed_at = now(), closed_by = %s, note = %s"
            " where unit_no = any(%s) and id = %s and state <> 'closed'",
            [scopes.current().grant_no or 0, text, list(scopes.current().units), case_id],
        )
