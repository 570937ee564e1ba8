"""Why a reader sees a field of a record, or does not: the same decisions the doors take, told one by one.

A room registers a `Way` for each door of its own through which values are seen. A way never decides anything itself:
it asks the function its door asks. tests/hubs/organisation/test_explaining.py holds every way to its door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import doors
from jizuo.ground.doors import role_title
from jizuo.ground.scope import Scope
from jizuo.hubs.data import masking
from jizuo.hubs.data.datasets import PERSONAL, Field
from jizuo.hubs.data.masking import Lens
from jizuo.hubs.data.rules.grading import GRADES
from jizuo.hubs.data.sharing_shapes import Explained, Reason

HOW_WORDS: dict[str, Any] = {
    masking.CLEAR: gettext_lazy("看得到，是明文"),
    masking.PHONE: gettext_lazy("看得到一部分：电话中间遮盖"),
    masking.YEAR: gettext_lazy("看得到一部分：只有年份"),
    masking.NAME: gettext_lazy("看得到一部分：只有姓"),
    masking.TAIL: gettext_lazy("看得到一部分：只有末四位"),
    masking.STARS: gettext_lazy("看得到有值，内容遮盖"),
    masking.NOTHING: gettext_lazy("看不到"),
}


@dataclass(slots=True)
class Found:
    """What a way answers. how: as `masking.decide`, once nothing speaks against; reasons in the order they are
    asked."""

    how: str = masking.NOTHING
    reasons: list[Reason] = field(default_factory=list)

    def say(self, kind: str, is_met: bool, words: object) -> bool:
        """Add a reason; returns whether it is met."""
        self.reasons.append(Reason(kind, is_met, str(words)))
        return is_met


#: (reader, dataset, field key, record) -> what the way shows of it; None where the way never shows such a field.
Ask = Callable[[Scope, str, str, UUID | None], Found | None]


@dataclass(frozen=True, slots=True)
class Way:
    """A door through which values are seen. is_for: the reader's kind of role (a family's page is no way for staff)."""

    door: str
    is_for: Callable[[Scope], bool]
    ask: Ask


_ways: dict[str, Way] = {}


def offer(way: Way) -> None:
    """Register a way by its door."""
    _ways[way.door] = way


def ways() -> dict[str, Way]:
    """Every way by its door."""
    return _ways


#: text -> [(record id, name with what tells people apart)] of the people in reach of the one who asks.
Finder = Callable[[str], list[tuple[UUID, str]]]
_finder: list[Finder] = []


def find_people_by(finder: Finder) -> None:
    """Register how people are looked for; one room knows."""
    _finder[:] = [finder]


def people(text: str) -> list[tuple[UUID, str]]:
    """People in reach whose name or number answers `text`; [] for no text. Inside a door."""
    return _finder[0](text) if text and _finder else []


def through(way: Way, reader: Scope, dataset: str, key: str, record_id: UUID | None) -> Explained | None:
    """What `reader` sees through `way`; None where the way does not show such a field. Inside a door of the one who
    asks."""
    found = way.ask(reader, dataset, key, record_id)
    if found is None:
        return None
    reasons = [may_use(way.door, reader), *found.reasons]
    return explained(way.door, found.how, reasons)


def explained(door: str, how: str, reasons: list[Reason]) -> Explained:
    """The answer from its reasons: one that is not met shuts the door, a mask is no refusal."""
    is_shut = any(not one.is_met for one in reasons if one.kind != "purpose")
    how = masking.NOTHING if is_shut else how
    return Explained(
        is_seen=how != masking.NOTHING,
        how=how,
        words=str(HOW_WORDS[how]),
        door=str(doors.all_doors()[door].title),
        reasons=reasons,
    )


def may_use(door: str, reader: Scope) -> Reason:
    """Whether the reader's role may use the door, by default or by an override."""
    known = doors.all_doors()[door]
    is_granted, by_default = doors.is_granted(known, reader), reader.role in known.roles
    told = {"role": role_title(reader.role), "door": known.title}
    words = (_("“%(role)s”可以用“%(door)s”") if is_granted else _("“%(role)s”不能用“%(door)s”")) % told
    if is_granted != by_default:
        words += _("（按权限调整）")
    return Reason("door", is_granted, words)


def say_mask(found: Found, element: Field, lens: Lens, who: str) -> None:
    """Add the reasons of grade and purpose, and set how the value is shown."""
    title = GRADES[element.grade][0]
    purposes = masking.purposes()
    told = {"name": element.word, "grade": f"{element.grade} {title}", "who": who}
    if element.grade < PERSONAL:
        found.say("grade", True, _("“%(name)s”是“%(grade)s”级，不含个人信息，不遮盖") % told)
    else:
        found.say("grade", True, _("“%(name)s”是“%(grade)s”级") % told)
        if element.key in lens.masked:
            found.say("purpose", False, _("合约约定“%(name)s”要遮盖") % told)
        elif masking.looks(element) in ("sealed", "document"):
            found.say("purpose", False, _("证件号码不因用途给明文，要逐个说明理由查看"))
        elif element.purpose:
            told["purpose"] = purposes.get(element.purpose, element.purpose)
            if element.purpose in lens.purposes:
                found.say("purpose", True, _("它为“%(purpose)s”而收，%(who)s包括这一用途") % told)
            else:
                found.say("purpose", False, _("它为“%(purpose)s”而收，%(who)s不包括这一用途") % told)
        elif masking.is_open(element, lens):
            found.say("purpose", True, _("它没有限定用途，不到敏感级，不遮盖"))
        else:
            found.say("purpose", False, _("它没有写明用途，不能给明文"))
    found.how = masking.decide(element, lens)


def duty_words(reader: Scope) -> str:
    """Whose purposes are meant, in a sentence."""
    return _("“%(role)s”的职责") % {"role": role_title(reader.role)}
