"""Which passwords are refused (LOG-1): too short for the role, common, or easily guessed in a Chinese school.

No rule asks for kinds of signs. A list of common passwords is met with the patterns that lists leave out:
dates, phone and id numbers, runs on the keyboard, one sign repeated, and the person's own name and codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import pairwise

from jizuo.hubs.identity.rules import gettext_noop

LONGEST = 128
_DATE = r"(?:19|20)\d\d[-./年]?(?:0?[1-9]|1[0-2])[-./月]?(?:0?[1-9]|[12]\d|3[01])日?"
_RUNS = ("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p",
         "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "147258369", "789456123", "5201314")  # fmt: skip
_WORDS = ("password", "passwd", "admin", "welcome", "letmein", "iloveyou", "woaini", "xuexiao", "jiaoshi", "xuesheng",
          "laoshi", "mima", "school", "teacher", "student", "jizuo")  # fmt: skip
_ALIKE = str.maketrans("@$!0135", "asioles")


def faults(
    password: str, *, shortest: int, is_common: Callable[[str], bool], about: Collection[str] = ()
) -> list[tuple[str, dict[str, int]]]:
    """What is wrong with a new password, as Chinese msgids with what to fill in; empty when it may stand.

    is_common: whether a password stands on a list of common ones; asked for it and for its lower-case forms.
    about: texts of the person (name in pinyin, login code, phone) that must not make up the password.
    """
    found: list[tuple[str, dict[str, int]]] = []
    if len(password) < shortest:
        found.append(
            (gettext_noop("至少 %(least)s 位，现在是 %(now)s 位"), {"least": shortest, "now": len(password)})
        )
    if len(password) > LONGEST:
        found.append(
            (gettext_noop("最多 %(most)s 位，现在是 %(now)s 位"), {"most": LONGEST, "now": len(password)})
        )
    if found:
        return found
    lower = password.lower()
    forms = {lower, stem(lower)}
    if any(is_common(form) for form in forms | {form.translate(_ALIKE) for form in forms} | {password}):
        found.append((gettext_noop("这是常见密码，别人最先试的就是它"), {}))
    elif is_pattern(lower):
        found.append((gettext_noop("这串字符有规律（日期、电话、键盘顺序或重复），容易猜中"), {}))
    elif any(len(text) >= 3 and len(lower.replace(text.lower(), "")) < shortest // 2 for text in about):
        found.append((gettext_noop("密码里主要是您的姓名或账号，容易猜中"), {}))
    return found


def stem(lower: str) -> str:
    """The password without what people hang on a word: digits and signs at both ends."""
    return re.sub(r"^[\d\W_]+|[\d\W_]+$", "", lower)


def is_pattern(lower: str) -> bool:
    """True for texts that follow from a rule alone: fewer than twelve figures and nothing else, or three signs or
    fewer left after runs, dates, numbers and stock words are taken out."""
    if len(set(lower)) <= 3 or (lower.isdigit() and len(lower) < 12):
        return True
    if re.fullmatch(r"(.{1,6}?)\1+", lower):
        return True
    if re.fullmatch(r"(?:86)?1[3-9]\d{9}|\d{17}[\dx]|g\d{17}[\dx]", lower):
        return True
    rest = re.sub(_DATE, "", lower)
    for word in _WORDS:
        rest = rest.replace(word, "")
    return len(_without_runs(rest)) <= 3


def _without_runs(text: str) -> str:
    """`text` without stretches of four and more signs that stand in a row on the keyboard or repeat one sign."""
    kept, stretch = "", text[:1]
    for before, sign in pairwise(text):
        if _follows(before, sign, stretch):
            stretch += sign
            continue
        kept += stretch if len(stretch) < 4 else ""
        stretch = sign
    return kept + (stretch if len(stretch) < 4 else "")


def _follows(before: str, sign: str, stretch: str) -> bool:
    if before == sign:
        return len(set(stretch)) == 1
    tail = (stretch + sign)[-3:] if len(stretch) > 1 else before + sign
    return any(tail in run or tail[::-1] in run for run in _RUNS)
