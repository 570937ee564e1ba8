from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given


def test_own_words_are_checked_kept_and_given_up(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.message.actions.settings import change_words
    from jizuo.hubs.message.queries.settings import message_setting
    from jizuo.hubs.message.wording import Words

    school = given.school(base, classes=1, pupils=1)
    with scopes.use(given.clerk(base, school)):
        change_words(template="remind", language="zh", words=Words("催：{标题}", "{孩子}"))
        assert message_setting()[1][("remind", "zh")].title == "催：{标题}"
        for template, words in (
            ("digest", Words("{孩子}", "{件数}")),
            ("remind", Words("", "x")),
            ("none", Words("a", "b")),
        ):
            with pytest.raises(BadInput):
                change_words(template=template, language="zh", words=words)
        change_words(template="remind", language="zh", words=Words("", ""))
        assert message_setting()[1] == {}
