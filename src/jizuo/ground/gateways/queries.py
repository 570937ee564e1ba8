"""What was sent and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.gateways import sms
from jizuo.ground.gateways.models import Attempt

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
