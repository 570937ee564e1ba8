"""Every address and every api door x every role x own or foreign grant number (T1), all taken from the house itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

ROLES = (
    "operator", "district_admin", "district_steward", "district_leader", "security_officer", "head", "clerk",
    "homeroom_teacher", "teacher", "pupil", "guardian",
)  # fmt: skip
FILLED = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "slug": "x", "str": "x", "path": "x"}
#: Addresses that anyone may open, signed in or not; those of scanners know a device by its token alone.
OPEN = {
    "sign-in/options/", "sign-in/second/options/",
    "sign-in/", "sign-in/second/", "sign-in/choose/", "sign-out/", "activate/", "activate/password/", "activate/x/",
    "check/", "check/x/", "recover/", "recover/code/", "bind/", "bind/invitation/", "bind/done/", "bind/x/", "language/",
    "screen/", "screen/wait/", "screen/tick/", "screen/end/", "screen/list/", "screen/seats/", "screen/notices/",
    "screen/scenes/",
    ".well-known/openid-configuration", ".well-known/oauth-authorization-server", "openid/authorize/", "openid/continue/",
    "openid/decide/", "openid/token/", "openid/userinfo/", "openid/jwks/", "openid/introspect/", "openid/revoke/",
    "cas/login", "cas/logout", "cas/validate", "cas/serviceValidate", "cas/proxyValidate", "cas/p3/serviceValidate",
    "cas/p3/proxyValidate", "cas/proxy", "plain/sign-in/", "plain/user/",
    "openid/end-session/", "openid/device/",
    "scanner/", "scanner/worker.js", "scanner/manifest.webmanifest", "scanner/icon.svg", "scanner/pair", "scanner/sync",
    "scanner/scans", "scanner/check", "scanner/leave", "scanner/revoked", "student-code/1/keys.json",
    "sign-in/from/00000000-0000-7000-8000-000000000000/", "sign-in/from/00000000-0000-7000-8000-000000000000/back/",
    "sign-in/from/00000000-0000-7000-8000-000000000000/out/", "sign-in/from/00000000-0000-7000-8000-000000000000/unknown/",
    "livez", "readyz", "callback/x/", "callback/x/1/",
    "robots.txt", "site/1/", "site/1/notices/", "site/1/00000000-0000-7000-8000-000000000000/",
    "site/1/notices/00000000-0000-7000-8000-000000000000/",
    "site/1/00000000-0000-7000-8000-000000000000/00000000-0000-7000-8000-000000000000/",
}  # fmt: skip


def addresses(patterns, prefix=""):
    """Every address of the URLconf with its converters filled in."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED.get(found[1] or "str", "x"), route)


@pytest.fixture(scope="module")
def routes(base):
    from jizuo.project import urls

    found = sorted(set(addresses(urls.urlpatterns)))
    assert len(found) > 40
    return found


@pytest.fixture(scope="module")
def acting(routes):
    """The addresses below an acting role, without its prefix."""
    found = [route.removeprefix("as/1/") for route in routes if route.startswith("as/1/")]
    assert len(found) > 15
    return found


@pytest.fixture(scope="module")
def api_doors(base):
    from jizuo.ground import doors
    from jizuo.project import rooms

    rooms.plates()
    return [
        d
        for name, d in sorted(doors.all_doors().items())
        if d.reach == "api" and not name.startswith("tests.")
    ]


class Holder:
    """An account with one grant of a role in a unit of its own."""

    def __init__(self, base, role):
        self.unit = base.unit(
            kind="bureau" if role.startswith(("district", "operator", "security")) else "school"
        )
        self.account = base.account()
        self.grant_no = base.grant(self.account, self.unit, role)
        self.client = base.client(self.account, raise_request_exception=False)

    def url(self, tail, grant_no=None):
        return f"/as/{grant_no or self.grant_no}/{tail}"

    def door(self, door, grant_no=None):
        if door.kind == "action":
            path = self.url(f"api/do/{door.name}", grant_no)
            return self.client.post(path, "{}", content_type="application/json")
        return self.client.get(self.url(f"api/read/{door.name}", grant_no))


