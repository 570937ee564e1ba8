"""A clerk of another school at every address of the first school: the answer to an id of theirs is the answer to an
id that nobody has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from jizuo.ground import doors
from jizuo.project import rooms
from tests.base import Base
from tests.journeys.conftest import Town
from tests.journeys.town import STRANGER

#: Kind of id -> one of the first school's.
OWNED = {
    "affiliation": "select id from affiliation where unit_no = %(unit)s and role = 'pupil' and end_on is null limit 1",
    "staff": "select id from affiliation where unit_no = %(unit)s and role = 'staff' and end_on is null limit 1",
    "class": "select id from org where unit_no = %(unit)s and kind = 'class' limit 1",
    "batch": "select id from batch where unit_no = %(unit)s limit 1",
    "file": "select id from stored_file where unit_no = %(unit)s limit 1",
    "job": "select id from job where unit_no = %(unit)s limit 1",
    "person": "select person_id from affiliation where unit_no = %(unit)s and role = 'pupil' limit 1",
    "account": "select account_id from acting_grant where unit_no = %(unit)s and role = 'clerk' limit 1",
}
#: Words that name another reading of the same answer: no id, no token, no moment.
LOOSE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{1,2}:\d{2}(:\d{2})?"
    r"|(?<=csrfmiddlewaretoken\" value=\")[^\"]+|(?<=X-CSRFToken\": \")[^\"]+|nonce-[^'\"]+"
)

TOAST = re.compile(r'<div class="toast .*?</div>', re.S)


@dataclass
class Site:
    """The stranger's client; grant and unit numbers of the stranger and of the first school; its ids."""

    client: httpx.Client
    own_grant: int
    their_grant: int
    own_unit: int
    their_unit: int
    ids: dict[str, UUID]

    def answer(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Status and body of an address, without its own name and what differs between any two readings."""
        found = self.client.request(method, path)
        words = found.text
        if place := found.headers.get("location"):
            # What was said is shown on the next page: it is part of this answer and of no other.
            words = place + "".join(TOAST.findall(self.client.get(place).text))
        for name in (path, quote(path, safe="/"), path.partition("?")[0]):
            words = words.replace(name, "#")
        return found.status_code, LOOSE.sub("#", words)

    def fill(self, pattern: str, one: Any, unit_no: int) -> str:
        """The address of a pattern with one id in every place for an id."""
        values = {"uuid": str(one), "int": str(unit_no), "slug": "apply", "str": "data.batch"}
        return re.sub(r"<(\w+):\w+>", lambda found: values[found[1]], pattern)


@pytest.fixture(scope="module")
def site(town: Town, browser: Any, base: Base) -> Iterator[Site]:
    """The base is there for the address patterns and doors alone: they are read from this process's Django."""
    rooms.plates()
    own, their = town.grants(STRANGER)["clerk"], town.grants("clerk")["clerk"]
    (own_unit,), (their_unit,) = (
        town.ask("select unit_no from acting_grant where no = %s", one)[0] for one in (own, their)
    )
    ids = {}
    for kind, statement in OWNED.items():
        rows = town.ask(statement.replace("%(unit)s", str(their_unit)))
        assert rows, f"the first school has no {kind}"
        ids[kind] = rows[0][0]
    with town.client(browser, STRANGER) as client:
        yield Site(client, own, their, own_unit, their_unit, ids)


def patterns() -> list[str]:
    """Every address below an acting role, with its converters, as `<kind:name>`."""
    from django.urls import get_resolver

    def walk(found: Any, before: str) -> Iterator[str]:
        for one in found:
            here = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns, here)
            else:
                yield here

    start = "as/<int:grant_no>/"
    return [one.removeprefix(start) for one in walk(get_resolver().url_patterns, "") if one.startswith(start)]


NOBODY, NO_GRANT, NO_UNIT = UUID("01890000-0000-7000-8000-00000000dead"), 999_983, 999_983
#: A page that only takes a post sends a reading back to where its form stands.
REFUSALS = {302, 403, 404, 405}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_id_of_theirs_is_an_id_of_nobody(site: Site, method: str) -> None:
    told, asked = [], 0
    for pattern in patterns():
        if "<" not in pattern or pattern.startswith("api/"):
            continue
        nothing = site.answer(f"/as/{site.own_grant}/{site.fill(pattern, NOBODY, NO_UNIT)}", method)
        kinds = site.ids if "<uuid:" in pattern else {"unit": NOBODY}
        for kind, one in kinds.items():
            theirs = site.answer(f"/as/{site.own_grant}/{site.fill(pattern, one, site.their_unit)}", method)
            asked += 1
            if theirs != nothing or not (
                theirs[0] in REFUSALS or (method == "POST" and 400 <= theirs[0] < 500)
            ):
                pairs = zip(nothing[1], theirs[1], strict=False)
                place = next((at for at, (left, right) in enumerate(pairs) if left != right), 0)
                words = [said[1][max(0, place - 60) : place + 60] for said in (nothing, theirs)]
                told.append((pattern, kind, nothing[0], theirs[0], *words))
    assert asked > 100
    assert not told, "\n".join(map(str, told))


