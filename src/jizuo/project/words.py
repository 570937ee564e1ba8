"""Words of the command line, before or without Django: Chinese, or English when the terminal asks for it."""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path


def language() -> str:
    """`en` when JIZUO_LANG or the terminal's locale begins with en, else `zh`."""
    for name in ("JIZUO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


@lru_cache(maxsize=2)
def _words(chosen: str) -> gettext.NullTranslations:
    folder = Path(__file__).resolve().parent.parent / "locale"
    if chosen == "zh":
        return gettext.NullTranslations()
    return gettext.translation("django", folder, languages=["en"], fallback=True)


def _(text: str) -> str:
    """The sentence in the terminal's language; Chinese itself where no translation is compiled."""
    return _words(language()).gettext(text)
