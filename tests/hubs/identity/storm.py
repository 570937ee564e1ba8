"""Requests of every wrong kind for the addresses of the identity room.

The addresses come from the URL conf, the names of their parameters from the sources of their views and forms, and from
`NAMES` where a protocol reads them by other means. What is right in a `World` stands in `World.right`; a case takes
that and spoils some of it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

from hypothesis import strategies as st

ROOM = "jizuo.hubs.identity"
OPENID = (
    "client_id redirect_uri response_type scope state nonce code_challenge code_challenge_method response_mode prompt"
    " max_age acr_values claims login_hint id_token_hint request request_uri registration resource ui_locales"
)
CLIENT = "client_id client_secret client_assertion client_assertion_type"
UPSTREAM = "state code ticket error error_description id_token iss authCode appid logoutRequest pgtId pgtIou"
SOURCE = (
    "act name tone client_id issuer scope acr_values leave address format renew entrance endpoint agent_id web official_id"
    " secret-secret secret-official_secret match_to match_claim second_factor lines home"
)
APP = (
    "name kind home_address redirect_uris cas_services plain_addresses post_logout_uris backchannel_logout_uri token_auth"
    " jwks_uri id_token_alg pkce_exempt_until scope agreed why-profile why-class"
)
#: Route -> parameters that it reads past `GET.get` and the like: protocols, bodies of JSON, forms made as they are needed.
NAMES = {
    "openid/authorize/": OPENID,
    "openid/device/": f"{CLIENT} scope request resource",
    "openid/token/": f"{CLIENT} grant_type code redirect_uri code_verifier refresh_token scope device_code",
    "openid/introspect/": f"{CLIENT} token token_type_hint",
    "openid/revoke/": f"{CLIENT} token token_type_hint",
    "openid/userinfo/": "access_token",
    "openid/end-session/": "id_token_hint client_id post_logout_redirect_uri state logout_hint confirmed",
    "cas/login": "service TARGET renew gateway method warn",
    "cas/logout": "service url",
    "cas/validate": "service ticket renew",
    "cas/proxy": "pgt targetService format",
    **{f"cas/{one}": "service ticket renew pgtUrl format" for one in (
        "serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate")},
    "plain/sign-in/": "app_id redirect state",
    "plain/user/": "app_id secret ticket",
    "sign-in/from/<uuid:source_id>/": "next again",
    "sign-in/from/<uuid:source_id>/back/": UPSTREAM,
    "sign-in/from/<uuid:source_id>/out/": "logout_token logoutRequest",
    "sign-in-sources/new/<slug:kind>": SOURCE,
    "sign-in-sources/<uuid:source_id>": SOURCE,
    "apps/new": APP,
    "apps/<str:client_id>/edit": APP,
    "scanner/pair": "code name",
    "scanner/sync": "",
    "scanner/scans": "scans",
    "scanner/check": "id code",
    "scan-places/setting": "keep_days list_hours card_days key",
    "scan-places/do": "name purpose class close end",
    "student-cards/do": "do pick class",
    "student-cards/photo": "person photo remove class",
    "screen": "code wait_id class_id minutes end",
    **dict.fromkeys(("slips", "sign-ins", "sign-ins/events"),
                    "sort after before q text columns size f.role f.state f.class f.outcome"),
    "slips/give": "pick whole purpose format per_page f.role",
    "guardians/decide": "binding child org act why",
    "guardians/invite": "org act count child format per_page",
}  # fmt: skip
JSON = ("scanner/pair", "scanner/scans", "scanner/check", "scanner/sync")
#: Ways of `sign-in/` and values of `act` that lead into other code: the query or form a case begins with.
WAYS = {
    "sign-in/": ({"by": "password"}, {"by": "phone"}, {"by": "phone", "sent": "1"}, {"by": "paper"}, {"by": "passkey"}),
    "me/phone/": ({}, {"sent": "1"}),
    "me/email/": ({}, {"sent": "1"}),
    "openid/decide/": tuple({"say": one} for one in ("yes", "no", "this", "other")),
    "device/": ({}, {"say": "yes"}, {"say": "no"}),
    "apps/<str:client_id>/do": tuple({"act": one} for one in ("end_secret", "off", "on")),
    "sign-in-sources/<uuid:source_id>": tuple({"act": one} for one in ("save", "look", "on", "off", "links")),
    "student-cards/do": tuple({"do": one} for one in ("issue", "lost", "reissue", "print")),
    "guardians/decide": tuple({"act": one} for one in ("confirm", "refuse", "withdraw", "end")),
    "guardians/invite": tuple({"act": one} for one in ("code", "once", "")),
    "sign-in-asks/decide": ({"act": "approve"}, {"act": "refuse"}),
    "me/elsewhere/": tuple({"act": one} for one in ("link", "unlink", "home", "here")),
    "openid/token/": tuple({"grant_type": one} for one in (
        "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code")),
}  # fmt: skip
LONGEST_ADDRESS = 60_000
LOW_SURROGATE = "\ud800"
WRONG = (
    "", " ", "\0", "a\0b", LOW_SURROGATE, "\udfff\ud800", "x" * 300, "x" * 9_000, "长" * 3_000, "9" * 19, "9" * 400, "9" * 5_000,
    "-1", "0", "1.5", "1e309", "NaN", "Infinity", "٣", "２０２６", "²", "9999-12-31", "0001-01-01", "2026-02-30", "10000-01-01",
    "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "2026-09-16T08:00:00", "None", "null", "true", "[]", "{}",
    "[" * 4_000, '{"a":' * 1_500, '"\\ud800"', '{"id_token": {"auth_time": {"essential": true, "value": 1e400}}}',
    '{"userinfo": []}', '{"id_token": {"acr": {"values": [[], {}, null]}}}', '{"response": {"id": 5}}', "%00", "%", "%zz", "+",
    "00000000-0000-0000-0000-000000000000", "{00000000-0000-7000-8000-000000000000}", "urn:uuid:0", "ffffffff" * 4,
    "../../etc/passwd", "//evil.example", "/\\evil.example", "javascript:alert(1)", '"a\\u0000"', "https://[::1", "https://[", "http://a:99999/",
    "http://a:b/", "https://user:pass@a/", "http://\udce4", "https://例え.jp/ü?q=ü", "a\r\nSet-Cookie: a=b", "\x85\u2028\u202e",
    "<script>", "{{ 7 }}", "%s%(n)s{0}", "' or 1=1 --", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "..", "ST-", "=", "a:b:c", "😀" * 50,
    "a" + "\u0301" * 200, ",", "，\t,", "\n" * 500, "JM:0", "openid openid openid", "none login", "AAAA-BBBB-CC", "1111111111",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "<a>" * 500,
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8", "gbk", "utf-16", "utf-7", "latin-1")
METHODS = (*["GET"] * 5, *["POST"] * 8, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
TYPES = (
    b"application/x-www-form-urlencoded; charset=gbk", b"application/x-www-form-urlencoded; charset=no-such",
    b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=" + b"x" * 300,
    b"application/json", b"application/json; charset=utf-16", b"text/xml", b"text/plain; charset=utf-7", b"a", b"\xff/\xfe", b"",
)  # fmt: skip
HEADERS = (
    ("Authorization", b"Basic"), ("Authorization", b"Basic ="), ("Authorization", b"Basic YQ=="),
    ("Authorization", b"Basic //8AOv8="), ("Authorization", b"Basic \xe4\xb8\xad"), ("Authorization", b"Basic " + b"QTpC" * 900),
    ("Authorization", b"Bearer"), ("Authorization", b"Bearer \xff\xfe"), ("Authorization", b"Bearer " + b"x" * 5_000),
    ("Authorization", b"Bearer a b c"), ("Authorization", b"Digest a=b"), ("Cookie", b"jizuo_session=" + b"x" * 3_000),
    ("Cookie", b"jizuo_session=\xff\xfe; jizuo_csrf=\xff"), ("Cookie", b'jizuo_session="; jizuo_device="\\400\\'),
    ("Cookie", b"jizuo_language=\xe4\xb8\xad; sessionid=a; =; ;;"), ("Cookie", b"messages=W1siX19qc29uX21lc3NhZ2Ui"),
    ("Accept-Language", b"x-" * 400), ("Accept-Language", b"\xff;q=\xfe"), ("Accept", b"\xff"), ("Accept-Encoding", b"br;q=a"),
    ("User-Agent", b"MicroMessenger wxwork DingTalk \xff" * 40), ("User-Agent", b""), ("Referer", b"http://[::1"),
    ("Referer", b"http://localhost/\xff"), ("Origin", b"null"), ("Origin", b"http://["), ("HX-Request", b"true"),
    ("HX-Current-URL", b"http://[::1"), ("HX-Current-URL", b"\xff"), ("Host", b"evil.example"), ("Host", b"[::1"),
    ("X-Forwarded-For", b"\xff, 1.2.3.4"), ("X-Forwarded-Proto", b"https"), ("If-Modified-Since", b"Thu, 99 Foo 99999"),
    ("If-None-Match", b'"\xff'), ("Range", b"bytes=9-1"), ("Content-Encoding", b"gzip"), ("X-CSRFToken", b"\xff"),
    ("X-HTTP-Method-Override", b"DELETE"), ("Expect", b"x"),
)  # fmt: skip
RAW = (b"", b"\0", b"\xff\xfe", b"&&==&%", b"a=%ff&a=%00", b"--x\r\n\r\n", b"[" * 20_000, b'{"a":' * 5_000, b"{", b"[]", b"null",
       b'{"scans": [{}]}', b'{"id": "\\ud800", "code": 1}', b"<a/>", b"&".join([b"a=b"] * 13_000), b"x" * 4_300_000)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """An address of the URL conf. path: as it is written there, for pages of a role below ``as/<grant>/``; names: of the
    parameters it reads; roles: who may open it, empty for everybody."""

    path: str
    is_acting: bool
    names: tuple[str, ...]
    roles: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.path or "/"


@dataclass(frozen=True)
class Case:
    """One request before the world fills in what is right. told: (name, value), None for the right value; tail: values of
    the address, likewise; place: where the parameters stand; is_fresh: one-time values are made for it."""

    method: str
    tail: tuple[bytes | None, ...]
    told: tuple[tuple[bytes, bytes | None], ...]
    place: str
    content_type: bytes | None
    raw: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    role: str
    has_csrf: bool
    is_fresh: bool
    way: int


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the line. path: with its query."""

    method: str
    path: str
    headers: list[tuple[str, bytes]] = field(default_factory=list)
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.path[:300]} {self.headers} {self.body[:300]!r}"


