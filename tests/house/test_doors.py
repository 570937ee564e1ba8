"""Every door of every room: documented, titled, typed, known roles, and on its room's plate."""

from __future__ import annotations

import inspect
import re

import pytest


@pytest.fixture(scope="module")
def doors(base):
    from jizuo.ground import doors as ground_doors
    from jizuo.project import rooms

    rooms.plates()
    return {name: door for name, door in ground_doors.all_doors().items() if not name.startswith("tests.")}


def test_there_are_doors(doors):
    assert len(doors) > 40
    assert {name.split(".")[0] for name in doors} >= {"ground", "data", "organisation", "identity"}


def test_each_door_is_documented_and_has_a_chinese_title(doors):
    bare = [
        name
        for name, door in doors.items()
        if not (inspect.getdoc(door.call) or "").strip() or not re.search(r"[一-鿿]", str(door.title))
    ]
    assert bare == []


def test_each_door_is_keyword_only_and_typed(doors):
    loose = [
        (name, key)
        for name, door in doors.items()
        for key, parameter in door.signature.parameters.items()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or key not in door.hints
    ]
    assert loose == []


def test_a_door_for_machines_says_what_it_gives(doors):
    silent = [name for name, door in doors.items() if door.reach == "api" and "return" not in door.hints]
    assert silent == []


def test_a_door_that_can_be_reached_has_a_role(doors):
    shut = [name for name, door in doors.items() if door.reach == "api" and not door.roles]
    assert shut == []


def test_names_say_what_they_do(doors):
    """Actions: verb + noun; sources: noun phrase; both in snake case."""
    odd = [name for name in doors if not re.fullmatch(r"[a-z]+\.[a-z][a-z0-9]*(_[a-z0-9]+)*", name)]
    assert odd == []
