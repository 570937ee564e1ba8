from __future__ import annotations

from typing import Any

from tests.hubs.message.actions.conftest import secrets

__all__ = ["secrets"]


def to_send(channel: str, address: str) -> Any:
    from jizuo.ground.ids import new_id
    from jizuo.hubs.message.shapes import ToSend

    return ToSend(new_id(), channel, address, "remind", {"title": "a", "text": "b"}, "k:1", "")


def test_what_is_not_set_up_or_set_up_wrongly_is_off_and_refuses(base: Any, secrets: Any) -> None:
    from jizuo.hubs.message import ways

    assert not ways.is_on("mail", 1) and not ways.is_on("sms", 1) and ways.price_fen() == 0
    secrets("mail", {"host": "127.0.0.1"})
    assert not ways.is_on("mail", 1)
    unit_no = base.unit()
    assert ways.hand_over(to_send("mail", ""), unit_no).code == ways.NO_ADDRESS
    assert ways.hand_over(to_send("mail", "no address"), unit_no).code == ways.BAD_ADDRESS
    assert ways.hand_over(to_send("sms", "13800138000"), unit_no).state == "refused"
