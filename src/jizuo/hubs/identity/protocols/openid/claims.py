"""What an application learns about a person: the pairwise subject, and claims in a school's words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.ground import acting, audit, grants, keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.scope import BASE_UNIT, Scope
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import signing_keys
from jizuo.hubs.identity.actions.tokens import Made
from jizuo.hubs.identity.rules import limits
from jizuo.hubs.identity.rules.openid import Client
from jizuo.hubs.organisation import class_names

ID_TOKEN_SECONDS = 600
#: Claim -> the scope that gives it; a claim asked for by name comes only where the scope was granted too, because the
#: consent names scopes.
SCOPE_OF = {
    "name": "profile", "roles": "roles", "orgs": "org", "classes": "class", "stages": "stage", "guardian_of": "guardian",
    "email": "email", "email_verified": "email", "phone_tail": "phone", "phone_number_verified": "phone",
    "admin_roles": "admin",
}  # fmt: skip


def subject(account_id: UUID, sector: str) -> str:
    """The `sub` of an account for one sector: 22 signs that say nothing and cannot be told from another sector's (rule 1;
    Core section 8.1)."""
    made = keys.ring().blind(f"{sector}\n{account_id}", kind="openid.sub")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def id_token(issuer: str, client: Client, made: Made) -> str:
    """The signed ID token of a sign-on (Core section 2), and what the `claims` parameter wants in it."""
    now = int(entry.now().timestamp())
    if made.account_id is None or made.authed_at is None:
        raise ValueError("an ID token is about a person")
    said: dict[str, Any] = {
        "iss": issuer,
        "sub": subject(made.account_id, client.sector),
        "aud": client.client_id,
        "exp": now + ID_TOKEN_SECONDS,
        "iat": now,
        "auth_time": int(made.authed_at.timestamp()),
        "acr": made.acr,
        "amr": list(made.amr),
        "at_hash": half_hash(made.access),
    }
    if made.sid is not None:
        said["sid"] = str(made.sid)
    if made.nonce:
        said["nonce"] = made.nonce
    wanted = set((made.claims or {}).get("id_token") or ()) & set(SCOPE_OF)
    if wanted:
        about = of_person(made.account_id, client.sector, client.unit_no, made.scopes)
        said |= {name: value for name, value in about.items() if name in wanted}
    return signing_keys.sign(said, alg=client.id_token_alg)


def half_hash(text: str) -> str:
    """`at_hash`: the left half of the SHA-256 (Core section 3.1.3.6; both our algorithms hash with it)."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def of_person(account_id: UUID, sector: str, unit_no: int, granted: Collection[str]) -> dict[str, Any]:
    """Claims of an account that these scopes give, through a door of its own as the person. unit_no: the application's;
    the base's own sees every school of the person, a school's only itself."""
    scope = Scope(
        role=entry.SELF, unit_no=BASE_UNIT, units=(BASE_UNIT,), today=acting.today(), account_id=account_id
    )
    held = grants.of_account(account_id, scope.today)
    units = sorted({one.unit_no for one in held if unit_no in (BASE_UNIT, one.unit_no)})
    with scopes.use(Scope(**{**_fields(scope), "units": (BASE_UNIT, *units)})):
        return person_claims(account_id=account_id, sector=sector, units=units, granted=sorted(granted))


def _fields(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in Scope.__dataclass_fields__}


GRANTS = """
select g.role, g.unit_no, u.name, g.org_ids, g.child_ids from acting_grant g join unit u using (unit_no)
where g.account_id = %s and g.unit_no = any(%s) and g.begin_on <= %s and (g.end_on is null or g.end_on > %s)
order by g.no
"""


@source(title="应用读取本人信息", roles=[entry.SELF])
def person_claims(*, account_id: UUID, sector: str, units: list[int], granted: list[str]) -> dict[str, Any]:
    """Claims that the granted scopes give about an account, of its roles in `units`. Never a number of a register or a
    document."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select display_name, email, phone_tail, phone_blind is not null, person_id from account where id = %s",
            [account_id],
        )
        row = cursor.fetchone()
        if row is None:
            return {}
        cursor.execute(GRANTS, [account_id, units, scopes.current().today, scopes.current().today])
        held = cursor.fetchall()
    name, email, tail, has_phone, person_id = row
    said: dict[str, Any] = {}
    if "profile" in granted:
        said["name"] = name
    if "email" in granted and email:
        said |= {"email": email, "email_verified": True}
    if "phone" in granted and has_phone:
        # The number itself is not kept; its tail tells two of a family apart.
        said |= {"phone_tail": tail, "phone_number_verified": True}
    roles = list(dict.fromkeys(role for role, *_rest in held))
    if "roles" in granted:
        said["roles"] = [role for role in roles if role not in limits.ADMIN_ROLES]
    if "admin" in granted:
        said["admin_roles"] = [role for role in roles if role in limits.ADMIN_ROLES]
    if "org" in granted:
        said["orgs"] = list(
            {unit: {"id": str(unit), "name": title} for _role, unit, title, *_rest in held}.values()
        )
    if {"class", "stage"} & set(granted):
        said |= _classes(granted, [org for *_rest, orgs, _children in held for org in orgs])
    if "guardian" in granted:
        said["guardian_of"] = _children([child for *_rest, children in held for child in children], sector)
    columns = [column for column in ("name", "email", "phone_tail") if column in said]
    audit.disclose(columns, [person_id or account_id])
    return said


def _classes(granted: Collection[str], org_ids: list[UUID]) -> dict[str, Any]:
    own = class_names.own_classes(org_ids)
    views = sorted(class_names.of_ids(own).values(), key=lambda view: view.order)
    said: dict[str, Any] = {}
    if "class" in granted:
        said["classes"] = [{"id": str(view.org_id), "name": view.name} for view in views]
    if "stage" in granted:
        said["stages"] = list(dict.fromkeys(view.stage for view in views if view.stage))
    return said


def _children(person_ids: list[UUID], sector: str) -> list[str]:
    """The children's own subjects for the same sector, so that an application may join the two."""
    with connection.cursor() as cursor:
        cursor.execute("select id from account where person_id = any(%s) order by id", [person_ids])
        return [subject(account_id, sector) for (account_id,) in cursor.fetchall()]
