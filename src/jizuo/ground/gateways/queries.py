"""What was sent, what it cost, what became of it; which channels there are and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit, outside
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.gateways import channels, codes, sms
from jizuo.ground.gateways.actions import sealed_place
from jizuo.ground.gateways.models import TRYING, Attempt
from jizuo.ground.gateways.models import Follower as FollowerRow
from jizuo.ground.keys import Purpose, ring

_READERS = scopes.SCHOOL_ROLES | scopes.DISTRICT_ROLES | {scopes.OPERATOR}


@dataclass(frozen=True, slots=True)
class SmsUse:
    """One unit's short messages of one day. tried counts against the cap; cost_fen by the price list."""

    unit_no: int
    tried: int
    accepted: int
    cost_fen: int


@source(title="短信用量与费用", roles=_READERS, reach="api")
def sms_use(*, begin_on: date, end_on: date) -> list[SmsUse]:
    """Short messages of the units in reach, days [begin_on, end_on), by unit number; units with none are left
    out."""
    found = (
        Attempt.objects.filter(channel="sms", sent_on__gte=begin_on, sent_on__lt=end_on)
        .values("unit_no")
        .annotate(
            tried=Count("id"), accepted=Count("id", filter=Q(state="accepted")), cost_fen=Sum("cost_fen")
        )
        .order_by("unit_no")
    )
    return [SmsUse(**row) for row in found]


@dataclass(frozen=True, slots=True)
class SmsSetting:
    """Which gateway is set up, for the settings page. is_on: false means paper codes."""

    title: str
    is_on: bool
    daily_cap: int


@source(title="短信网关设置", roles=scopes.STAFF_ROLES, reach="api")
def sms_setting() -> SmsSetting:
    """The gateway in use and the most messages a unit may send on one day."""
    gateway = sms.configured()
    return SmsSetting(gateway.title, not isinstance(gateway, sms.NoGateway), sms.daily_cap())


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody a channel may write to. scene: the text of the code that was scanned last, or ""."""

    channel: str
    account: str
    address: str
    scene: str
    is_following: bool
    heard_at: datetime


@source(title="渠道关注者", roles=[scopes.OPERATOR])
def follower(*, follower_id: UUID) -> Follower:
    """A follower with the address in the clear, as `ChannelFollowed` names it. Raises `NotFound`."""
    found = FollowerRow.objects.filter(pk=follower_id).first()
    if found is None:
        raise NotFound(_("没有这个关注者"))
    address = (
        ring()
        .unseal(Purpose.IDENTIFIERS, bytes(found.address_sealed), bound_to=sealed_place(found.id))
        .decode()
    )
    return Follower(found.channel, found.account, address, found.scene, found.is_following, found.heard_at)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt as it stands. state: trying | accepted | refused | unknown; report: delivered | failed or
    "". fix: what to do about its code, "" when nobody wrote that down."""

    attempt_id: UUID
    channel: str
    state: str
    tried_at: datetime
    masked: str
    code: str
    words: str
    fix: str
    report: str
    report_code: str


def _sent(row: Attempt) -> Sent:
    code = row.code if row.state != "accepted" or not row.report_code else row.report_code
    return Sent(
        row.id, row.channel, row.state, row.tried_at, row.masked, row.code, row.words,
        codes.fix(row.channel, code), row.report, row.report_code,
    )  # fmt: skip


@source(title="一次发送的结果", roles=_READERS)
def sent(*, channel: str, key: str) -> Sent | None:
    """The attempt of the acting unit with this key, or None."""
    row = Attempt.objects.filter(unit_no=scopes.current().unit_no, channel=channel, key=key).first()
    return _sent(row) if row else None


@dataclass(frozen=True, slots=True)
class Unreported:
    """A message that a provider took and has not told of yet."""

    attempt_id: UUID
    unit_no: int
    account: str
    provider_id: str


@source(title="没有送达结果的发送", roles=[scopes.OPERATOR])
def unreported(*, channel: str, most: int) -> list[Unreported]:
    """Accepted messages of the last 24 hours without a report, older than a minute, oldest first."""
    now = timezone.now()
    rows = Attempt.objects.filter(
        channel=channel, state="accepted", report="",
        tried_at__gt=now - timedelta(hours=24), tried_at__lt=now - timedelta(minutes=1),
    ).exclude(provider_id="").order_by("tried_at")[:most]  # fmt: skip
    return [Unreported(row.id, row.unit_no, row.gateway, row.provider_id) for row in rows]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How one channel stands for the acting unit. is_on: set up; when not, nothing is sent by it. is_own: the
    unit's own account, not the base's. hears: the provider's server may tell us of followers and reports.
    templates: our names it maps, empty when it needs none. fault: what is wrong with its settings."""

    channel: str
    title: str
    is_on: bool
    is_own: bool
    hears: bool
    templates: tuple[str, ...]
    fault: str
    last_success: Sent | None
    last_failure: Sent | None


NEWEST = """
select newest.* from unnest(%s::text[]) c (channel) cross join unnest(%s::text[]) s (state)
cross join lateral (select * from send_attempt a where a.channel = c.channel and a.state = s.state
                    order by a.tried_at desc limit 1) newest
"""


@source(title="发送渠道", roles=[scopes.OPERATOR], reach=PAGE)
def channel_states() -> list[ChannelState]:
    """Every channel in fixed order, with the newest success and failure among the units in reach."""
    rows = Attempt.objects.raw(NEWEST, [list(channels.ALL), ["accepted", "refused", "unknown", TRYING]])
    newest: dict[tuple[str, bool], Sent] = {}
    for row in sorted(rows, key=lambda row: row.tried_at):
        newest[row.channel, row.state == "accepted"] = _sent(row)
    audit.counted(len(newest))
    return [
        _state(channel, newest.get((channel, True)), newest.get((channel, False))) for channel in channels.ALL
    ]


def _state(channel: str, success: Sent | None, failure: Sent | None) -> ChannelState:
    unit_no, title = scopes.current().unit_no, str(channels.TITLES[channel])
    is_on = is_own = hears = False
    templates: tuple[str, ...] = ()
    fault = ""
    try:
        is_on = channels.is_on(channel, unit_no)
        if channel == channels.SMS and is_on:
            templates = tuple((outside.read("sms") or {}).get("templates", {}))
        elif channel in channels.KINDS and (account := channels.account(channel, unit_no)):
            is_own, hears = account.unit_no != 0, channels.takes_events(account.push)
            templates = account.push.names
    except outside.BadSetting as wrong:
        fault = str(wrong)
    return ChannelState(channel, title, is_on, is_own, hears, templates, fault, success, failure)
