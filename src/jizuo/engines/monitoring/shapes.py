"""What the files of a pack say that this room reads: alerts."""

from __future__ import annotations

from jizuo.ground.packs.shapes import Said, Where


class Then(Said, frozen=True):
    """What follows when a case is still open: so many minutes later these are told, with a form they answer, or it goes to
    the phone list."""

    after_minutes: int
    tell: tuple[str, ...] = ()
    words: str = ""
    words_english: str = ""
    form: str = ""
    phone_list: bool = False


class Alert(Said, frozen=True):
    """alerts/*.yaml. of: a dataset of the pack; each: the field that names a case (a person, a class); least: so many rows
    of one case within `within_days` make it; at: ``08:30``, a setting as ``$name``, '' as soon as rows change; closes by
    itself when the rows no longer answer."""

    title: str
    of: str
    each: str
    words: str
    english: str = ""
    words_english: str = ""
    where: tuple[Where, ...] = ()
    least: int = 1
    within_days: int = 0
    on: str = ""
    at: str = ""
    tell: tuple[str, ...] = ()
    then: tuple[Then, ...] = ()
    only_school_days: bool = True
