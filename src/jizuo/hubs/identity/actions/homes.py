"""Our person and the same person at another base, and which of the two is home: where a password is asked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.accounts import check_reach
from jizuo.hubs.identity.actions.outside import prove, ties, why_not
from jizuo.hubs.identity.actions.sources import DECLARERS, home_unit
from jizuo.hubs.identity.entry import SELF, Secret
from jizuo.hubs.identity.models import Account, OutsideSource, PersonLink
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.upstream.kinds import KINDS

MOST_LINES = 5000


def home_of(account_id: UUID) -> UUID | None:
    """The source that is home to the account, when that is elsewhere, on, and lets this person in; None: home is here.
    Needs no scope.

    A school may register a home for whom it lets in no more (an administrator since), or whom its source does not know
    yet: sent there, the person would be sent back for ever.
    """
    row = (
        PersonLink.objects.filter(account_id=account_id, is_home=True, ended_at=None, source__is_on=True)
        .select_related("source")
        .first()
    )
    if row is None:
        return None
    tie = ties(account_id).filter(source_id=row.source_id).first()
    if tie is None and row.source.match_to != rules.LINK:
        return None
    is_shut = why_not(row.source, account_id, tie.proved if tie else rules.BY_LINK)
    return None if is_shut else row.source_id


@action(title="选择主基座", roles=[SELF])
def choose_home(*, account_id: UUID, source_id: UUID | None, password: Secret, address: str) -> None:
    """Say which base is home: that of a source one is linked to, or (None) this one. The password proves the owner, the
    last time it is asked here. Raises NotFound, BadInput."""
    held = None
    if source_id is not None:
        held = ties(account_id).filter(source_id=source_id).select_related("source").first()
        if held is None or not KINDS[held.source.kind].is_platform:
            raise NotFound(_("没有这个连接"), fix=_("请先连接那个平台"))
        if what := why_not(held.source, account_id, held.proved):
            raise BadInput(what, problems=[Problem("source", what, _("请选基座的登录来源"))])
    prove(account_id, password, address)
    account = Account.objects.select_for_update().get(pk=account_id)
    open_links = PersonLink.objects.filter(account_id=account_id, ended_at=None)
    open_links.filter(is_home=True).update(is_home=False)
    if held is not None and not open_links.filter(source_id=held.source_id).update(is_home=True):
        PersonLink.objects.create(
            account=account, person_id=account.person_id, source_id=held.source_id, issuer=held.issuer,
            subject=held.subject, is_home=True, proved=held.proved, since=entry.now(),
        )  # fmt: skip
    facts.tell("HomeBaseChosen", account_id=str(account_id), source_id=str(source_id) if source_id else None)
    audit.note(f"home of account {account_id}: {source_id or 'here'}")


@action(title="登记对方平台编号", roles=DECLARERS, second_factor=True)
def register_links(*, source_id: UUID, lines: Sequence[tuple[str, str]], is_home: bool) -> int:
    """Say who of ours is whom at a platform: (login code, the platform's identifier) each; all or none. A line that
    stands already is left. Returns how many are new. Raises NotFound, NotAllowed for an account beyond reach, BadInput
    for what cannot be read or belongs to another."""
    row = OutsideSource.objects.filter(pk=source_id, unit_no=home_unit()).first()
    if row is None or not KINDS[row.kind].is_platform:
        raise NotFound(_("没有这个登录来源"), fix=_("请从列表中选择"))
    if not lines or len(lines) > MOST_LINES:
        raise BadInput(
            _("没有登记"), problems=[Problem("lines", _("一次登记 1 到 5000 行"), _("请分几次登记"))]
        )
    issuer = row.settings.get("issuer") or str(row.settings.get("address", "")).rstrip("/")
    problems, wanted = [], []
    accounts = {}
    for number, (code, _subject) in enumerate(lines, 1):
        try:
            accounts[number] = codes.read(code, codes.LOGIN_LENGTH)
        except codes.BadCode as fault:
            problems.append(
                Problem(f"lines {number}", _(fault.what) % fault.fills, _(fault.fix) % fault.fills)
            )
    by_code = {one.login_code: one for one in Account.objects.filter(login_code__in=list(accounts.values()))}
    for number, (_code, told) in enumerate(lines, 1):
        account, subject = by_code.get(accounts.get(number, "")), told.strip()
        if number in accounts and account is None:
            problems.append(Problem(f"lines {number}", _("没有这个登录码"), _("请核对登录码")))
        if not 0 < len(subject) <= 255:
            problems.append(
                Problem(f"lines {number}", _("没有写对方平台的编号"), _("每行写登录码、逗号、编号"))
            )
        elif account is not None:
            wanted.append((number, account, subject))
    check_reach([account.pk for _number, account, _subject in wanted])
    count = 0
    for number, account, subject in wanted:
        other = PersonLink.objects.filter(issuer=issuer, subject=subject, ended_at=None).first()
        if other is not None and other.account_id != account.pk:
            problems.append(
                Problem(f"lines {number}", _("这个编号登记给了别人"), _("请核对；确实换人请先取消原来的"))
            )
        if other is not None:
            continue
        if is_home:
            PersonLink.objects.filter(account=account, is_home=True, ended_at=None).update(is_home=False)
        PersonLink.objects.create(
            account=account, person_id=account.person_id, source_id=source_id, issuer=issuer, subject=subject,
            is_home=is_home, proved=rules.BY_SCHOOL, since=entry.now(),
        )  # fmt: skip
        count += 1
    if problems:
        raise BadInput(_("没有登记"), problems=problems[:50])
    audit.counted(count)
    audit.note(f"source {source_id}")
    return count
