"""Sources of sign-ins from elsewhere: declared by the base or by a school for itself, their secrets sealed and shown never."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit, keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import OutsideSource
from jizuo.hubs.identity.queries import may_reset
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.shapes import SourceLine, SourceTold
from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.kinds import KINDS
from jizuo.hubs.identity.upstream.shapes import Refused, Source

DECLARERS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK)
TONES = ("qing", "lan", "lv", "huang")
MOST_SOURCES = 20


def home_unit() -> int:
    """The unit whose sources the acting role declares: its own school, or the base."""
    scope = scopes.current()
    return scope.unit_no if scope.role == scopes.CLERK else scopes.BASE_UNIT


def _mine(source_id: UUID, *, lock: bool = False) -> OutsideSource:
    found = OutsideSource.objects.filter(pk=source_id, unit_no=home_unit())
    row = (found.select_for_update() if lock else found).first()
    if row is None:
        raise NotFound(_("没有这个登录来源"), fix=_("请从列表中选择"))
    return row


@action(title="登记登录来源", roles=DECLARERS, second_factor=True)
def declare_source(*, told: SourceTold, secrets: Mapping[str, Secret]) -> UUID:
    """Declare a source for the base, or (a clerk) for the own school. It may recognise by a claim only whom its declarer
    may reset. Raises BadInput."""
    kind = KINDS.get(told.kind)
    if kind is None:
        raise BadInput(_("没有登记"), problems=[Problem("kind", _("没有这种来源"), _("请从列表中选择"))])
    unit_no = home_unit()
    if OutsideSource.objects.filter(unit_no=unit_no).count() >= MOST_SOURCES:
        raise BadInput(
            _("登录来源太多了"), problems=[Problem("kind", _("最多 20 个"), _("请先停用并删除不用的"))]
        )
    row = OutsideSource(
        id=new_id(), unit_no=unit_no, kind=told.kind, mark=kind.mark, made_at=entry.now(),
        made_by=scopes.current().grant_no,
    )  # fmt: skip
    _write(row, told)
    _seal(row, secrets)
    row.save(force_insert=True)
    audit.note(f"source {row.pk} {row.kind}")
    return row.pk


@action(title="修改登录来源", roles=DECLARERS, second_factor=True)
def change_source(*, source_id: UUID, told: SourceTold, secrets: Mapping[str, Secret]) -> None:
    """Change a source of one's own; a secret left empty stays. Raises NotFound, BadInput."""
    row = _mine(source_id, lock=True)
    were, held = addresses_of(row), set(open_secrets(row))
    _write(row, told)
    given = {name for name, secret in secrets.items() if secret.reveal.strip()}
    if addresses_of(row) != were and held - given:
        # Else whoever may change an address could have the secret sent to a place of their own.
        raise BadInput(
            _("登录来源没有保存"),
            problems=[Problem("secret", _("地址改了，密钥要重新填"), _("请把密钥再填一遍"))],
        )
    _seal(row, secrets)
    row.save()
    audit.note(f"source {row.pk} {row.kind}")


@action(title="停用或启用登录来源", roles=DECLARERS, second_factor=True)
def turn_source(*, source_id: UUID, is_on: bool) -> None:
    """Turn a source of one's own on or off: nobody signs in through one that is off. Raises NotFound."""
    row = _mine(source_id, lock=True)
    row.is_on = is_on
    row.save(update_fields=["is_on"])
    audit.note(f"source {row.pk} {'on' if is_on else 'off'}")


def _write(row: OutsideSource, told: SourceTold) -> None:
    kind = KINDS[row.kind]
    problems = []
    if not told.name.strip():
        problems.append(Problem("name", _("没有写名称"), _("请写登录页按钮上的字")))
    if not told.client_id.strip() and row.kind not in ("cas", "wechat"):
        problems.append(Problem("client_id", _("没有写应用编号"), _("请照对方平台给的填写")))
    kept: dict[str, Any] = {}
    for field in kind.fields:
        value = str(told.settings.get(field.name, "")).strip()[:1000]
        if field.is_needed and not value:
            problems.append(
                Problem(
                    field.name, _("没有填“%(field)s”") % {"field": field.title}, _("请照对方平台给的填写")
                )
            )
        if field.choices and value not in dict(field.choices):
            value = ""
        if field.is_address and value:
            try:
                line.check_address(value)
            except Refused as fault:
                problems.append(Problem(field.name, fault.what, fault.fix))
        if value:
            kept[field.name] = value
    claim = told.match_claim.strip()
    match_to = told.match_to if told.match_to in rules.MATCHES else ""
    if match_to and (not claim or (kind.claims and claim not in kind.claims)):
        fix = _("这种来源证实的有：%(names)s") % {"names": "、".join(kind.claims)} if kind.claims else ""
        problems.append(Problem("match_claim", _("这个声明不能用来认人"), fix or _("请写声明的名称")))
    if problems:
        raise BadInput(_("登录来源没有保存"), problems=problems)
    row.name, row.client_id, row.settings = told.name.strip()[:40], told.client_id.strip()[:200], kept
    row.tone = told.tone if told.tone in TONES else TONES[0]
    row.match_claim, row.match_to = (claim[:60], match_to) if match_to else ("", "")
    row.second_factor = [one[:120] for one in told.second_factor if one][:10]
    # Whoever changes it last answers for it: never more roles than that person may reset.
    row.may_open = sorted(may_reset(scopes.current().role))


