"""Writing attempts down, before and after, and what providers tell of them and of followers later."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import facts, outside
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.gateways import channels
from jizuo.ground.gateways.models import Attempt, Follower
from jizuo.ground.gateways.shapes import STATES, Event, Report, SendResult, State
from jizuo.ground.ids import new_id
from jizuo.ground.keys import Purpose, ring


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
        told = SendResult(
            state, before.provider_id, before.code, before.cost_fen, before.words, attempt_id=before.id
        )
        return before.id, told
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
        words=result.words[:200],
        cost_fen=result.cost_fen,
    )


@action(title="登记渠道事件", roles=[scopes.OPERATOR])
def note_event(*, account: str, event: Event) -> bool:
    """Write down what a provider's server told the account, once however often it is told; True when it was
    news. Tells `ChannelFollowed` or `ChannelLeft` (follower_id, channel), `SendReported` (attempt_id, state, code).
    An event older than what is known of the follower changes nothing."""
    if event.kind == "reported" and event.report is not None and event.provider_id:
        sent = Attempt.objects.filter(
            channel=event.channel, gateway=account, provider_id=event.provider_id, report=""
        )
        found = sent.order_by("-tried_at").first()
        return found is not None and note_report(attempt_id=found.id, report=event.report)
    if event.kind not in ("followed", "left") or not event.address:
        return False
    return _note_follower(account, event)


def _note_follower(account: str, event: Event) -> bool:
    scope = scopes.current()
    heard_at = datetime.fromtimestamp(event.at, UTC) if event.at else timezone.now()
    is_following = event.kind == "followed"
    place = {
        "unit_no": scope.unit_no,
        "channel": event.channel,
        "account": account,
        "address_hash": ring().blind(event.address, kind=event.channel),
    }
    with connection.cursor() as cursor:
        # The provider repeats what it thinks was not heard: two of the same at once are one.
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('channel_follower'), hashtext(%s))",
            [f"{place['unit_no']}/{account}/{event.address}"],
        )
    held = Follower.objects.filter(**place).first()
    scene = event.scene[:64]
    if held is None:
        follower_id = new_id()
        Follower.objects.create(
            id=follower_id,
            **place,
            address_sealed=ring().seal(
                Purpose.IDENTIFIERS, event.address.encode(), bound_to=sealed_place(follower_id)
            ),
            scene=scene,
            is_following=is_following,
            heard_at=heard_at,
        )
    else:
        follower_id = held.id
        is_same = held.is_following == is_following and (not scene or held.scene == scene)
        if heard_at < held.heard_at or (heard_at == held.heard_at and is_same):
            return False
        Follower.objects.filter(pk=follower_id).update(
            is_following=is_following, heard_at=heard_at, scene=scene or held.scene
        )
        if is_same and not scene:
            return False
    facts.tell(
        "ChannelFollowed" if is_following else "ChannelLeft",
        follower_id=str(follower_id),
        channel=event.channel,
    )
    return True


def sealed_place(follower_id: UUID) -> bytes:
    """What a follower's sealed address is bound to."""
    return b"channel_follower.address" + follower_id.bytes


@action(title="登记送达结果", roles=[scopes.OPERATOR])
def note_report(*, attempt_id: UUID, report: Report) -> bool:
    """Write down what a provider said of a message it had taken; True the first time, later ones change
    nothing. Tells `SendReported` in the attempt's own unit."""
    found = Attempt.objects.select_for_update().filter(pk=attempt_id, report="").first()
    if found is None:
        return False
    Attempt.objects.filter(pk=attempt_id).update(
        report=report.state, report_code=report.code[:80], reported_at=timezone.now()
    )
    facts.tell(
        "SendReported",
        unit_no=found.unit_no,
        attempt_id=str(attempt_id),
        state=report.state,
        code=report.code[:80],
    )
    return True


@action(title="试发一条消息", roles=[scopes.OPERATOR], reach=PAGE)
def try_channel(*, channel: str, address: str, template: str = "") -> UUID:
    """Queue one trial message of the acting unit to an address; returns its key. template: one the settings
    map, where the channel needs that. Raises `BadInput`; also when the channel is not set up, for then nothing
    would be sent."""
    from jizuo.ground.gateways import jobs

    unit_no = scopes.current().unit_no
    if channel not in channels.ALL:
        raise BadInput(_("没有这个渠道"), fix=_("请从列出的渠道里选"))
    to = channels.normal_address(channel, address)
    try:
        is_on = channels.is_on(channel, unit_no)
    except outside.BadSetting as fault:
        raise BadInput(str(fault), fix=_("请改正后再试")) from None
    if not is_on:
        raise BadInput(_("这个渠道没有设置，什么也不会发出"), fix=_("请先在密钥文件夹放入它的设置"))
    return jobs.defer_trial(channel, unit_no, to, template)
