"""What may be said to whom, when it may go out, and whether it may go out again. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from jizuo.hubs.identity.rules import gettext_noop

FAMILIES, PUPILS, STAFF = "families", "pupils", "staff"
AUDIENCES = (FAMILIES, PUPILS, STAFF)
NONE, READ, CHOICE = "none", "read", "choice"
NEEDS = (NONE, READ, CHOICE)

DRAFT, SENDING, SENT, ENDED = "draft", "sending", "sent", "ended"
#: state -> what may be done with a notice in it.
STATES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({"change", "send", "drop"}),
    SENDING: frozenset(),
    SENT: frozenset({"answer", "remind", "end"}),
    ENDED: frozenset(),
}

WAITING, TRYING, ACCEPTED, REFUSED, UNKNOWN = "waiting", "trying", "accepted", "refused", "unknown"
CAPPED, DROPPED = "capped", "dropped"
#: waiting for its time; trying: handed over at this moment; unknown: may have gone out; capped: the month's short
#: messages are used up; dropped: the person may no longer be told.
DELIVERY_STATES = (WAITING, TRYING, ACCEPTED, REFUSED, UNKNOWN, CAPPED, DROPPED)

SMS, MAIL = "sms", "mail"
#: Outside channels in the order in which a person is reached; the short message costs and comes by its own rule.
CHANNELS = ("wechat", "wechat_mini", "wecom_school", "wecom", "dingtalk", MAIL, SMS)

#: Placeholders: what is written between braces, in either language -> field.
FIELDS: Mapping[str, str] = {
    "孩子": "child", "班级": "class", "学校": "school", "标题": "title", "截止": "due", "件数": "count", "发件人": "writer",
    "child": "child", "class": "class", "school": "school", "title": "title", "due": "due", "count": "count",
    "writer": "writer",
}  # fmt: skip
#: Fields of one child: only in a message that each family gets for its own child.
CHILD_FIELDS = frozenset({"child", "class"})
#: Kinds of fields that never stand in words to more than one family (school-practice, section 6).
NEVER: Mapping[str, tuple[str, ...]] = {
    "成绩": ("成绩", "分数", "得分", "考分", "score", "mark"),
    "名次": ("名次", "排名", "rank"),
    "评语": ("评语", "comment"),
    "健康": ("健康", "病情", "过敏", "health", "allergy"),
    "资助": ("资助", "补助", "低保", "贫困", "aid"),
    "处分": ("处分", "punishment"),
}
_PLACEHOLDER = re.compile(r"[{｛]\s*([^{}｛｝]{1,20}?)\s*[}｝]")
#: Short messages: one part, and each part of a longer one.
PART, LONG_PART = 70, 67
#: The code is surely not out, and the trouble passes by itself.
PASSING = frozenset({"unreachable", "token-unreachable", "token-timeout", "43108", "45011"})
#: Minutes to wait before the next try of what was refused for a passing reason. What may have gone out is never
#: repeated by itself on any channel; a short message costs and is tried once again only.
TRIES: Mapping[str, tuple[int, ...]] = {
    SMS: (10,), MAIL: (5, 30, 120), "wechat": (5, 30), "wechat_mini": (5, 30), "wecom": (5, 30, 120),
    "wecom_school": (5, 30), "dingtalk": (5, 30, 120),
}  # fmt: skip


class Refused(ValueError):
    """Words that may not be sent: what is wrong with `values` filled in, and how to mend it; both are msgids."""

    def __init__(self, what: str, fix: str, **values: str) -> None:
        super().__init__(what % values)
        self.what, self.fix, self.values = what, fix, values


def placeholders(text: str) -> list[str]:
    """The words between braces in their order."""
    return [found.strip() for found in _PLACEHOLDER.findall(text)]


def check_words(text: str, allowed: Iterable[str], *, is_per_child: bool) -> None:
    """Raise `Refused` for a placeholder that these words may not hold: of a kind that never goes out, of a child in
    a message to many, or not known here."""
    may = frozenset(allowed)
    for word in placeholders(text):
        for kind, names in NEVER.items():
            if any(name in word.lower() for name in names):
                raise Refused(
                    gettext_noop("“%(word)s”是%(kind)s，不能写进通知"),
                    gettext_noop("让每个家庭在自己孩子的页面上看；通知里只写“请查看孩子的页面”"),
                    word=word, kind=kind,
                )  # fmt: skip
        field = FIELDS.get(word)
        if field in CHILD_FIELDS and not is_per_child:
            raise Refused(
                gettext_noop("“%(word)s”是某个孩子的内容，这条消息发给多人"),
                gettext_noop("改为按孩子发给家长，或删去它"),
                word=word,
            )
        if field is None or field not in may:
            known = "、".join(name for name, key in FIELDS.items() if key in may and not name.isascii())
            raise Refused(
                gettext_noop("不认识花括号里的“%(word)s”"),
                gettext_noop("这里花括号里可以写：%(known)s") if known else gettext_noop("请删去花括号里的内容"),
                word=word, known=known,
            )  # fmt: skip


def check_names(text: str, names: Iterable[str]) -> list[str]:
    """The names of pupils found in words that go to many families, in order. Raise `Refused` when the words also
    speak of what only the own family may know."""
    found = [name for name in dict.fromkeys(names) if len(name) > 1 and name in text]
    if found:
        for kind, words in NEVER.items():
            said = next((word for word in words if word in text.lower()), "")
            if said:
                raise Refused(
                    gettext_noop("正文同时写了学生姓名（%(names)s）和“%(said)s”：%(kind)s不能发给别的家庭"),
                    gettext_noop("删去姓名，或让每个家庭在自己孩子的页面上看"),
                    names="、".join(found[:3]), said=said, kind=kind,
                )  # fmt: skip
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders filled; one without a value becomes empty, an unknown one stays as typed."""

    def value_of(found: re.Match[str]) -> str:
        field = FIELDS.get(found[1].strip())
        return found[0] if field is None else values.get(field, "")

    return _PLACEHOLDER.sub(value_of, text)