def test_the_wall_is_what_refuses(site: Site, town: Town, browser: Any) -> None:
    """The twin: the first school's own clerk opens the same ids."""
    with town.client(browser, "clerk") as client:
        for path in ("people/{affiliation}", "imports/{batch}", "jobs/{job}", "classes/{class}"):
            address = f"/as/{site.their_grant}/{path.format(**site.ids)}"
            assert client.get(address).status_code == 200, path


def test_their_ids_in_a_query_narrow_to_nothing_of_theirs(site: Site, town: Town) -> None:
    names = {name for (name,) in town.ask(f"select name from org where unit_no = {site.their_unit}")}
    (word,) = town.ask(f"select name from unit where unit_no = {site.their_unit}")[0]
    for path in ("people/pupils", "people/staff", "classes", "imports", "search", "exports", "slips", "jobs"):
        for key, theirs, nothing in (
            ("f.unit", site.their_unit, NO_UNIT),
            ("f.class", site.ids["class"], NOBODY),
            ("child", site.ids["person"], NOBODY),
            ("class", site.ids["class"], NOBODY),
            ("unit", site.their_unit, NO_UNIT),
        ):
            address = f"/as/{site.own_grant}/{path}?{key}="
            found, none = site.answer(f"{address}{theirs}"), site.answer(f"{address}{nothing}")
            assert found[0] == none[0], (path, key)
            assert word not in found[1], (path, key)
    assert names


def test_no_source_of_the_interface_tells_theirs_from_nothing(site: Site) -> None:
    told, asked = [], 0
    for door in doors.all_doors().values():
        if door.kind != doors.SOURCE or door.reach != doors.API:
            continue
        for name, hint in door.hints.items():
            if name == "return" or ("UUID" not in str(hint) and name not in ("unit_no", "unit_nos")):
                continue
            address = f"/as/{site.own_grant}/api/read/{door.name}?{name}="
            is_id = "UUID" in str(hint)
            none = site.answer(f"{address}{NOBODY if is_id else NO_UNIT}")
            for kind, one in site.ids.items() if is_id else [("unit", site.their_unit)]:
                found = site.answer(f"{address}{one}")
                asked += 1
                if found != none:
                    told.append((door.name, name, kind, none, found))
    assert asked > 20
    assert not told, "\n".join(map(str, told))


def test_no_action_of_the_interface_does_either(site: Site) -> None:
    """Actions with one id are asked with a body that names theirs; refused as for nobody's, and nothing changes."""
    told = []
    for door in doors.all_doors().values():
        if door.kind != doors.ACTION or door.reach != doors.API:
            continue
        names = [name for name, hint in door.hints.items() if name != "return" and "UUID" in str(hint)]
        if len(names) != 1:
            continue
        answers = []
        for one in (NOBODY, *site.ids.values()):
            found = site.client.post(
                f"/as/{site.own_grant}/api/do/{door.name}",
                json={names[0]: str(one)},
                headers={"Idempotency-Key": str(uuid4())},
            )
            answers.append((found.status_code, LOOSE.sub("#", found.text)))
        if len(set(answers)) != 1 or answers[0][0] < 400:
            told.append((door.name, answers))
    assert not told, "\n".join(map(str, told))


def test_their_grant_is_a_grant_of_nobody(site: Site) -> None:
    told = []
    for pattern in patterns():
        for one in (site.ids["batch"], NOBODY):
            rest = site.fill(pattern, one, site.their_unit)
            theirs, nothing = (site.answer(f"/as/{grant}/{rest}") for grant in (site.their_grant, NO_GRANT))
            if theirs != nothing or theirs[0] != 404:
                told.append((pattern, theirs[0], nothing[0], len(theirs[1]), len(nothing[1])))
    assert not told, "\n".join(map(str, told))
    gone = [site.client.get(f"/go/{grant}/").status_code for grant in (site.their_grant, NO_GRANT)]
    assert gone[0] == gone[1]
