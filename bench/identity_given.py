"""What the parts of `identity` stand on: a registered application, accounts with sessions, passwords and codes, tables full of
tokens; and an application's side of a sign-on."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from bench import base, scene_given
from bench.base import Bench, answer
from bench.identity_line import Line, Refused

MODULE = "bench.identity_given"
BACK = "https://app.example.cn/callback"
SCOPES = ("openid", "profile", "roles")
#: Of its own: what the application may do without a person.
OWN_SCOPE = "shelf.read"
PASSWORD = "Chenguang-2026-liulan"


@dataclass(frozen=True, slots=True)
class Vendor:
    """A registered application as its vendor holds it, and where the provider's endpoints are."""

    client_id: str
    secret: str
    authorize: str = "/openid/authorize/"
    token: str = "/openid/token/"

    def header(self) -> str:
        """The Basic header; both halves hold nothing that needs encoding."""
        return "Basic " + base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()

    def request(self, verifier: str, **more: str) -> str:
        """The path of an authorization request with PKCE."""
        digest = hashlib.sha256(verifier.encode()).digest()
        told = {
            "client_id": self.client_id, "redirect_uri": BACK, "response_type": "code", "scope": " ".join(SCOPES),
            "state": secrets.token_urlsafe(8), "nonce": secrets.token_urlsafe(8), "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        return f"{self.authorize}?{urlencode(told | more)}"

    async def tokens(self, line: Line, **told: str) -> dict[str, Any]:
        """What the token endpoint gives; raises Refused."""
        found = await line.post(self.token, told, Authorization=self.header())
        return json.loads(found.expected(200).body)

    async def redeem(self, line: Line, code: str, verifier: str) -> dict[str, Any]:
        """A code for tokens, the ID token among them; raises Refused."""
        made = await self.tokens(
            line, grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=verifier
        )
        if "id_token" not in made:
            raise Refused(f"no ID token: {sorted(made)}")
        return made

    async def hop(self, browser: Line, line: Line, **more: str) -> dict[str, Any]:
        """A live session -> authorize -> code -> token; raises Refused when a page comes instead of the code."""
        verifier = secrets.token_urlsafe(32)
        found = (await browser.get(self.request(verifier, **more))).expected(302, 303)
        if not (code := found.told().get("code")):
            raise Refused(f"no code: {found.headers.get('location', '')[:300]}")
        return await self.redeem(line, code, verifier)


def vendor(bench: Bench, database: str) -> Vendor:
    """An application of the base with every grant type that is measured, agreed to by the schools."""
    made = bench.run(MODULE, "register", database=database)
    return Vendor(made["client_id"], made["secret"])


def kept(vendor: Vendor) -> str:
    """A vendor as an argument of a step."""
    return json.dumps(asdict(vendor))


def read(text: str) -> Vendor:
    return Vendor(**json.loads(text))


def register() -> None:
    """Register the application through the room's own function."""
    scene_given.set_up()
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import apps
    from jizuo.hubs.identity.rules.apps import Registration

    told = Registration(
        name="阅读乐园", redirect_uris=(BACK,), scopes=(*SCOPES, OWN_SCOPE), agreed_scopes=SCOPES,
        grants=("authorization_code", "refresh_token", "client_credentials"),
    )  # fmt: skip
    with scopes.use(scopes.base_scope(())), scopes.open_transaction("bench"):
        client_id = apps.add(0, told)
        secret = apps.add_secret(client_id)
    answer(client_id=client_id, secret=secret)


def people(count: int) -> list[tuple[UUID, str]]:
    """(account, sign-in name) of so many pupils of the town who had no account and now may sign in with `PASSWORD`, each in
    the role of a pupil of the own class."""
    from datetime import date

    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from jizuo.ground.ids import new_id
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.models import Account

    pupils = scene_given.ask(
        "select unit_no, class_id, person_id, name from affiliation where role = 'pupil' and end_on is null"
        " and class_id is not null and not exists (select 1 from account c where c.person_id = affiliation.person_id)"
        " order by id limit %s",
        count,
    )
    # One hash for all: what a check costs is the same, and making each would take longer than the run.
    stored, now = make_password(PASSWORD), timezone.now()
    found: list[tuple[UUID, str]] = []
    made, grants = [], []
    for (unit_no, class_id, person_id, name), login_code in zip(
        pupils, accounts.free_login_codes(len(pupils)), strict=True
    ):
        account_id = new_id()
        made.append(
            Account(
                id=account_id, login_code=login_code, display_name=name[:40], person_id=person_id,
                password=stored, activated_at=now,
            )
        )  # fmt: skip
        grants.append(
            Grant(
                account_id=account_id, unit_no=unit_no, role="pupil", begin_on=date(2020, 9, 1),
                person_id=person_id, org_ids=[class_id], child_ids=[],
            )
        )  # fmt: skip
        found.append((account_id, login_code))
    if len(found) < count:
        raise RuntimeError(f"the town has {len(found)} pupils for {count}")
    Account.objects.bulk_create(made, batch_size=1_000)
    Grant.objects.bulk_create(grants, batch_size=1_000)
    return found


def sessions(count: str) -> None:
    """The session keys of so many people who have just signed in."""
    scene_given.set_up()
    from django.test import Client

    from jizuo.hubs.identity.models import Account

    keys = []
    for account in Account.objects.filter(pk__in=[account_id for account_id, _name in people(int(count))]):
        client = Client()
        client.force_login(account)
        keys.append(str(client.cookies["jizuo_session"].value))
    answer(sessions=keys)


def names(count: str) -> None:
    """The sign-in names of so many people with `PASSWORD`."""
    scene_given.set_up()
    answer(names=[name for _account_id, name in people(int(count))])


def slips(count: str) -> None:
    """One-time codes of so many people, as a school prints them."""
    scene_given.set_up()
    from django.utils import timezone

    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.models import OneTimeCode
    from jizuo.hubs.identity.rules import codes, limits
    from jizuo.hubs.identity.rules.limits import Purpose

    now, drawn = timezone.now(), []
    rows = []
    for account_id, _name in people(int(count)):
        drawn.append(codes.draw(codes.SLIP_LENGTH))
        rows.append(
            OneTimeCode(
                purpose=Purpose.PAPER, code_hash=entry.paper_hash(drawn[-1]), account_id=account_id, made_at=now,
                expires_at=now + limits.LIFE[Purpose.PAPER],
            )
        )  # fmt: skip
    OneTimeCode.objects.bulk_create(rows, batch_size=1_000)
    answer(codes=drawn)


FULL = """
with n as (select gen_random_uuid() as id, sha256(('f' || i)::bytea) as code, sha256(('a' || i)::bytea) as access,
                  sha256(('c' || i)::bytea) as own, sha256(('r' || i)::bytea) as refresh from generate_series(1, %(count)s) i),
family as (
  insert into token_family (id, client_id, account_id, sid, scopes, code_hash, nonce, authed_at, acr, amr, claims, made_at,
                            ends_at, why)
  select n.id, %(client)s, (select id from account limit 1), null, '{openid}', n.code, '', now(), '', '{pwd}', null, now(),
         now() + interval '12 hours', '' from n),
access as (
  insert into access_token (token_hash, client_id, family_id, scopes, made_at, expires_at)
  select x.hash, %(client)s, x.family, '{openid}', now(), now() + interval '10 minutes'
  from n cross join lateral (values (n.access, n.id), (n.own, null)) x (hash, family))
insert into refresh_token (token_hash, family_id, made_at, expires_at)
select n.refresh, n.id, now(), now() + interval '12 hours' from n
"""


def fill(bench: Bench, database: str, vendor: Vendor, count: int) -> None:
    """Lay so many families in, each with an access and a refresh token, and as many tokens of the application alone."""
    with psycopg.connect(bench.root(database)) as root:
        # One transaction: a family is inserted before the tokens that name it are checked.
        root.execute("set constraints all deferred")
        root.execute(FULL, {"count": count, "client": vendor.client_id})
    bench.settle(database)


if __name__ == "__main__":
    base.steps({"register": register, "sessions": sessions, "names": names, "slips": slips})
