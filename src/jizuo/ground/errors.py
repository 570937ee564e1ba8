"""The four errors a door may raise on purpose; anything else is a bug.

Each carries what a person needs: what happened and how to mend it. Doors turn them into problem
details (RFC 9457) for machines and into a readable page for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what came in.

    where: a field name, a cell (``一年级!C37``) or a line of a file.
    what: the fault in words of the person who sent it.  fix: what to do about it, may be empty.
    """

    where: str
    what: str
    fix: str = ""


class DoorError(Exception):
    """Base of the four. ``status`` is the HTTP status, ``slug`` names the problem type."""

    status = 500
    slug = "bug"
    title = _("程序出错")

    def __init__(self, detail: object = "", *, fix: object = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(str(detail) or str(self.title))
        self.detail = detail or self.title
        self.fix = fix
        self.problems = tuple(problems)


class NotFound(DoorError):
    """No such thing within reach; another unit's object answers exactly so."""

    status, slug, title = 404, "not-found", _("没有找到")


class NotAllowed(DoorError):
    """The acting role may not use this door, or a proof of `level` is due (``step_up``, see `ground.strength`)."""

    status, slug, title = 403, "not-allowed", _("当前身份不能这样做")

    def __init__(
        self, detail: object = "", *, fix: object = "", step_up: bool = False, level: int = 2
    ) -> None:
        super().__init__(detail, fix=fix)
        self.step_up = step_up
        self.level = level


class BadInput(DoorError):
    """What came in is wrong; ``problems`` names each place and its mend. Nothing was written."""

    status, slug, title = 422, "bad-input", _("填写的内容有误")


class Conflict(DoorError):
    """Someone or something else got there first; look again and repeat."""

    status, slug, title = 409, "conflict", _("与现状冲突")
