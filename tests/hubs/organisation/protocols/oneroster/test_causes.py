import string
from pathlib import Path

import pytest

from jizuo.hubs.organisation.protocols.oneroster import causes
from jizuo.hubs.organisation.protocols.oneroster.causes import CAUSES, SEVERITIES

SOURCE = "\n".join(
    path.read_text() for path in Path(causes.__file__).parent.glob("*.py") if path.stem != "causes"
)


@pytest.mark.parametrize("name", sorted(CAUSES))
def test_a_cause_is_whole_and_used(name: str) -> None:
    cause = CAUSES[name]
    assert cause.severity in SEVERITIES
    for chinese in (cause.zh, cause.fix_zh):
        assert any("\u4e00" <= ch <= "\u9fff" for ch in chinese)
    for english in (cause.en, cause.fix_en):
        assert english.strip()
        assert not any("\u4e00" <= ch <= "\u9fff" for ch in english)
    assert f'"{name}"' in SOURCE


@pytest.mark.parametrize("name", sorted(CAUSES))
def test_both_languages_use_the_same_words(name: str) -> None:
    cause = CAUSES[name]

    def words(*texts: str) -> set[str]:
        found = {field for text in texts for _, field, *_ in string.Formatter().parse(text) if field}
        return {word.removesuffix("_zh").removesuffix("_en") for word in found}

    assert words(cause.zh, cause.fix_zh) == words(cause.en, cause.fix_en) or name == "word"