@pytest.fixture(scope="module", params=ROLES)
def holder(request, base):
    return request.param, Holder(base, request.param)


@pytest.fixture(scope="module")
def other(base):
    return Holder(base, "clerk")


def test_the_roles_are_all_of_them(base):
    from jizuo.ground import scope as scopes

    assert set(ROLES) == scopes.ROLES


def test_a_visitor_is_sent_to_sign_in(base, routes, other):
    client = base.client(raise_request_exception=False)
    odd = []
    for route in routes:
        path = "/" + route.replace("as/1/", f"as/{other.grant_no}/")
        for answer in (client.get(path), client.post(path)):
            if route in OPEN or route.startswith("static"):
                is_fine = answer.status_code < 500
            elif "/api/" in path:
                is_fine = answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
            else:
                is_fine = answer.status_code == 302 and urlsplit(answer["Location"]).path == "/sign-in/"
            if not is_fine:
                odd.append((route, answer.request["REQUEST_METHOD"], answer.status_code))
    assert odd == []


def test_a_foreign_number_does_not_exist(base, acting, api_doors, holder, other):
    """Another account's grant answers like one that never was, at every address and every door."""
    role, mine = holder
    odd = []
    for tail in acting:
        answers = [mine.client.get(mine.url(tail, other.grant_no))]
        if role == "pupil":
            answers.append(mine.client.post(mine.url(tail, other.grant_no)))
        odd += [(tail, answer.status_code) for answer in answers if answer.status_code != 404]
    for door in api_doors:
        foreign = mine.door(door, other.grant_no)
        if foreign.status_code != 404:
            odd.append((door.name, foreign.status_code))
    assert odd == []
    missing = mine.door(api_doors[0], 987654321).json()
    foreign = mine.door(api_doors[0], other.grant_no).json()
    assert missing | {"instance": ""} == foreign | {"instance": ""}


def test_each_page_opens_for_its_roles_only(acting, holder):
    from jizuo.ground.pages import shell

    role, mine = holder
    wanted = {page.path: page.roles for page in shell.offered()}
    odd = []
    for tail in acting:
        if tail.startswith("api/"):
            continue
        answer = mine.client.get(mine.url(tail))
        template = next((path for path in wanted if filled(path) == tail), None)
        is_shut = template is not None and role not in wanted[template]
        if answer.status_code >= 500 or (is_shut and answer.status_code not in (403, 404)):
            odd.append((tail, answer.status_code, "shut" if is_shut else ""))
        if not is_shut and template is not None and answer.status_code in (401, 403):
            said = answer.content.decode()
            if "再验证" not in said:
                odd.append((tail, answer.status_code, "open"))
    assert odd == []


def filled(path):
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED.get(found[1] or "str", "x"), path)


def test_each_door_opens_for_its_roles_only(api_doors, holder):
    role, mine = holder
    odd = []
    for door in api_doors:
        answer = mine.door(door)
        is_refused = answer.status_code == 403 and not answer.json().get("step_up")
        if is_refused == (role in door.roles) or answer.status_code >= 500:
            odd.append((door.name, answer.status_code))
    assert odd == []


def test_twin_without_the_check_every_door_opens(base, api_doors, monkeypatch):
    """What the matrix above would see if the grant were not checked."""
    from jizuo.ground import doors

    monkeypatch.setattr(doors, "is_granted", lambda door, scope: True)
    pupil = Holder(base, "pupil")
    refused = [door.name for door in api_doors if pupil.door(door).status_code == 403]
    assert set(refused) <= {door.name for door in api_doors if door.level}


def test_each_refused_call_leaves_exactly_one_entry(base, api_doors):
    """T16: refusals are counted too."""
    pupil = Holder(base, "pupil")
    shut = [door for door in api_doors if "pupil" not in door.roles]
    for door in shut:
        pupil.door(door)
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{pupil.unit}}}"])
        rows = owner.execute("select door, result, role from audit_entry order by door").fetchall()
    assert rows == [(door.name, "refused", "pupil") for door in sorted(shut, key=lambda door: door.name)]
