"""Every address of the room under a storm of wrong requests: no 5xx, and nobody is sent to a foreign host."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import hypothesis
import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from tests.hubs.identity import scanning, storm
from tests.hubs.identity.conftest import PASSWORD
from tests.hubs.identity.elsewhere import path_of
from tests.hubs.identity.protocols.openid.conftest import BACK, LEFT, basic, s256, vendor
from tests.hubs.identity.storm import Answer, Case, Route, Sent
from tests.live import CSRF

__all__ = ["vendor"]
SERVICE, ENTER = "https://jiaowu.example.cn/sso/storm", "https://app.example.cn/enter?from=jizuo"
TV = "urn:ietf:params:oauth:grant-type:device_code"
ROLES = ("clerk", "homeroom_teacher", "teacher", "head", "pupil", "guardian", "operator", "district_admin",
         "district_steward", "district_leader", "security_officer")  # fmt: skip
FAMILY = ("pupil", "guardian")


class World:
    """A school, a district and people of every role, signed in strongly; an application of every way, a scanner, sources of
    every kind. Whatever a request may use up or switch off is made anew for each route (`begin`)."""

    def __init__(self, base: Any, live: Any, provider: Any, make_vendor: Any, make_source: Any) -> None:
        from django.contrib.auth.hashers import make_password

        self.base, self.live, self.provider = base, live, provider
        self.school = scanning.make(base, classes=1, pupils=2)
        self.school.do("issue", 0, 1)
        self.place = self.school.place("正门")
        self.app = make_vendor(
            cas_services=(SERVICE, SERVICE + "/*"), plain_addresses=(ENTER,),
            grants=("authorization_code", "refresh_token", "client_credentials"),
        )  # fmt: skip
        self.tv = make_vendor(
            kind="screen", redirect_uris=(), post_logout_uris=(), token_auth="none", grants=(TV, "refresh_token"),
            scopes=("openid", "profile"), agreed_scopes=("openid", "profile"),
        )  # fmt: skip
        self.own = make_vendor(self.school.unit_no)
        self.sources = [make_source(one) for one in ("oidc", "cas", "wechat", "wecom", "dingtalk")]
        self.rows = [*self.sources, self.app.row(), self.tv.row(), self.own.row()]
        self.unit_of = dict.fromkeys(
            ("clerk", "homeroom_teacher", "teacher", "head", "pupil", "guardian"), self.school.unit_no
        )
        bureau = base.unit(kind="bureau")
        self.unit_of |= {one: bureau for one in ROLES if one not in self.unit_of}
        self.line = httpx.Client(base_url=live.url, timeout=60)
        self.turn = random.Random(6)
        self.values: dict[str, Any] = {}
        self.grants: dict[str, int] = {}
        self.accounts: dict[str, Any] = {}
        self.stored = make_password(PASSWORD)

    def begin(self, route: Route) -> None:
        """Everything as it was, for one route."""
        self.keys: dict[str, str] = {}
        # A family is in the register, and its accounts with it; anybody else is somebody new for each route.
        self.grants = {role: no for role, no in self.grants.items() if role in FAMILY}
        self.accounts = {role: held for role, held in self.accounts.items() if role in FAMILY}
        self.calm()
        for row in self.rows:
            # As it was made, whatever the storm over its own page made of it.
            row.save(force_update=True)
        self.scanner = self.school.scanner(self.place) if route.path.startswith("scanner/") else None
        if route.path == "scanner/check":
            # The storm over the desk may have reported it lost.
            self.school.do("issue", 0)
        self.source = self.sources[0]
        self.values = {}

    def calm(self) -> None:
        """Forget failed tries: a locked door is never opened, so nothing behind it would be tried."""
        with self.base.owner() as owner:
            owner.execute("delete from sign_in_tally")

    def _join(self, role: str) -> None:
        """Somebody new of this role, signed in just now with everything that a door may ask for."""
        from jizuo.hubs.identity.actions import proofs
        from jizuo.hubs.identity.entry import now

        school, more = self.school.school, {}
        person_id = uuid4()
        if role in ("homeroom_teacher", "teacher"):
            more = {"org_ids": [school.classes[0]]}
        elif role == "pupil":
            person_id, more = school.pupils[0][0], {"org_ids": [school.classes[0]]}
        elif role == "guardian":
            person_id, more = school.guardians[0][0], {"child_ids": [school.pupils[0][0]]}
        held = self.accounts.get(role) or self.base.account(f"风{role[:6]}", person_id=person_id)
        type(held).objects.filter(pk=held.pk).update(password=self.stored, activated_at=now(), is_active=True)
        held.refresh_from_db()
        if role not in self.accounts:
            self.accounts[role] = held
            self.grants[role] = self.base.grant(held, self.unit_of[role], role, person_id=person_id, **more)
        client = self.base.client(held)
        session = client.session
        session.update({
            "second_factor_at": time.time(), "second_factor_seconds": 36_000, "second_factor_level": 3,
            "sent_code": {"id": str(uuid4()), "to": "***"}, "recovering": {"id": str(uuid4()), "to": "***"},
            "proving": {"id": str(uuid4()), "kind": "email", "to": "a@b.cn"}, "slip_code": "AAAAAAAAAA",
        })  # fmt: skip
        session.save()
        proofs.add(session.session_key, "otp", now())
        self.keys[role] = session.session_key

    def _visit(self) -> None:
        """A browser in which nobody signed in, in the midst of every way in."""
        from jizuo.hubs.identity.store import SessionStore

        session = SessionStore()
        session.update({
            "sent_code": {"id": str(uuid4()), "to": "***"}, "recovering": {"id": str(uuid4()), "to": "***"},
            "choose_account": {"ids": [str(uuid4())], "own": False, "next": "", "at": time.time()},
            "slip_code": "AAAAAAAAAA", "bind_class": "AAAA", "screen_wait": str(uuid4()),
        })  # fmt: skip
        session.create()
        self.keys[""] = session.session_key

    def _key(self, role: str) -> str:
        if role not in self.keys:
            self._join(role) if role else self._visit()
        return self.keys[role]

    def grant_no(self, role: str) -> int:
        self._key(role or "clerk")
        return self.grants[role or "clerk"]

    def headers(self, route: Route, case: Case, given: set[str]) -> list[tuple[str, bytes]]:
        """Those a browser or program of this world adds, as far as the case says nothing of its own."""
        told: list[tuple[str, bytes]] = []
        if "Cookie" not in given:
            told.append(("Cookie", f"jizuo_csrf={CSRF}; jizuo_session={self._key(case.role)}".encode()))
        if case.has_csrf and "X-CSRFToken" not in given:
            told.append(("X-CSRFToken", CSRF.encode()))
        if "Authorization" not in given:
            if self.scanner is not None:
                told.append(("Authorization", f"Bearer {self.scanner.token}".encode()))
            elif route.path.startswith("openid/userinfo") and "access" in self.values:
                told.append(("Authorization", f"Bearer {self.values['access']}".encode()))
            elif (
                route.path in ("openid/token/", "openid/introspect/", "openid/revoke/") and case.way % 4 != 3
            ):
                told.append(("Authorization", basic(self.app.client_id, self.app.secret).encode()))
        return told

    def send(self, sent: Sent) -> Answer:
        told = [(name.encode(), value) for name, value in sent.headers]
        answer = self.line.request(sent.method, sent.path, headers=told, content=sent.body or None)
        self.line.cookies.clear()
        sets = {one.split("=")[0] for one in answer.headers.get_list("set-cookie")}
        if "jizuo_session" in sets:
            # The session was ended, or goes on under another key: the next request needs a whole one.
            self.keys = {}
        return Answer(answer.status_code, answer.headers.get("location", ""), frozenset(sets))

    def _get(self, address: str, role: str) -> httpx.Response:
        answer = self.line.get(address, headers={"Cookie": f"jizuo_session={self._key(role)}"})
        self.line.cookies.clear()
        return answer

    def _code(self) -> str:
        """A code of the application, for somebody whose school agreed."""
        from urllib.parse import urlencode

        answer = self._get(
            f"/openid/authorize/?{urlencode(self.app.request(scope='openid profile'))}", "teacher"
        )
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def right(self, route: Route, case: Case) -> dict[str, Any]:
        """Name -> the right value, for this route."""
        school, path = self.school.school, route.path
        told: dict[str, Any] = {
            "client_id": self.app.client_id, "redirect_uri": BACK, "response_type": "code", "scope": "openid profile",
            "state": "zt", "nonce": "n", "code_challenge": s256("v" * 43), "code_challenge_method": "S256",
            "post_logout_redirect_uri": LEFT, "service": SERVICE, "app_id": self.app.client_id, "redirect": ENTER,
            "secret": self.app.secret, "name": "storm", "password": PASSWORD, "again": PASSWORD, "old": PASSWORD,
            "phone": "13800138000", "email": "a@example.cn", "child": school.pupils[0][0], "pick": school.pupils[0][0],
            "person": school.pupils[0][0], "class": school.classes[0], "class_id": school.classes[0], "org": school.classes[0],
            "unit_no": self.school.unit_no, "role": "teacher", "reason": "核对", "why": "核对", "kind": "oidc",
            "source_id": self.source.pk, "place_id": self.place, "purpose": "gate", "grant": 1, "relation": "mother",
            "child_name": "陈以宁", "count": "3", "format": "txt", "per_page": "8", "minutes": "45", "tone": "lan",
            "issuer": self.provider.url, "address": self.provider.url, "match_to": "", "id": uuid4(), "answer": "{}",
            "login_code": "AAAA-BBBB-CC", "words": "家长", "act": "save", "id_token_alg": "ES256", "home_address": "",
            "redirect_uris": BACK, "token_auth": "client_secret_basic", "agreed": "openid", "why-profile": "称呼",
            "scans": "[]", "keep_days": "30", "list_hours": "24", "card_days": "900", "photo": scanning.JPEG.decode("latin-1"),
            "class_code": "AAAA", "code": "AAAAAAAAAA", "kid": "x", "grant_no": 1, "sid": uuid4(), "account": uuid4(),
        }  # fmt: skip
        if path.startswith("apps/"):
            told |= {"kind": "confidential", "client_id": self.own.client_id}
        if route.is_acting and path.startswith("sign-in-sources"):
            told |= {"client_id": "c"}
        if case.is_fresh or not self.values:
            self.values = self._fresh(route)
        return told | self.values

    def _fresh(self, route: Route) -> dict[str, Any]:
        """One-time values that this route takes."""
        from jizuo.hubs.identity.pages import forms

        path = route.path
        self._key("teacher")
        account = self.accounts["teacher"]
        if path == "openid/token/":
            asked = {"code": self._code(), "code_verifier": self.app.verifier}
            made = self.app.redeem(self._code()).json()
            begun = (
                self.base.client()
                .post("/openid/device/", {"client_id": self.tv.client_id, "scope": "openid"})
                .json()
            )
            return asked | {"refresh_token": made["refresh_token"], "device_code": begun["device_code"]}
        if path in ("openid/introspect/", "openid/revoke/", "openid/userinfo/", "openid/end-session/"):
            made = self.app.redeem(self._code()).json()
            told = {"token": made["access_token"], "id_token_hint": made["id_token"]}
            return told | ({"access": made["access_token"]} if path == "openid/userinfo/" else {})
        if path in ("openid/continue/", "openid/decide/"):
            return {"ticket": self._ticket(), "holder": account.pk}
        if path == "openid/device/":
            return {"client_id": self.tv.client_id}
        if path.startswith(("cas/", "plain/user")):
            address = "/plain/sign-in/" if path.startswith("plain") else "/cas/login"
            asked = {"app_id": self.app.client_id, "redirect": ENTER, "service": SERVICE}
            answer = self.line.get(
                address, params=asked, headers={"Cookie": f"jizuo_session={self._key('teacher')}"}
            )
            self.line.cookies.clear()
            return {"ticket": parse_qs(urlsplit(answer.headers["location"]).query)["ticket"][0]}
        if path == "device/":
            asked = {"client_id": self.tv.client_id, "scope": "openid"}
            return {"code": self.base.client().post("/openid/device/", asked).json()["user_code"]}
        if path.startswith("sign-in/from/"):
            return self._away(path)
        if path == "scanner/pair":
            return {"code": self.school.pairing_code(self.place), "name": "门"}
        if path == "scanner/check":
            return {"code": self.school.card_code(0), "id": uuid4()}
        if path == "scanner/scans":
            one = {"id": str(uuid4()), "code": "x", "result": "passed", "at": datetime.now(UTC).isoformat()}
            return {"scans": json.dumps([one])}
        if path.startswith("sign-in/second/"):
            return self._stage()
        if path in ("sign-in/", "me/password/"):
            name = account.login_code
            return {"ticket": forms.issue_ticket(), "name": name}
        return {}

    def _ticket(self) -> str:
        from jizuo.hubs.identity.protocols.openid import tickets
        from jizuo.hubs.identity.rules.openid import Asked

        prompt = self.turn.choice(
            [frozenset(), frozenset({"consent"}), frozenset({"select_account"}), frozenset({"login"})]
        )
        return tickets.write(tickets.Ticket(Asked(
            self.app.client_id, BACK, ("openid", "profile"), challenge=s256("v" * 43), prompt=prompt, asked_at=time.time(),
        )))  # fmt: skip

    def _away(self, path: str) -> dict[str, Any]:
        """A source in its turn, and what its server says about an attempt begun just now."""
        self.source = self.turn.choice(self.sources)
        told: dict[str, Any] = {"source_id": self.source.pk}
        if path.endswith("/back/"):
            self.keys.pop("", None)
            answer = self._get(f"/sign-in/from/{self.source.pk}/", "")
            back = urlsplit(path_of(self.provider.visit(answer.headers["location"])))
            told |= {name: values[0] for name, values in parse_qs(back.query).items()}
        if path.endswith("/out/"):
            told["logout_token"] = self.provider.logout_token(sid="there-1")
        return told

    def _stage(self) -> dict[str, Any]:
        """A sign-in that waits for its second factor."""
        from tests.hubs.identity.conftest import totp_of, turn_on_totp

        self._join("clerk")
        account = self.accounts["clerk"]
        if not hasattr(account, "is_double"):
            turn_on_totp(account)
            account.is_double = True
        client = self.base.client()
        client.post("/sign-in/", {"name": account.login_code, "password": PASSWORD})
        self.keys[""] = client.session.session_key
        return {"code": totp_of(account)}

    def hosts(self) -> set[str]:
        """Where people may be sent: this base, its applications and its sources."""
        told = {
            urlsplit(one).hostname for one in (BACK, LEFT, SERVICE, ENTER, self.live.url, self.provider.url)
        }
        return {str(one) for one in told} | {"testserver"}


@pytest.fixture
def world(base, live, provider, vendor, source):
    """One for a storm; what the storm registered at the base is switched off after it: every test there would see it."""
    from jizuo.hubs.identity.models import App, OutsideSource

    apps, sources = (list(kind.objects.values_list("pk", flat=True)) for kind in (App, OutsideSource))
    yield World(base, live, provider, vendor, source)
    App.objects.exclude(pk__in=apps).update(is_active=False)
    OutsideSource.objects.exclude(pk__in=sources).update(is_on=False)


def every_route():
    from jizuo.project import urls

    return list(storm.routes(urls.urlpatterns))


def test_the_routes_are_those_of_the_room(base):
    """Taken from the URL conf of the project: neither page nor endpoint of the room is left out."""
    from jizuo.hubs.identity import room

    found = every_route()
    assert len(found) == len(room.urlpatterns) + len(room.acting_urlpatterns) > 100
    assert set(storm.NAMES) | set(storm.WAYS) | set(storm.JSON) <= {one.path for one in found}


def newly_written(request, no):
    """A page whose author forgot that a number may be none."""
    return HttpResponse(str(int(request.GET.get("pages_wanted", "1"))))


def test_a_new_route_is_covered_by_itself(base):
    """Nothing is declared for it: its address and its parameter are found, and so is what is wrong with it."""
    patterns = (path("newly/<int:no>/", newly_written),)
    (route,) = storm.routes(patterns, "tests.hubs.identity")
    assert route.path == "newly/<int:no>/" and "pages_wanted" in route.names
    client, found = base.client(raise_request_exception=False), set()

    class Nobody:
        right = staticmethod(lambda _route, _case: {"no": 1})
        headers = staticmethod(lambda _route, _case, _given: [])

    def send(case):
        sent = storm.filled(route, case, Nobody)
        where, _mark, query = sent.path.partition("?")
        answer = client.generic(sent.method, where, sent.body, QUERY_STRING=query)
        found.add(storm.faults_of(Answer(answer.status_code), ()))

    with override_settings(ROOT_URLCONF=patterns):
        blow(route, route.names, 80, send)
    assert found == {"", "status 500"}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(200), ""), (Answer(302, "/sign-in/"), ""), (Answer(302, "https://app.example.cn/x"), ""), (Answer(499), ""),
        (Answer(302, "https://evil.example/"), "sent to evil.example"), (Answer(302, "//evil.example"), "sent to evil.example"),
        (Answer(302, "https://[::1"), "sent to an address that cannot be read"), (Answer(500), "status 500"),
        (Answer(503, "/"), "status 503"),
    ],
)  # fmt: skip
def test_what_counts_as_a_fault(answer, fault):
    assert storm.faults_of(answer, {"app.example.cn"}) == fault


def blow(route, everywhere, examples, send):
    """Send so many cases for one route; the sample is the same at every run."""

    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, derandomize=examples < 50,
        suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(case=storm.cases(route, everywhere))
    def one(case):
        send(case)

    one()


@pytest.mark.parametrize("whole", [400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_storm_of_wrong_requests_finds_no_bug(world, whole):
    """No 5xx, no line dropped, and nobody sent to a host that is neither ours nor registered."""
    found, faults, began = every_route(), [], time.monotonic()
    everywhere = tuple(dict.fromkeys(name for route in found for name in route.names))
    hosts, statuses = world.hosts(), Counter()

    def send(case, route):
        sent = storm.filled(route, case, world)
        try:
            answer = world.send(sent)
            fault = storm.faults_of(answer, hosts)
            statuses[answer.status] += 1
        except httpx.TransportError as error:
            fault = type(error).__name__
        if fault:
            faults.append((str(route), fault, str(sent)))
            print(faults[-1])

    for route in found:
        world.begin(route)
        # One more than the share: hypothesis may leave out one that it has made before.
        blow(route, everywhere, whole // len(found) + 1, lambda case, route=route: send(case, route))
    print(f"{statuses.total()} requests in {time.monotonic() - began:.0f} s: {sorted(statuses.items())}")
    assert faults == [], "\n".join(map(str, faults[:20])) + "".join(tracebacks(world.live.words()))
    assert statuses.total() >= whole


def tracebacks(log):
    """The last lines of what the server wrote of its faults."""
    return ["\n" + part.split("\nInternal")[0][-1_500:] for part in log.split("Internal Server Error")[1:]][
        :8
    ]