def addresses_of(row: OutsideSource) -> dict[str, str]:
    """Where a source is asked, by field."""
    return {
        one.name: row.settings.get(one.name, one.usual) for one in KINDS[row.kind].fields if one.is_address
    }


def _bound(row: OutsideSource) -> bytes:
    return b"outside_source" + row.pk.bytes


def open_secrets(row: OutsideSource) -> dict[str, str]:
    """The secrets of a row, by name."""
    if row.secrets is None:
        return {}
    sealed = keys.ring().unseal(keys.Purpose.IDENTIFIERS, bytes(row.secrets), bound_to=_bound(row))
    return dict(json.loads(sealed))


def _seal(row: OutsideSource, secrets: Mapping[str, Secret]) -> None:
    given = {
        name: secrets[name].reveal.strip() for name, _title in KINDS[row.kind].secrets if name in secrets
    }
    fresh = {name: value for name, value in given.items() if value}
    if not fresh:
        return
    text = json.dumps(open_secrets(row) | fresh).encode()
    row.secrets = keys.ring().seal(keys.Purpose.IDENTIFIERS, text, bound_to=_bound(row))
    row.secrets_at = entry.now()


def opened(row: OutsideSource) -> Source:
    """A row as its protocol needs it."""
    return Source(
        row.pk, row.unit_no, row.kind, row.name, row.mark, row.tone, row.client_id, row.settings, open_secrets(row),
        row.match_claim, row.match_to, tuple(row.may_open), tuple(row.second_factor),
    )  # fmt: skip


@source(title="登录来源", roles=DECLARERS)
def sources() -> list[SourceLine]:
    """The sources that one declares, the oldest first."""
    rows = OutsideSource.objects.filter(unit_no=home_unit()).order_by("made_at")
    return [_line(row) for row in rows]


@source(title="一个登录来源", roles=DECLARERS)
def one_source(*, source_id: UUID) -> SourceLine:
    """One of them. Raises NotFound."""
    return _line(_mine(source_id))


def _line(row: OutsideSource) -> SourceLine:
    kept = SourceTold(
        row.kind, row.name, row.tone, row.client_id, row.settings, row.match_claim, row.match_to,
        tuple(row.second_factor),
    )  # fmt: skip
    names = tuple(open_secrets(row))
    return SourceLine(
        row.pk, kept, row.mark, row.is_on, names, row.secrets_at, row.used_at, row.unit_no != scopes.BASE_UNIT
    )


@source(title="检查登录来源", roles=DECLARERS)
def source_to_look_at(*, source_id: UUID) -> Source:
    """A source of one's own with its secrets, for a look at its settings; it stays on the server. Raises NotFound."""
    return opened(_mine(source_id))


@source(title="登录页的来源", roles=[VISITOR, SELF])
def offered(*, unit_no: int | None, user_agent: str) -> list[SourceLine]:
    """Sources on the sign-in page: the base's, and those of the school `unit_no`; in a provider's own app its kind first."""
    units = [scopes.BASE_UNIT, *([unit_no] if unit_no else [])]
    rows: Sequence[OutsideSource] = list(
        OutsideSource.objects.filter(unit_no__in=units, is_on=True).order_by("unit_no", "made_at")
    )
    first = rules.fitting_kind(user_agent)
    return [_line(row) for row in sorted(rows, key=lambda row: row.kind != first)]


@source(title="来源的协议", roles=[VISITOR, SELF])
def source_for_sign_in(*, source_id: UUID) -> Source:
    """A source that is on, with its secrets; it stays on the server. Raises NotFound."""
    row = OutsideSource.objects.filter(pk=source_id, is_on=True).first()
    if row is None:
        raise NotFound(_("没有这个登录来源"), fix=_("请从登录页重新开始"))
    return opened(row)
