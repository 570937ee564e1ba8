from __future__ import annotations

from typing import Any


def test_a_unit_without_a_row_has_the_defaults(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries.settings import message_setting
    from jizuo.hubs.message.shapes import Setting

    with scopes.use(base.scope(base.unit(), "clerk")):
        assert message_setting() == (Setting(), {})
