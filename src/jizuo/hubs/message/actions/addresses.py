"""Where people are reached on outside channels: bound by a scanned code or a sign-in of their own, ended by themselves,
by no longer following, or by leaving the contacts.

A person proves an address by holding it: the QR code that she scans in WeChat was made for her alone, and WeCom and
DingTalk say themselves who opened the page in them. Nobody types an address for another person.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.facts import Told
from jizuo.ground.gateways import channels
from jizuo.ground.gateways import queries as gateways
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.message import ways
from jizuo.hubs.message.queries.addresses import BINDERS, STAFF, me
from jizuo.hubs.message.shapes import Scan
from jizuo.plain import signs

PURPOSE = "channel"
CODE_LENGTH = 16
#: How long the QR code on the page counts.
SCAN_LIFE = timedelta(minutes=10)
PUT = """
insert into channel_address (id, person_id, channel, account, address, is_on) values (%s, %s, %s, %s, %s, true)
on conflict (person_id, account) do update set address = excluded.address, is_on = true, changed_at = now()
"""
PUT_SCAN = """
insert into channel_scan (id, person_id, account, code_hash, expires_at) values (%s, %s, %s, %s, %s)
on conflict (person_id, account) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at
"""


@action(title="要一个绑定微信的码", roles=BINDERS, reach=PAGE)
def ask_scan() -> Scan:
    """The scene of a QR code that binds the scanner's WeChat to the acting person, once and within ten minutes; a code
    asked for before is void. Raises BadInput where the unit has no official account."""
    account = ways.account(channels.WECHAT, scopes.current().unit_no)
    if account is None:
        raise BadInput(_("学校还没有开通微信公众号"), fix=_("请用其他方式接收，或联系学校"))
    code, until = signs.draw(CODE_LENGTH), timezone.now() + SCAN_LIFE
    with connection.cursor() as cursor:
        cursor.execute(PUT_SCAN, [new_id(), me(), account.name, entry.code_hash(PURPOSE, code), until])
    audit.note(account.name)
    return Scan(code, until)


@action(title="绑定我的企业微信或钉钉", roles=STAFF, reach=PAGE)
def bind_address(*, channel: str, address: entry.Secret) -> None:
    """Keep the userid that the provider named for the acting person over a push channel of the unit. Raises BadInput
    for a channel that is off."""
    account = ways.account(channel, scopes.current().unit_no) if channel in channels.KINDS else None
    if account is None:
        raise BadInput(_("这个渠道没有开通"), fix=_("请从列出的渠道里选"))
    put_address(
        person_id=me(), channel=channel, account=account.name,
        address=channels.normal_address(channel, address.reveal),
    )  # fmt: skip


@action(title="解绑我的通知方式", roles=BINDERS, reach=PAGE)
def drop_address(*, channel: str) -> None:
    """End a binding of the acting person. Raises NotFound when there is none."""
    account = ways.accounts(scopes.current().unit_no).get(channel)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from channel_address where person_id = %s and account = %s", [me(), account or ""]
        )
        if not cursor.rowcount:
            raise NotFound(_("没有绑定这个渠道"), fix=_("可能已经解绑"))


def put_address(*, person_id: UUID, channel: str, account: str, address: str) -> None:
    """Where a person is reached from now on over an account of a push channel; one that stood before is replaced.
    Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(PUT, [new_id(), person_id, channel, account, address])


def on_followed(fact: Told) -> None:
    """Somebody follows an account: who brought a code that was made for a person is bound to her; who follows again
    is reached again."""
    one = gateways.follower(follower_id=UUID(fact.payload["follower_id"]))
    if not one.is_following:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update channel_address set is_on = true, changed_at = now() where account = %s and address = %s and not is_on",
            [one.account, one.address],
        )
        cursor.execute(
            "select person_id from channel_scan where code_hash = %s and account = %s and expires_at > %s",
            [entry.code_hash(PURPOSE, signs.tidy(one.scene)), one.account, timezone.now()],
        )
        row = cursor.fetchone()
        if row is None:
            return
        cursor.execute(
            "delete from channel_scan where person_id = %s and account = %s", [row[0], one.account]
        )
    put_address(person_id=row[0], channel=one.channel, account=one.account, address=one.address)


def on_left(fact: Told) -> None:
    """Somebody follows no more, or left the contacts: nothing is sent there until she comes back."""
    one = gateways.follower(follower_id=UUID(fact.payload["follower_id"]))
    if one.is_following:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update channel_address set is_on = false, changed_at = now() where account = %s and address = %s and is_on",
            [one.account, one.address],
        )
