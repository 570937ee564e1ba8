"""Who hears of a case, and how: one message for those told alike, each family its own child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.db import connection

from jizuo.engines.monitoring.rules import Held
from jizuo.ground import scope as scopes
from jizuo.hubs.message.actions import spread
from jizuo.hubs.message.actions.spread import Pair
from jizuo.hubs.organisation.queries import contacts

WORDS = Path(__file__).with_name("words.yaml")
POSTS = "select person_id from scene_post where unit_no = %s and scene = %s and post = %s order by id"


def families(word: str, cases: Sequence[Held]) -> list[Pair]:
    """(adult or pupil, child) for the cases about a person."""
    children = [one.subject_id for one in cases if one.subject_id is not None]
    if word == "subject":
        return [(child, child) for child in children]
    told = contacts.told_of(child_ids=children)
    return [(adult, child) for child, adults in told.items() for adult in adults]


def staff(word: str, scene: str, unit_no: int, cases: Sequence[Held]) -> list[UUID]:
    """The people of a who-word at a unit, for these cases."""
    if word in (scopes.HEAD, scopes.CLERK):
        return contacts.holders_of(role=word, unit_no=unit_no)
    if word == "homeroom_teacher_of_subject":
        classes = list({one.org_id for one in cases if one.org_id is not None})
        found = contacts.homeroom_teachers_of(class_ids=classes) if classes else {}
        return [person for people in found.values() for person in people]
    with connection.cursor() as cursor:
        cursor.execute(POSTS, [unit_no, scene, word.removeprefix("post.")])
        return [person_id for (person_id,) in cursor.fetchall()]


def tell(
    key: str,
    scene: str,
    unit_no: int,
    to: Sequence[str],
    words: str,
    cases: Sequence[Held],
    *,
    english: str = "",
    form: str = "",
) -> int:
    """Tell the people of these who-words at a unit of some cases; returns how many copies. key: names the message, told
    once. english: the words for who reads English. form: what a family answers with."""
    pairs: list[Pair] = []
    people: list[UUID] = []
    for word in to:
        if word in ("subject", "guardians_of_subject"):
            pairs += families(word, cases)
        else:
            people += staff(word, scene, unit_no, cases)
    told = 0
    if pairs:
        link = f"s/{scene}/new/{form}" if form else f"s/{scene}/"
        told += put(
            f"{key}:family", unit_no, "alert_family", (words, english), list(dict.fromkeys(pairs)), link
        )
    if people:
        to_staff: list[Pair] = [(one, None) for one in dict.fromkeys(people)]
        told += put(key, unit_no, "alert_staff", (words, english), to_staff, "cases")
    return told


def put(
    key: str, unit_no: int, template: str, words: tuple[str, str], pairs: Sequence[Pair], link: str
) -> int:
    """One message with its copies. words: in Chinese and in English, '' for none."""
    values = {"title": words[0]} | ({"title_en": words[1]} if words[1] else {})
    message_id = spread.put_message(unit_no, key, template, values, link=link)
    spread.spread(message_id, unit_no, pairs)
    return len(pairs)
