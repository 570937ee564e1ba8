"""Who said that a value is wrong hears what became of it; who must answer is reminded in time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from jizuo.ground import scope as scopes
from jizuo.ground.facts import Told
from jizuo.hubs.data.queries.corrections import askers_of
from jizuo.hubs.message.actions import spread
from jizuo.hubs.organisation.queries import contacts

#: state of a ticket -> the words that tell it; what the asker does herself is not told.
TEMPLATES = {
    "answered": "correction_answered",
    "waiting": "correction_waiting",
    "decided": "correction_decided",
    "mended": "correction_mended",
}
LINK = "corrections/mine"


def on_moved(fact: Told) -> None:
    """A ticket came to a state (fact ``CorrectionMoved``): its askers are told, a guardian only while she is still told
    of the child. The message names the field and no value."""
    template = TEMPLATES.get(fact.payload["state"])
    if template is None:
        return
    correction_id = UUID(fact.payload["correction_id"])
    subject_id, title, askers = askers_of(correction_id=correction_id)
    told = set(contacts.told_of(child_ids=[subject_id]).get(subject_id, ()))
    pairs: list[spread.Pair] = []
    for person_id, role in askers:
        if role == scopes.GUARDIAN:
            pairs += [(person_id, subject_id)] if person_id in told else []
        else:
            pairs.append((person_id, person_id if role == scopes.PUPIL else None))
    say(fact, f"correction:{correction_id}:{fact.payload['state']}", template, title, LINK, pairs)


def on_due(fact: Told) -> None:
    """A ticket is due soon (fact ``CorrectionDue``), or has gone up (``CorrectionRaised``): the office of the school is
    told."""
    correction_id = UUID(fact.payload["correction_id"])
    _subject, title, _askers = askers_of(correction_id=correction_id)
    template = "correction_due" if fact.name == "CorrectionDue" else "correction_raised"
    holders = contacts.holders_of(role=scopes.CLERK, unit_no=fact.unit_no)
    key = f"correction:{correction_id}:{template.rpartition('_')[2]}"
    say(fact, key, template, title, f"corrections/{correction_id}", [(one, None) for one in holders])


def say(fact: Told, key: str, template: str, title: str, link: str, pairs: Sequence[spread.Pair]) -> None:
    """One message of the unit, once."""
    if pairs:
        message_id = spread.put_message(fact.unit_no, key, template, {"title": title}, link=link)
        spread.spread(message_id, fact.unit_no, pairs)