def is_quiet(at: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether a clock time lies in the quiet hours [from, to), which may reach over midnight; equal ends: never."""
    if quiet_from <= quiet_to:
        return quiet_from <= at < quiet_to
    return at >= quiet_from or at < quiet_to


def not_before(now: datetime, quiet_from: time, quiet_to: time, *, is_urgent: bool) -> datetime:
    """When a message may go out: now, or at the end of the quiet hours. now: aware, in the civil zone."""
    if is_urgent or not is_quiet(now.timetz().replace(tzinfo=None), quiet_from, quiet_to):
        return now
    end = now.replace(hour=quiet_to.hour, minute=quiet_to.minute, second=0, microsecond=0)
    return end if end > now else end + timedelta(days=1)


def sms_parts(text: str) -> int:
    """How many short messages a text is charged as."""
    return 1 if len(text) <= PART else -(-len(text) // LONG_PART)


def next_try(channel: str, state: str, code: str, tries: int) -> int | None:
    """Minutes until a delivery may be handed over again under a new key after its `tries`-th try; None: it ends."""
    waits = TRIES.get(channel, ())
    is_passing = code in PASSING or code.startswith("http-5")
    return waits[tries - 1] if state == REFUSED and is_passing and 0 < tries <= len(waits) else None


def may_remind(reminded_at: datetime | None, sent_at: datetime, now: datetime, hours: int) -> datetime | None:
    """None when a reminder may go out now, else when it may: `hours` after the sending or the last reminder."""
    at = max(reminded_at or sent_at, sent_at) + timedelta(hours=hours)
    return at if reminded_at is not None and at > now else None


def slip_code(notice_no: int, no: int) -> str:
    """The code on a paper slip: ``12-00345-7``; the last digit checks the others (ISO 7064 MOD 11,10)."""
    digits = f"{notice_no}{no:05d}"
    return f"{notice_no}-{no:05d}-{_check(digits)}"


def read_slip(typed: str) -> tuple[int, int]:
    """(notice_no, no) of a scanned or typed code: a whole address, hyphens or none, full width. ValueError for what
    is none, and for one wrong digit or two neighbours changed over."""
    text = unicodedata.normalize("NFKC", typed).strip().rstrip("/").rsplit("/", 1)[-1]
    digits = re.sub(r"[\s\-‐–—]", "", text)
    if not re.fullmatch(r"[0-9]{7,15}", digits) or _check(digits[:-1]) != int(digits[-1]):
        raise ValueError("not a slip's code")
    return int(digits[:-6]), int(digits[-6:-1])


def _check(digits: str) -> int:
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def answers_of(needs: str, options: Sequence[str]) -> tuple[str, ...]:
    """The answers that a receipt takes."""
    return (READ,) if needs == READ else tuple(options) if needs == CHOICE else ()