def routes(patterns: Sequence[Any], room: str = ROOM, prefix: str = "") -> Iterator[Route]:
    """Every address of a URL conf that ends in a view of the room."""
    from jizuo.ground.pages import shell

    roles = {page.path: page.roles for page in shell.offered()}
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, room, path)
            continue
        view = inspect.unwrap(pattern.callback)
        if not view.__module__.startswith(room):
            continue
        is_acting = path.startswith("as/<int:grant_no>/")
        bare = path.removeprefix("as/<int:grant_no>/")
        names = dict.fromkeys([*NAMES.get(bare, "").split(), *names_read(view)])
        yield Route(bare, is_acting, tuple(names), roles[bare] if is_acting else frozenset())


READS = (
    r'(?:GET|POST|FILES)(?:\.get|\.getlist|\.pop)?[(\[]\s*"([^"]+)"', r'"([^"]+)" (?:not )?in request\.(?:GET|POST)\b',
    r'(?:chosen_ids|number|_id)\(request, "([^"]+)"',
)  # fmt: skip


@cache
def names_read(view: Any) -> tuple[str, ...]:
    """The parameters that the module of a view reads by name, and the fields of its forms."""
    from django.forms import Form

    module = inspect.getmodule(view)
    assert module is not None
    source = inspect.getsource(module)
    names = [name for pattern in READS for name in re.findall(pattern, source)]
    held = [getattr(module, name) for name in re.findall(r"^class (\w+)", source, re.MULTILINE)]
    shared = getattr(module, "forms", None)
    held += [getattr(shared, name) for name in re.findall(r"\bforms\.(\w+)", source) if hasattr(shared, name)]
    for one in held:
        if isinstance(one, type) and issubclass(one, Form):
            names += one.base_fields
    return tuple(dict.fromkeys([*names, "next"]))


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-8":
        return text.encode("utf-8", "surrogatepass")
    return text.encode(encoding, "replace")


