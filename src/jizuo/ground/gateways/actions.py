"""Writing attempts down, before and after."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import Conflict
from jizuo.ground.gateways.models import Attempt
from jizuo.ground.gateways.shapes import STATES, SendResult, State


@action(title="登记一次发送", roles=[scopes.OPERATOR])
def note_send_attempt(
    *,
    channel: str,
    key: str,
    gateway: str,
    template: str,
    address_hash: bytes,
    masked: str,
    most: int | None = None,
) -> tuple[UUID, SendResult | None]:
    """Write an attempt of the acting unit down. Returns its id, and the recorded result when the key was used
    before (then nothing is to be sent). Raises `Conflict` past `most` attempts of the channel on one day."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        # Two senders at once must not both see the last free place, nor both the unused key.
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), %s)", [f"send_{channel}", scope.unit_no])
    mine = Attempt.objects.filter(unit_no=scope.unit_no, channel=channel)
    before = mine.filter(key=key).first()
    if before is not None:
        state: State = next((state for state in STATES if state == before.state), "unknown")
        return before.id, SendResult(state, before.provider_id, before.code, before.cost_fen)
    if most is not None and mine.filter(sent_on=scope.today).count() >= most:
        raise Conflict(
            _("今天的短信已用完（%(most)d 条）") % {"most": most},
            fix=_("请明天再试、改用纸质验证码，或请管理员提高上限"),
        )
    made = Attempt.objects.create(
        unit_no=scope.unit_no,
        channel=channel,
        key=key,
        sent_on=scope.today,
        gateway=gateway,
        template=template,
        address_hash=address_hash,
        masked=masked,
    )
    return made.id, None


@action(title="登记发送结果", roles=[scopes.OPERATOR])
def note_send_result(*, attempt_id: UUID, result: SendResult) -> None:
    """Write down what became of an attempt."""
    Attempt.objects.filter(pk=attempt_id).update(
        state=result.state,
        provider_id=result.provider_id[:120],
        code=result.code[:80],
        cost_fen=result.cost_fen,
    )
