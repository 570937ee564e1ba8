"""Who hears of a matter: after its commit, once for each line of the timeline, however often the fact is delivered.

A message holds the title of the matter and the words of its step, no answer of a form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.engines.matter import rules, starting, who
from jizuo.engines.matter.writing import unit_told
from jizuo.ground import scope as scopes
from jizuo.ground.facts import Told
from jizuo.ground.packs import versions
from jizuo.hubs.message.actions import spread

WORDS = Path(__file__).with_name("words.yaml")
#: More new tasks of one holder in one fact are one message.
MOST_APART = 3
EVENTS = """
select e.id, e.unit_no, e.matter_id, e.person_id, e.told::text, m.title, m.version_id, m.flow
from matter_event e join matter m on m.unit_no = e.unit_no and m.id = e.matter_id
where e.unit_no = any(%s) and e.id = any(%s) order by e.id
"""
Row = Sequence[Any]


def on_moved(fact: Told) -> None:
    """Send what lines of timelines say to the people at the unit of the fact (fact ``MatterMoved``)."""
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [list(scopes.current().units), list(fact.payload["event_ids"])])
        rows = cursor.fetchall()
    told: list[tuple[Row, int, Mapping[str, Any], str]] = []
    for row in rows:
        for place, tell in enumerate(msgspec.json.decode(row[4]).get("tell", ())):
            told += [
                (row, place, tell, holder)
                for holder in tell["to"]
                if unit_told(holder, row[1]) == fact.unit_no
            ]
    held = who.people_of({holder for *_rest, holder in told})
    opened: dict[str, list[tuple[Row, int, Mapping[str, Any], str]]] = defaultdict(list)
    messages: dict[tuple[int, int], tuple[Row, Mapping[str, Any], list[spread.Pair]]] = {}
    for one in told:
        row, place, tell, holder = one
        if tell["as"] == "open":
            opened[holder].append(one)
        else:
            messages.setdefault((row[0], place), (row, tell, []))[2].extend(held[holder])
    for holder, some in opened.items():
        if len(some) > MOST_APART:
            say_many(fact.unit_no, holder, some[0][0], len(some), held[holder])
            continue
        for row, place, tell, _holder in some:
            messages.setdefault((row[0], place), (row, tell, []))[2].extend(held[holder])
    for (event_id, place), (row, tell, pairs) in messages.items():
        others = [pair for pair in dict.fromkeys(pairs) if pair[0] != row[3] or tell["as"] == "words"]
        if others:
            key = f"matter:{event_id}:{place}"
            template = f"matter_{tell['as']}"
            message_id = spread.put_message(
                fact.unit_no, key, template, titles_of(row, tell), link=f"matters/{row[2]}"
            )
            spread.spread(message_id, fact.unit_no, others)


def titles_of(row: Row, tell: Mapping[str, Any]) -> dict[str, str]:
    """What a message calls the matter: its title with the step's, or with the words of the step that tells; in English where
    the step has English words."""
    title, version_id, flow_name = row[5], row[6], row[7]
    flow = versions.pack_of(version_id).part("flows").get(flow_name)
    step = rules.named(flow, tell.get("step", "")) if flow else None
    if step is None:
        return {"title": title}
    if tell["as"] == "words":
        told = {"title": f"{step.words}：{title}" if step.words else title}
        return told | ({"title_en": f"{step.words_english}: {title}"} if step.words_english else {})
    told = {"title": f"{title}（{step.title}）" if step.title else title}
    return told | ({"title_en": f"{title} ({step.english})"} if step.english else {})


def say_many(unit_no: int, holder: str, first: Row, count: int, pairs: Sequence[spread.Pair]) -> None:
    """One message for many tasks of one holder."""
    if pairs:
        message_id = spread.put_message(
            unit_no, f"matter:{first[0]}:{holder}"[:120], "matter_many", {"title": first[5], "count": str(count)},
            link="matters",
        )  # fmt: skip
        spread.spread(message_id, unit_no, pairs)


def on_child_ended(fact: Told) -> None:
    """A child of a matter has ended (fact ``MatterChildEnded``)."""
    starting.ended_child(UUID(fact.payload["parent_id"]))