WRONG_VALUES = st.one_of(
    st.builds(_encoded, st.sampled_from(WRONG), st.sampled_from(ENCODINGS)),
    st.builds(_encoded, st.text(max_size=30), st.sampled_from(ENCODINGS)),
    st.binary(max_size=20),
)


#: No client sends a header twice; the server in front would refuse it.
FEW_HEADERS = st.lists(st.sampled_from(HEADERS), max_size=2, unique_by=lambda one: one[0])


@st.composite
def cases(draw: Any, route: Route, everywhere: tuple[str, ...]) -> Case:
    """Requests for one route. everywhere: names that other routes read."""
    names = route.names or everywhere
    spoilt = draw(st.lists(st.sampled_from(names), max_size=3))
    missing = draw(st.lists(st.sampled_from(names), max_size=2))
    told: list[tuple[bytes, bytes | None]] = []
    for name in names:
        if name not in missing:
            told.append((name.encode(), draw(WRONG_VALUES) if name in spoilt else None))
    for name in draw(st.lists(st.sampled_from(names), max_size=1)):
        told.append((name.encode(), draw(st.one_of(st.none(), WRONG_VALUES))))
    if draw(st.integers(0, 5)) == 0:
        told.append(
            (draw(st.one_of(WRONG_VALUES, st.sampled_from(everywhere).map(str.encode))), draw(WRONG_VALUES))
        )
    usual = "json" if route.path in JSON else "form"
    place = draw(st.sampled_from((usual, usual, usual, usual, "query", "multipart", "json")))
    is_odd = draw(st.integers(0, 6)) == 0
    tail = tuple(
        draw(WRONG_VALUES) if draw(st.integers(0, 7)) == 0 else None for _one in re.findall(r"<", route.path)
    )
    return Case(
        method=draw(st.sampled_from(METHODS)), tail=tail, told=tuple(told), place=place,
        content_type=draw(st.sampled_from(TYPES)) if is_odd else None,
        raw=draw(st.one_of(st.sampled_from(RAW), st.binary(max_size=60))) if draw(st.integers(0, 9)) == 0 else None,
        headers=tuple(draw(FEW_HEADERS)) if draw(st.integers(0, 3)) == 0 else (),
        role=draw(st.sampled_from((*sorted(route.roles), "") if route.roles else ("", "teacher", "guardian"))),
        has_csrf=draw(st.integers(0, 9)) > 0, is_fresh=draw(st.booleans()), way=draw(st.integers(0, 7)),
    )  # fmt: skip


