"""Doors: the only two ways into a room. An action writes, a source reads.

The outermost door, and only it, in this order: check the grant, open the one transaction, set the scope,
run the body, write the audit entry, commit. Inner doors join it. Facts told in the body are rows of the
same transaction. See docs/start/doors.md.
"""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, get_type_hints

from django.db import DatabaseError, DataError, connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotAllowed

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

INNER, PAGE, API = "inner", "page", "api"
ACTION, SOURCE = "action", "source"


@dataclass(frozen=True, slots=True)
class Door:
    """One door as the interface, the grants page and the tests see it.

    reach: inner (other rooms), page (hand-made pages), api (also the generated interface). roles: who may
    by default. level: refused until a proof this strong was given lately in this session (`ground.strength`), 0 for
    none. under: answers, as the caller, with the scope that the body runs in; None for the caller's own.
    """

    name: str
    kind: str
    reach: str
    title: str
    roles: frozenset[str]
    call: Callable[..., Any]
    signature: inspect.Signature
    hints: dict[str, Any]
    level: int
    for_scenes: bool
    under: Callable[..., scopes.Scope] | None = None


_doors: dict[str, Door] = {}


def all_doors() -> dict[str, Door]:
    """Every registered door by name ``room.verb``."""
    return _doors


def action(
    *,
    title: str,
    roles: Iterable[str] = (),
    reach: str = INNER,
    second_factor: bool = False,
    level: int = 0,
    for_scenes: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a writing door. title: Chinese, a plain verb; roles: default grant; parameters keyword-only, typed.
    second_factor: short for level 2."""
    return _declare(ACTION, title, roles, reach, level or (strength.TWO if second_factor else 0), for_scenes)


def source(
    *,
    title: str,
    roles: Iterable[str] = (),
    reach: str = INNER,
    second_factor: bool = False,
    level: int = 0,
    for_scenes: bool = False,
    under: Callable[..., scopes.Scope] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a reading door. Same declaration as `action`.

    under: the one way to a reach that is not the caller's: asked with the call's own parameters, as the caller and in
    a transaction before the body's, it answers with the scope the body runs in or raises NotFound. Such a door is
    always the outermost. See docs/decisions/sharing-reach.md.
    """
    return _declare(
        SOURCE, title, roles, reach, level or (strength.TWO if second_factor else 0), for_scenes, under
    )


def _declare(
    kind: str,
    title: str,
    roles: Iterable[str],
    reach: str,
    level: int,
    for_scenes: bool,
    under: Callable[..., scopes.Scope] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    granted = frozenset(roles)

    def wrap(body: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(body)
        refuse_careless(body, signature, title, reach, granted)
        name = f"{room_of(body.__module__)}.{body.__name__}"

        @functools.wraps(body)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name}: doors take named arguments only")
            if scopes.in_transaction():
                if under is not None:
                    raise RuntimeError(f"{name}: opens a reach of its own and cannot join another door")
                return body(*args, **kwargs)
            return run_outermost(_doors[name], body, kwargs)

        if name in _doors:
            raise TypeError(f"{name}: a door of this name exists")
        _doors[name] = Door(
            name,
            kind,
            reach,
            title,
            granted,
            call,
            signature,
            get_type_hints(body, include_extras=True),
            level,
            for_scenes,
            under,
        )
        return call

    return wrap


def refuse_careless(
    body: Callable[..., Any], signature: inspect.Signature, title: str, reach: str, roles: frozenset[str]
) -> None:
    """Raise TypeError at import for a door that is not keyword-only, typed, documented, titled and known."""
    faults = []
    for name, parameter in signature.parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            faults.append(f"{name} is not keyword-only")
        elif parameter.annotation is inspect.Parameter.empty:
            faults.append(f"{name} has no type")
    if not (body.__doc__ or "").strip():
        faults.append("no docstring")
    if not title.strip():
        faults.append("no title")
    if reach not in (INNER, PAGE, API):
        faults.append(f"no reach {reach!r}")
    unknown = roles - scopes.ROLES - {scopes.SELF, scopes.VISITOR, scopes.SCREEN, scopes.SCANNER}
    if unknown:
        faults.append(f"no roles {sorted(unknown)}")
    if faults:
        raise TypeError(f"{body.__module__}.{body.__name__}: {'; '.join(faults)}")


def room_of(module: str) -> str:
    """The room a door belongs to: ``jizuo.hubs.data.actions.batches`` -> ``data``; in the ground: ``ground``."""
    parts = module.split(".")
    if parts[0] != "jizuo":
        return parts[0]
    return parts[2] if parts[1] in ("hubs", "engines") else parts[1]


def run_outermost(door: Door, body: Callable[..., R], kwargs: dict[str, Any]) -> R:
    """The fixed order of the outermost door; a refused or failed call leaves its entry too."""
    call = audit.Call(door.name, door.kind == ACTION, audit.hash_params(kwargs))
    token = audit._call.set(call)
    try:
        try:
            check(door)
            with scopes.use(scope_under(door, kwargs)), scopes.open_transaction(door.name):
                answer = body(**kwargs)
                if audit.is_due(call):
                    audit.write(call, audit.DONE)
            return answer
        except DoorError as error:
            audit_refusal(call, audit.REFUSED, error.slug)
            raise
        except DatabaseError as error:
            audit_refusal(call, audit.FAILED, type(error).__name__)
            if getattr(error.__cause__, "sqlstate", "") in ("40001", "40P01", "55P03", "23505", "23P01"):
                raise Conflict(_("另一个人正在改同一处"), fix=_("请稍后再试一次")) from error
            if isinstance(error, DataError):
                log.warning("%s: %s", door.name, error)
                raise BadInput(
                    _("有一个值数据库不能保存：太长、太大，或含有不能保存的字符"), fix=_("请检查填写的内容")
                ) from error
            raise
        except Exception as error:
            audit_refusal(call, audit.FAILED, type(error).__name__)
            raise
    finally:
        audit._call.reset(token)


def scope_under(door: Door, kwargs: dict[str, Any]) -> scopes.Scope:
    """The scope the body of a checked door runs in: the caller's, unless the door has a reach of its own."""
    if door.under is None:
        return scopes.current()
    with scopes.open_transaction(door.name):
        return door.under(**kwargs)


def check(door: Door) -> None:
    """Raise NotAllowed unless the acting role may use `door`."""
    scope = scopes.current()
    if not is_granted(door, scope):
        raise NotAllowed(
            _("“%(role)s”不能使用“%(door)s”") % {"role": role_title(scope.role), "door": door.title},
            fix=_("换一个身份，或请管理员授权"),
        )
    if due := strength.missing(door.level, scope):
        raise NotAllowed(
            _("这一步需要再验证一次身份"),
            fix=_("请用通行密钥验证后继续") if due >= strength.KEY else _("请输入动态验证码后继续"),
            step_up=True,
            level=due,
        )


def ask_before(call: Callable[..., Any]) -> None:
    """Raise what the door behind `call` would raise to the acting role: for a page with a long form, which would be lost
    if the second factor were asked for only when it is sent."""
    check(_doors[f"{room_of(call.__module__)}.{call.__name__}"])


def is_granted(door: Door, scope: scopes.Scope) -> bool:
    """The plate's default, unless an override of this unit, then of the whole base, says otherwise."""
    override = overrides().get((scope.unit_no, scope.role, door.name))
    if override is None:
        override = overrides().get((None, scope.role, door.name))
    return scope.role in door.roles if override is None else override


_overrides: tuple[int, dict[tuple[int | None, str, str], bool]] = (0, {})


def overrides() -> dict[tuple[int | None, str, str], bool]:
    """The overrides as last read; `note_version` refreshes them when the base says they changed."""
    return _overrides[1]


_parts: dict[str, Callable[[], Iterable[str]]] = {}


def divide(door: str, parts: Callable[[], Iterable[str]]) -> None:
    """Let overrides name parts of a door, as ``data.rows/pupil``; its body asks for them. parts: their names now."""
    _parts[door] = parts


def parts() -> dict[str, str]:
    """Every part of a divided door by its full name, with the door's title and the part's name as words."""
    return {
        f"{door}/{part}": f"{_doors[door].title}：{part}"
        for door, names in _parts.items()
        if door in _doors
        for part in sorted(names())
    }


def find_door(name: str) -> Door | None:
    """The door called `name`, also by the name of one of its parts."""
    return _doors.get(name.partition("/")[0]) if name in _doors or name in parts() else None


def note_version(version: int) -> None:
    """Reload the overrides when `version` (base_state ``grants``) is not the one held."""
    global _overrides
    if version != _overrides[0]:
        with connection.cursor() as cursor:
            cursor.execute("select unit_no, role, door, is_allowed from door_grant")
            _overrides = (
                version,
                {(unit, role, door): allowed for unit, role, door, allowed in cursor.fetchall()},
            )


def audit_refusal(call: audit.Call, result: str, error: str) -> None:
    """Write the entry of a refused or failed call in a transaction of its own."""
    if not scopes.current().units:
        return
    call.columns.clear()
    call.subjects.clear()
    with scopes.open_transaction(call.door):
        audit.write(call, result, error)


def role_title(role: str) -> str:
    """The Chinese (or English) name of a role."""
    return str(ROLE_TITLES.get(role, role))


def _titles() -> dict[str, Any]:
    from django.utils.translation import gettext_lazy

    return {
        scopes.OPERATOR: gettext_lazy("系统管理员"),
        scopes.DISTRICT_ADMIN: gettext_lazy("区管理员"),
        scopes.DISTRICT_STEWARD: gettext_lazy("数据管理员"),
        scopes.DISTRICT_LEADER: gettext_lazy("局领导"),
        scopes.SECURITY_OFFICER: gettext_lazy("安全管理员"),
        scopes.HEAD: gettext_lazy("校长"),
        scopes.CLERK: gettext_lazy("教务员"),
        scopes.HOMEROOM_TEACHER: gettext_lazy("班主任"),
        scopes.TEACHER: gettext_lazy("教师"),
        scopes.PUPIL: gettext_lazy("学生"),
        scopes.GUARDIAN: gettext_lazy("家长"),
        scopes.READER: gettext_lazy("合约读取方"),
        scopes.SCANNER: gettext_lazy("扫码设备"),
    }


ROLE_TITLES = _titles()
