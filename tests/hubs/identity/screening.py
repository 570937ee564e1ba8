"""A screen and a phone: two browsers, one of them a teacher's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

HTMX = {"HTTP_HX_REQUEST": "true"}


@dataclass
class Phone:
    """A teacher's browser. at: the address of the page that opens screens."""

    client: Any
    account: Any
    grant_no: int
    at: str


def phone(base: Any, school: Any, role: str = "homeroom_teacher", **more: Any) -> Phone:
    """A teacher of the first class of `school`; `more` goes to the grant."""
    account = base.account("沈知远")
    told = {"org_ids": [school.classes[0]], **more}
    grant_no = base.grant(account, school.unit_no, role, **told)
    return Phone(base.client(account), account, grant_no, f"/as/{grant_no}/screen")


def code_on(screen: Any, html: str | None = None) -> str:
    """The code a screen shows, after opening its start."""
    shown = screen.get("/screen/").content.decode() if html is None else html
    found = re.search(r'class="screen-code">([0-9A-Z-]+)<', shown)
    assert found, shown
    return found[1]


def wait_of(answer: Any) -> UUID:
    """The waiting screen that the phone's page asks about."""
    found = re.search(r'name="wait_id" value="([0-9a-f-]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return UUID(found[1])


def opened(base: Any, teacher: Phone, school: Any, *, minutes: int = 45, **client: Any) -> Any:
    """A screen's browser after the teacher opened it for the first class."""
    screen = base.client(**client)
    look = teacher.client.get(teacher.at, {"code": code_on(screen)})
    asked = {"wait_id": wait_of(look), "class_id": school.classes[0], "minutes": minutes}
    assert teacher.client.post(teacher.at, asked).status_code == 302
    assert screen.get("/screen/wait/?as=waiting", **HTMX)["HX-Redirect"] == "/screen/"
    assert screen.get("/screen/")["Location"] == "/screen/list/"
    return screen