def filled(route: Route, case: Case, world: Any) -> Sent:
    """The case as it goes over the line, with what is right in this world."""
    ways = WAYS.get(route.path, ({},))
    right = world.right(route, case) | ways[case.way % len(ways)]
    places = [*re.findall(r"<(?:\w+:)?(\w+)>", route.path)]
    path = route.path
    for name, value in zip(places, case.tail, strict=True):
        text = str(right.get(name, "0")).encode() if value is None else value
        path = re.sub(rf"<(?:\w+:)?{name}>", quote_from_bytes(text, safe="").replace("\\", "%5C"), path)
    told = [
        (name, value if value is not None else str(right[name.decode()]).encode())
        for name, value in case.told
        if value is not None or name.decode() in right
    ]
    told += [
        (name.encode(), text.encode())
        for name, text in ways[case.way % len(ways)].items()
        if name.encode() not in dict(told)
    ]
    where = f"/as/{world.grant_no(case.role)}/{path}" if route.is_acting else f"/{path}"
    headers, body, query = list(case.headers), b"", []
    if case.method in ("GET", "HEAD", "OPTIONS", "DELETE") or case.place == "query":
        query = told
    else:
        # The way of a page stands in its address, the rest in its form.
        query = [(name, value) for name, value in told if name in (b"by", b"sent", b"level")]
        content_type, body = _body(case.place, [one for one in told if one not in query])
        headers.append(("Content-Type", content_type if case.content_type is None else case.content_type))
        body = body if case.raw is None else case.raw
    if query:
        # What is longer no client of this kind sends.
        where = f"{where}?{_pairs(query).decode()}"[:LONGEST_ADDRESS]
    return Sent(
        case.method, where, [*headers, *world.headers(route, case, {name for name, _v in headers})], body
    )


def _pairs(told: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(
        quote_from_bytes(name, safe="").encode() + b"=" + quote_from_bytes(value, safe="").encode()
        for name, value in told
    )


def _body(place: str, told: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    if place == "json":
        lines = [b'"' + name.replace(b'"', b"") + b'": ' + _json(value) for name, value in told]
        return b"application/json", b"{" + b", ".join(lines) + b"}"
    if place == "multipart":
        parts = [
            b'--storm\r\nContent-Disposition: form-data; name="' + name + b'"'
            + (b'; filename="a.jpg"' if name in (b"photo", b"lines") else b"") + b"\r\n\r\n" + value + b"\r\n"
            for name, value in told
        ]  # fmt: skip
        return b"multipart/form-data; boundary=storm", b"".join(parts) + b"--storm--\r\n"
    return b"application/x-www-form-urlencoded", _pairs(told)


def _json(value: bytes) -> bytes:
    if value[:1] in b'[{"0123456789-nt' and value:
        return value
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@dataclass(frozen=True)
class Answer:
    """What came back. sets: names of the cookies that it set."""

    status: int
    location: str = ""
    sets: frozenset[str] = frozenset()


def faults_of(answer: Answer, hosts: Collection[str]) -> str:
    """What is wrong with an answer, empty for nothing: a 5xx, or a redirect to a host that nobody registered."""
    if answer.status >= 500:
        return f"status {answer.status}"
    try:
        host = urlsplit(answer.location).hostname
    except ValueError:
        host = "an address that cannot be read"
    return f"sent to {host}" if host and host not in hosts else ""
