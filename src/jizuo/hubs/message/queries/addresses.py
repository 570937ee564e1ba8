"""By which channels a person is reached, as the person sees it."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotAllowed
from jizuo.ground.gateways import channels
from jizuo.hubs.message import ways
from jizuo.hubs.message.shapes import Way

#: No child needs a phone: pupils bind nothing.
STAFF = scopes.SCHOOL_ROLES | scopes.CLASS_ROLES
BINDERS = STAFF | {scopes.GUARDIAN}
SCAN, SIGN_IN = "scan", "sign_in"
#: How an address of a channel is proven. The others know their people by the provider's own contacts.
PROVEN_BY = {channels.WECHAT: SCAN, channels.WECOM: SIGN_IN, channels.DINGTALK: SIGN_IN}


def me() -> UUID:
    """The acting person. Raises NotAllowed for a role of nobody."""
    person_id = scopes.current().person_id
    if person_id is None:
        raise NotAllowed(_("这个身份没有对应的人"), fix=_("请换用自己的身份"))
    return person_id


@source(title="我的通知方式", roles=BINDERS, reach=PAGE)
def my_ways() -> list[Way]:
    """The push channels that the unit has and that suit the acting role, in the order in which a person is reached,
    and any other where the person has an address."""
    scope = scopes.current()
    accounts = ways.accounts(scope.unit_no)
    held = {}
    if accounts and scope.person_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select account, address, is_on, changed_at from channel_address where person_id = %s and account = any(%s)",
                [me(), list(accounts.values())],
            )
            held = {row[0]: row[1:] for row in cursor.fetchall()}
    found = []
    for channel, account in accounts.items():
        how = PROVEN_BY.get(channel, "")
        if how == SIGN_IN and scope.role not in STAFF:
            how = ""
        address, is_on, since = held.get(account, ("", False, None))
        if how or address:
            masked = channels.masked_address(channel, address) if address else ""
            found.append(Way(channel, how, bool(address), is_on, masked, since))
    return found
