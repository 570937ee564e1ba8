"""Whether a short list of words answers to what a person typed: Chinese, whole pinyin, initials, part of a name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from jizuo.plain import pinyin
from jizuo.plain.workbook.words import normal


@lru_cache(maxsize=20_000)
def keys_of(word: str) -> tuple[str, ...]:
    """Under what a word is found: itself, its whole pinyin, its initials."""
    if word.isascii():
        return (word.casefold(),)
    # A character before it keeps the first from being read as a surname.
    syllables = pinyin.readings(f"某{word}")[1:]
    return normal(word), "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def answers(words: Iterable[str], text: str) -> bool:
    """True when a typed text is part of a word, or begins its pinyin or its initials; always for an empty text."""
    typed = pinyin.query_key(text) if text.isascii() else normal(text)
    if not typed:
        return not text.strip()
    for word in words:
        plain, *latin = keys_of(word)
        if typed in plain or any(key.startswith(typed) for key in latin):
            return True
    return False
