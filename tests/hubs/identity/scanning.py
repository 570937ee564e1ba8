"""A school that uses the student code: its office, a family, a place, a scanner, and the scanner's sealed list."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.hubs.organisation import given

#: A JPEG of one grey point.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/"
    "wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACv/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AfwD/2Q=="
)


@dataclass
class Seat:
    """Somebody signed in. at: the address of the acting role."""

    client: Any
    account: Any
    grant_no: int

    @property
    def at(self) -> str:
        return f"/as/{self.grant_no}/"

    def again(self) -> Seat:
        """Signed in anew: a session ends with the time that a test lets pass."""
        client = self.client.__class__()
        client.force_login(self.account)
        return Seat(client, self.account, self.grant_no)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(self.at + path, **more)

    def post(self, path: str, data: Any = None) -> Any:
        return self.client.post(self.at + path, data or {})


@dataclass
class Scanner:
    """A registered device."""

    base: Any
    token: str
    device: str

    def post(self, path: str, body: Any = None, *, token: str | None = None) -> Any:
        text = body if isinstance(body, (bytes, str)) else json.dumps(body or {})
        return self.base.client().post(
            f"/scanner/{path}",
            text,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token if token is None else token}",
        )

    def check(self, code: str, scan_id: UUID | None = None) -> Any:
        return self.post("check", {"id": str(scan_id or uuid4()), "code": code}).json()

    def list(self) -> dict[str, Any]:
        answer = self.post("sync")
        assert answer.status_code == 200, answer.content
        return opened(answer.json())


def opened(told: dict[str, Any]) -> dict[str, Any]:
    """What a sealed list says."""
    key, nonce, sealed = (base64.b64decode(told[one]) for one in ("key", "nonce", "sealed"))
    return json.loads(AESGCM(key).decrypt(nonce, sealed, told["stamp"].encode()))


@dataclass
class CodeSchool:
    """A filled school with seats at its desks."""

    base: Any
    school: Any
    clerk: Seat
    teacher: Seat
    seats: dict[UUID, Seat] = field(default_factory=dict)

    @property
    def unit_no(self) -> int:
        return self.school.unit_no

    def pupil_id(self, place: int) -> UUID:
        return self.school.pupils[place][0]

    def pupil(self, place: int = 0) -> Seat:
        return self.of_person("pupil", self.pupil_id(place), org_ids=[self.school.classes[0]])

    def guardian(self, place: int = 0) -> Seat:
        return self.of_person("guardian", self.school.guardians[place][0], child_ids=[self.pupil_id(place)])

    def of_person(self, role: str, person_id: UUID, **grant: Any) -> Seat:
        """The family's seat, signed in anew."""
        if person_id not in self.seats:
            self.seats[person_id] = seat(self.base, self.unit_no, role, person_id=person_id, **grant)
        return self.seats[person_id].again()

    def do(self, what: str, *places: int, by: Seat | None = None) -> Any:
        picked = [str(self.pupil_id(place)) for place in places]
        return (by or self.clerk).post("student-cards/do", {"do": what, "pick": picked})

    def card_code(self, place: int) -> str:
        """The code on the card of a pupil, as it is printed."""
        from jizuo.ground import scope as scopes
        from jizuo.hubs.identity.actions.student_codes import cards

        with scopes.use(self.base.scope(self.unit_no, "clerk")):
            (one,) = cards.print_cards(person_ids=[self.pupil_id(place)])
        return one.code

    def place(self, name: str = "东门", purpose: str = "gate", classes: tuple[UUID, ...] = ()) -> UUID:
        answer = self.clerk.post(
            "scan-places/do", {"name": name, "purpose": purpose, "class": [str(one) for one in classes]}
        )
        assert answer.status_code == 302, answer.content.decode()
        with looking(self.base) as owner:
            return owner.execute(
                "select id from scan_place where unit_no = %s and name = %s and ended_at is null",
                [self.unit_no, name],
            ).fetchone()[0]

    def pairing_code(self, place_id: UUID) -> str:
        shown = self.clerk.post(f"scan-places/{place_id}/pairing").content.decode()
        found = re.search(r'class="screen-code">([0-9A-Z-]+)<', shown)
        assert found, shown
        return found[1]

    def scanner(self, place_id: UUID) -> Scanner:
        told = paired(self.base, self.pairing_code(place_id))
        assert told.status_code == 200, told.content
        return Scanner(self.base, told.json()["token"], told.json()["device"])

    def scans(self) -> list[tuple[Any, ...]]:
        with looking(self.base) as owner:
            return owner.execute(
                "select person_id, result, kind, is_late from student_scan where unit_no = %s order by at",
                [self.unit_no],
            ).fetchall()


def paired(base: Any, code: str, address: str = "10.77.0.1") -> Any:
    return base.client(REMOTE_ADDR=address).post(
        "/scanner/pair", json.dumps({"code": code, "name": "东门手机"}), content_type="application/json"
    )


def seat(base: Any, unit_no: int, role: str, *, person_id: UUID | None = None, **grant: Any) -> Seat:
    account = base.account("周教务", person_id=person_id)
    grant_no = base.grant(account, unit_no, role, person_id=person_id, **grant)
    return Seat(base.client(account), account, grant_no)


def make(base: Any, *, classes: int = 2, pupils: int = 3) -> CodeSchool:
    """A school with a clerk and the homeroom teacher of its first class."""
    from jizuo.project import rooms

    rooms.plates()
    school = given.fill(base, base.unit(), classes=classes, pupils=pupils)
    return CodeSchool(
        base,
        school,
        seat(base, school.unit_no, "clerk"),
        seat(base, school.unit_no, "homeroom_teacher", org_ids=[school.classes[0]]),
    )


def shown_code(answer: Any) -> str:
    """The code a family's page shows."""
    found = re.search(r'data-code="(JM:[0-9A-Z]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


@contextmanager
def looking(base: Any) -> Iterator[Any]:
    """The owner's connection with every school in sight."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), false)")
        yield owner
