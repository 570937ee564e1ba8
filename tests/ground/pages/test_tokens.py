"""The tokens themselves: both dark blocks agree, and every pair of text and ground is readable (WCAG AA)."""

from __future__ import annotations

import re

import pytest

from tests.database import CHECKOUT

CSS = (CHECKOUT / "src/jizuo/ground/front/tokens.css").read_text(encoding="utf-8")
TONES = ("qing", "zhu", "huang", "lv", "lan")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "card", "hover")),
    *((f"{tone}-ink", ground) for tone in TONES for ground in ("card", "paper", "hover", f"{tone}-wash")),
    *(("ink", f"{tone}-wash") for tone in TONES),
    ("on-qing", "qing"),
    ("on-zhu", "zhu"),
]
# Edges of fields and marks of charts need 3:1 against what they stand on (WCAG 1.4.11).
MARK_PAIRS = [("edge", "card"), *((tone, "card") for tone in TONES)]


def tokens(selector: str) -> dict[str, str]:
    body = re.search(re.escape(selector) + r" \{(.*?)\n\s*\}", CSS, re.S)
    assert body, selector
    return dict(re.findall(r"--([\w-]+): ([^;]+);", body[1]))


LIGHT = tokens(":root")
DARK = tokens(":root[data-theme='dark']")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_on_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_by_device_and_dark_by_choice_are_one():
    assert tokens(":root:not([data-theme='light'])") == DARK
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_readable(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_stand_out(theme, mark, ground):
    assert contrast(theme[mark], theme[ground]) >= 3
