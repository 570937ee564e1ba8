"""Binding a guardian to a child: the school invites or the guardian asks; the homeroom teacher decides.

A name typed by a guardian is compared with nothing until a teacher looks, so the answer to an ask tells nobody
who is in a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import accounts, codes, passwords
from jizuo.hubs.identity.actions.signin import or_bad_input
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import Account, ClassCode, GuardianBinding, OneTimeCode
from jizuo.hubs.identity.queries import PUPILS
from jizuo.hubs.identity.rules import bindings as rules
from jizuo.hubs.identity.rules import codes as code_rules
from jizuo.hubs.identity.rules import limits
from jizuo.hubs.identity.rules.bindings import Move, State
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Asked, NewGuardian, Slip
from jizuo.plain import names

#: Told when a homeroom teacher confirmed. payload: binding_id, account_id, guardian_person_id, is_new_person (the
#: organisation has no such person yet), child_person_id, org_id, relation (`rules.bindings.RELATIONS`); the fact's
#: unit_no is the school. Names are asked by `queries.guardian_name`.
GUARDIAN_CONFIRMED = "GuardianConfirmed"
#: Told when a confirmed binding ended: the same ids. The acting role has lost the child already.
GUARDIAN_ENDED = "GuardianEnded"
CLASS_CODE_LIFE = timedelta(days=60)
GIVERS = (scopes.HOMEROOM_TEACHER, scopes.CLERK)


def _pupils_of(org_id: UUID) -> dict[UUID, str]:
    """person id -> name of the pupils of one class within reach; NotFound for a class out of reach."""
    scope = scopes.current()
    if scope.role == scopes.HOMEROOM_TEACHER and org_id not in scope.org_ids:
        raise NotFound(_("没有这个班级"), fix=_("请从自己的班级里选择"))
    with connection.cursor() as cursor:
        cursor.execute(PUPILS, {"units": list(scope.units), "orgs": [org_id], "day": scope.today})
        return {person_id: name for person_id, name, _orgs in cursor.fetchall()}


@action(title="邀请家长", roles=GIVERS)
def invite_guardians(*, org_id: UUID, org_name: str, child_person_ids: Sequence[UUID]) -> list[Slip]:
    """One invitation slip for each child of a class, in the order given; a child asked for twice gets two, for two
    guardians. Raises NotFound for a child who is not a pupil of the class."""
    scope, now = scopes.current(), entry.now()
    pupils = _pupils_of(org_id)
    if set(child_person_ids) - pupils.keys():
        raise NotFound(_("有学生不在这个班"), fix=_("请刷新名单再选"))
    expires_at = now + limits.LIFE[Purpose.INVITE]
    drawn = [code_rules.draw(code_rules.SLIP_LENGTH) for _child in child_person_ids]
    made = [
        GuardianBinding(
            id=new_id(),
            unit_no=scope.unit_no,
            org_id=org_id,
            org_name=org_name,
            state=State.INVITED,
            origin="invitation",
            child_person_id=child,
            child_name=pupils[child],
            made_at=now,
            expires_at=expires_at,
        )
        for child in child_person_ids
    ]
    GuardianBinding.objects.bulk_create(made)
    _keep_codes(Purpose.INVITE, drawn, org_id, expires_at, [binding.pk for binding in made])
    audit.counted(len(made))
    title = accounts.unit_title(scope.unit_no)
    return [
        Slip(
            account_id=binding.pk,
            name=binding.child_name,
            login_code="",
            code=code,
            purpose=Purpose.INVITE,
            unit_name=title,
            group=org_name,
            role=scopes.GUARDIAN,
            expires_at=expires_at,
        )
        for binding, code in zip(made, drawn, strict=True)
    ]


@action(title="生成班级码", roles=GIVERS)
def make_class_code(*, org_id: UUID, org_name: str) -> str:
    """A new code of the class, good for 60 days; the earlier one ends. It only lets guardians ask."""
    scope, now = scopes.current(), entry.now()
    _pupils_of(org_id)
    ClassCode.objects.filter(unit_no=scope.unit_no, org_id=org_id, ended_at=None).update(ended_at=now)
    while True:
        code = code_rules.draw(code_rules.CLASS_LENGTH)
        if not ClassCode.objects.filter(pk=code).exists():
            break
    ClassCode.objects.create(
        code=code,
        unit_no=scope.unit_no,
        org_id=org_id,
        org_name=org_name,
        made_at=now,
        made_by=scope.grant_no,
        expires_at=now + CLASS_CODE_LIFE,
    )
    return code


@action(title="打印班级一次性码", roles=GIVERS)
def make_class_once_codes(*, org_id: UUID, org_name: str, count: int) -> list[Slip]:
    """`count` (1-200) one-time codes for guardians of a class who get no short message."""
    scope, now = scopes.current(), entry.now()
    _pupils_of(org_id)
    if not 1 <= count <= 200:
        what, fix = _("张数应在 1 到 200 之间"), _("分几次打印")
        raise BadInput(what, problems=[Problem("count", what, fix)])
    expires_at = now + limits.LIFE[Purpose.CLASS_ONCE]
    drawn = [code_rules.draw(code_rules.SLIP_LENGTH) for _place in range(count)]
    _keep_codes(Purpose.CLASS_ONCE, drawn, org_id, expires_at, [None] * count)
    title = accounts.unit_title(scope.unit_no)
    return [
        Slip(
            account_id=UUID(int=0),
            name="",
            login_code="",
            code=code,
            purpose=Purpose.CLASS_ONCE,
            unit_name=title,
            group=org_name,
            role=scopes.GUARDIAN,
            expires_at=expires_at,
        )
        for code in drawn
    ]


def _keep_codes(
    purpose: Purpose, drawn: Sequence[str], org_id: UUID, expires_at: datetime, about: Sequence[UUID | None]
) -> None:
    scope = scopes.current()
    OneTimeCode.objects.bulk_create(
        [
            OneTimeCode(
                purpose=purpose,
                code_hash=entry.paper_hash(code),
                about_id=about_id,
                unit_no=scope.unit_no,
                org_id=org_id,
                made_at=entry.now(),
                expires_at=expires_at,
                given_by=scope.grant_no,
            )
            for code, about_id in zip(drawn, about, strict=True)
        ]
    )


@action(title="凭邀请申请绑定", roles=[VISITOR, SELF])
def ask_by_invitation(*, code: Secret, guardian: NewGuardian, address: str) -> Asked:
    """Answer an invitation. The code is used up; the homeroom teacher still decides. Raises BadInput, Conflict."""
    row = codes.paper_row(code.reveal, [Purpose.INVITE])
    binding = GuardianBinding.objects.select_for_update().filter(pk=row.about_id or UUID(int=0)).first()
    if binding is None:
        raise Conflict(_("这份邀请已撤回"), fix=_("请向班主任要一份新的"))
    state = _next(binding, Move.ASK)
    account = _guardian_account(guardian, address, phone_row=None)
    codes.use_up(row)
    _ask(binding, state, account, guardian, address)
    return Asked(binding.pk, account.pk, account.login_code)


@action(title="凭班级码申请绑定", roles=[VISITOR, SELF])
def ask_by_class_code(
    *,
    class_code: str,
    child_name: str,
    guardian: NewGuardian,
    once: Secret | None,
    sent_id: UUID | None,
    sent: Secret | None,
    address: str,
) -> Asked | None:
    """Ask with the class's code, the child's name and a one-time code: `once` from paper of that class, or `sent` to
    the guardian's phone under `sent_id`. None when the sent code is wrong, which is counted. The answer is the
    same whether or not a child of that name is in the class. Raises BadInput."""
    now = entry.now()
    text = or_bad_input("class_code", code_rules.read, class_code, code_rules.CLASS_LENGTH)
    known = ClassCode.objects.filter(pk=text, ended_at=None, expires_at__gt=now).first()
    if known is None:
        raise _bad("class_code", _("没有这个班级码，或它已停用"), _("请向班主任要现在的班级码"))
    child = _name("child_name", child_name, _("请填孩子户口簿上的姓名"))
    waiting = GuardianBinding.objects.filter(
        unit_no=known.unit_no, org_id=known.org_id, state=State.ASKED, expires_at__gt=now
    ).count()
    if waiting >= rules.OPEN_OF_CLASS:
        raise _bad("class_code", _("这个班等待确认的申请太多了"), _("请告诉班主任先处理已有的申请"))
    phone_row = paper = None
    if once is not None:
        paper = codes.paper_row(once.reveal, [Purpose.CLASS_ONCE])
        if paper.org_id != known.org_id:
            raise _bad("once", _("这个一次性码不是这个班的"), _("请用班主任发的那一张"))
    elif sent_id is not None and sent is not None:
        phone_row = codes.take_sent(sent_id, sent.reveal, [Purpose.BIND])
        if phone_row is None:
            return None
    else:
        raise _bad("once", _("还没有填一次性码"), _("请填短信验证码，或班主任发的一次性码"))
    account = _guardian_account(guardian, address, phone_row=phone_row)
    if paper is not None:
        codes.use_up(paper)
    binding = GuardianBinding(
        unit_no=known.unit_no,
        org_id=known.org_id,
        org_name=known.org_name,
        state=State.ASKED,
        origin="class_code",
        child_name=child,
        made_at=now,
        expires_at=now + rules.ASKED_FOR,
    )
    _ask(binding, State.ASKED, account, guardian, address)
    return Asked(binding.pk, account.pk, account.login_code)


def _bad(where: str, what: str, fix: str) -> BadInput:
    return BadInput(what, fix=fix, problems=[Problem(where, what, fix)])


def _name(where: str, typed: str, fix: str) -> str:
    try:
        return names.read(typed).text
    except names.BadName as fault:
        raise _bad(where, _(fault.reason), fix) from None


def _ask(
    binding: GuardianBinding, state: State, account: Account, guardian: NewGuardian, address: str
) -> None:
    now = entry.now()
    binding.state = state
    binding.account = account
    binding.guardian_name = account.display_name
    binding.relation = guardian.relation
    binding.address = entry.address_hash(address)
    binding.asked_at = now
    binding.expires_at = now + rules.ASKED_FOR
    binding.save()
    audit.note(f"binding {binding.pk}, account {account.pk}")


def _guardian_account(guardian: NewGuardian, address: str, phone_row: OneTimeCode | None) -> Account:
    """The signed-in account, or a new one with the password given. Raises BadInput, also when too many asks are open."""
    now, scope = entry.now(), scopes.current()
    day = now - timedelta(days=1)
    from_address = GuardianBinding.objects.filter(
        address=entry.address_hash(address), asked_at__gt=day
    ).count()
    if from_address >= rules.ASKS_FROM_ADDRESS:
        raise _bad("relation", _("从这里提交的申请太多了"), _("请明天再试，或向班主任要邀请纸条"))
    if guardian.relation not in rules.RELATIONS:
        raise _bad("relation", _("没有选与孩子的关系"), _("请选择一项"))
    if scope.account_id is not None:
        account = Account.objects.get(pk=scope.account_id)
        mine = GuardianBinding.objects.filter(account=account, state=State.ASKED, expires_at__gt=now).count()
        if mine >= rules.OPEN_OF_ACCOUNT:
            raise _bad("relation", _("您还有太多没有确认的申请"), _("请等班主任处理"))
        return account
    name = _name("name", guardian.name, _("请填您的真实姓名，班主任按它核对"))
    account = Account(
        id=new_id(), login_code=accounts.free_login_codes(1)[0], display_name=name, created_at=now
    )
    if guardian.password is None:
        raise _bad("password", _("没有填密码"), _("请设一个密码，以后登录用"))
    passwords.refuse_weak(guardian.password.reveal, roles=(scopes.GUARDIAN,), about=account)
    if phone_row is not None:
        account.phone_blind, account.phone_tail = phone_row.target, phone_row.target_tail
    account.save(force_insert=True)
    passwords.store(account, guardian.password.reveal)
    return account


def _next(binding: GuardianBinding, move: Move) -> State:
    """The state after `move`; Conflict when it is not possible any more."""
    if binding.state in (State.INVITED, State.ASKED) and binding.expires_at <= entry.now():
        raise Conflict(_("已过期"), fix=_("请重新邀请或申请"))
    try:
        return rules.after(binding.state, move)
    except rules.WrongMove:
        raise Conflict(_("这条申请已经处理过了"), fix=_("请刷新名单")) from None


def _held(binding_id: UUID) -> GuardianBinding:
    """A binding within reach, kept from others. Raises NotFound."""
    scope = scopes.current()
    found = GuardianBinding.objects.select_for_update().filter(pk=binding_id, unit_no__in=scope.units).first()
    if found is None or (scope.role == scopes.HOMEROOM_TEACHER and found.org_id not in scope.org_ids):
        raise NotFound(_("没有这条申请"), fix=_("请刷新名单"))
    return found


def _decide(binding: GuardianBinding, state: State, why: str = "") -> None:
    binding.state = state
    binding.decided_at = entry.now()
    binding.decided_by = scopes.current().grant_no
    binding.why = why[:200]
    binding.ended_at = binding.decided_at if state == State.ENDED else None
    binding.save()
    audit.note(f"binding {binding.pk}")


@action(title="确认家长", roles=[scopes.HOMEROOM_TEACHER])
def confirm_binding(*, binding_id: UUID, child_person_id: UUID) -> None:
    """Say that the guardian belongs to this pupil of the class. Raises NotFound, Conflict; BadInput when an invitation
    was for another child."""
    binding = _held(binding_id)
    state = _next(binding, Move.CONFIRM)
    if child_person_id not in _pupils_of(binding.org_id):
        raise NotFound(_("这名学生不在这个班"), fix=_("请从本班名单中选择"))
    if binding.child_person_id not in (None, child_person_id):
        raise _bad("child_person_id", _("邀请是给另一名学生的"), _("请拒绝这条，再重新邀请"))
    account = Account.objects.select_for_update().get(guardianbinding=binding)
    is_new_person = account.person_id is None
    if is_new_person:
        account.person_id = new_id()
        account.save(update_fields=["person_id"])
    binding.child_person_id = child_person_id
    _decide(binding, state)
    facts.tell(GUARDIAN_CONFIRMED, **_payload(binding, account, is_new_person))


def _payload(binding: GuardianBinding, account: Account, is_new_person: bool) -> dict[str, object]:
    return {
        "unit_no": binding.unit_no,
        "binding_id": str(binding.pk),
        "account_id": str(account.pk),
        "guardian_person_id": str(account.person_id),
        "is_new_person": is_new_person,
        "child_person_id": str(binding.child_person_id),
        "org_id": str(binding.org_id),
        "relation": binding.relation,
    }


@action(title="拒绝家长", roles=[scopes.HOMEROOM_TEACHER])
def refuse_binding(*, binding_id: UUID, why: str = "") -> None:
    """Refuse an ask; the guardian reads `why`. Raises NotFound, Conflict."""
    binding = _held(binding_id)
    _decide(binding, _next(binding, Move.REFUSE), why)


@action(title="撤回邀请", roles=GIVERS)
def withdraw_invitation(*, binding_id: UUID) -> None:
    """Take back an invitation nobody answered; its code works no more. Raises NotFound, Conflict."""
    binding = _held(binding_id)
    if binding.state != State.INVITED:
        raise Conflict(_("家长已经答复了这份邀请"), fix=_("请确认或拒绝"))
    _decide(binding, _next(binding, Move.WITHDRAW))
    OneTimeCode.objects.filter(about_id=binding.pk, purpose=Purpose.INVITE, used_at=None).delete()


@action(title="解除绑定", roles=GIVERS)
def end_binding(*, binding_id: UUID, why: str) -> None:
    """End a confirmed binding: the guardian's role loses the child in every session at once. Raises NotFound,
    Conflict, BadInput without a reason."""
    binding = _held(binding_id)
    if not why.strip():
        raise _bad("why", _("没有写理由"), _("请写明为什么解除"))
    _decide(binding, _next(binding, Move.END), why.strip())
    account = Account.objects.get(guardianbinding=binding)
    with connection.cursor() as cursor:
        cursor.execute(
            "update acting_grant set child_ids = array_remove(child_ids, %s) where account_id = %s and unit_no = %s"
            " and role = 'guardian' and (end_on is null or end_on > %s) returning no, cardinality(child_ids)",
            [binding.child_person_id, account.pk, binding.unit_no, scopes.current().today],
        )
        empty = [no for no, left in cursor.fetchall() if not left]
    grants.end(empty)
    facts.tell(GUARDIAN_ENDED, **_payload(binding, account, False))


def expire_old() -> int:
    """End invitations and asks whose time is over; returns how many. For the nightly job."""
    now = entry.now()
    return GuardianBinding.objects.filter(state__in=[State.INVITED, State.ASKED], expires_at__lte=now).update(
        state=State.ENDED, ended_at=now, why="expired"
    )
