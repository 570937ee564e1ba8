"""Every verb, button and state has its word."""

from __future__ import annotations

from jizuo.engines.matter import rules, verbs
from jizuo.engines.matter.shapes import VERBS


def test_words_for_all(base):
    assert set(verbs.BUTTONS) == {verb for some in VERBS.values() for verb in some}
    assert set(verbs.WORDS) >= rules.GOOD | rules.MARKS and verbs.STATES.keys() == verbs.TONES.keys()
    assert verbs.word_of("approve") == "同意" and verbs.word_of("unheard") == "unheard"
