"""What an authorization request may say and what must happen before it is answered (OpenID Connect Core 1.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

OPENID, ADMIN = "openid", "admin"
#: Every scope there is and what it gives, in the order a person reads them.
SCOPES = ("openid", "profile", "roles", "org", "class", "stage", "guardian", "phone", "email", "admin")
#: Scopes whose claims are personal: a pupil under 14 needs a guardian's word for any of them, as for signing in at all.
STEP_UP_SCOPES = frozenset({ADMIN})
#: Asked for by many clients as a habit; the specification has it ignored where it is not given (Core section 11).
PASSED_OVER = frozenset({"offline_access"})
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
RESPONSE_MODES = ("query", "form_post", "fragment")
#: In the order of their strength (`rules.strength`).
ONE_FACTOR, TWO_FACTORS, KEY = "1", "2", "3"
ACR_VALUES = (ONE_FACTOR, TWO_FACTORS, KEY)
LONGEST, LONGEST_CLAIMS, LONGEST_ALL = 2_000, 4_000, 8_000
LONGEST_KEPT = 500
MOST_SCOPES = 30
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]")
#: A child's consent is the guardian's below this age (《儿童个人信息网络保护规定》 article 2).
CHILD_AGE = 14


class Refused(Exception):
    """A request answered with an error of the specification. code: its name; words: which rule was broken, in plain
    ASCII, because RFC 6749 section 5.2 lets `error_description` hold nothing else."""

    def __init__(self, code: str, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.code, self.words, self.status = code, words, status


class Untold(Exception):
    """A request that may not be answered to the application, for its address is not proven. rule: its key in the
    page's words."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Client:
    """What a decision needs of `models.App`."""

    client_id: str
    unit_no: int
    name: str
    kind: str
    token_auth: str
    redirect_uris: tuple[str, ...]
    post_logout_uris: tuple[str, ...]
    backchannel_logout_uri: str
    jwks: Any
    jwks_uri: str
    sector: str
    scopes: tuple[str, ...]
    agreed_scopes: tuple[str, ...]
    grants: tuple[str, ...]
    id_token_alg: str
    pkce_exempt_until: date | None
    version: int
    is_active: bool
    access_seconds: int
    refresh_seconds: int
    cas_services: tuple[str, ...] = ()
    plain_addresses: tuple[str, ...] = ()
    watched_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a sign-in that keeps every rule. asked_at: seconds since 1970, when it came first. protocol: the one
    it came by, as in `models.AppSignOn`; the others say theirs with the fields that they share with OpenID."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = ""
    nonce: str = ""
    challenge: str = ""
    response_mode: str = "query"
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: dict[str, Any] | None = None
    login_hint: str = ""
    id_token_hint: str = ""
    asked_at: float = 0.0
    protocol: str = "oidc"


def one_each(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Parameters with one value each; raises Refused for a doubled or unreadable one (RFC 6749 section 3.1). An empty
    value counts as not given."""
    told: dict[str, str] = {}
    for name, values in given.items():
        if len(values) > 1:
            raise Refused("invalid_request", f"parameter given more than once: {shown(name)}")
        value = values[0] if values else ""
        if CONTROL.search(value) or CONTROL.search(name):
            raise Refused("invalid_request", f"parameter holds signs that cannot be read: {shown(name)}")
        if len(value) > (
            LONGEST_CLAIMS if name in ("claims", "client_assertion", "id_token_hint") else LONGEST
        ):
            raise Refused("invalid_request", f"parameter too long: {shown(name)}")
        if value:
            told[name] = value
    if sum(len(name) + len(value) for name, value in told.items()) > LONGEST_ALL:
        raise Refused("invalid_request", "request too long")
    return told


def shown(text: str) -> str:
    """A name from outside as an error may repeat it."""
    return re.sub(r"[^A-Za-z0-9_.:-]", "?", text[:40])


def single(given: Mapping[str, Sequence[str]], name: str) -> str:
    """The one readable value of a parameter on which the answer's address hangs; empty for none or several."""
    values = given.get(name, ())
    return values[0] if len(values) == 1 and not CONTROL.search(values[0]) else ""


def address_of(given: Mapping[str, Sequence[str]], client: Client | None) -> str:
    """The registered address that the answer goes to; raises Untold (rule 7: letter by letter)."""
    if client is None or not client.is_active:
        raise Untold("client")
    if not given.get("redirect_uri"):
        raise Untold("no_redirect")
    wanted = single(given, "redirect_uri")
    if wanted not in client.redirect_uris:
        raise Untold("redirect")
    return wanted


def response_mode(given: Mapping[str, Sequence[str]]) -> str:
    """How the answer travels; ``query`` where what was asked for is none of them (`read` refuses it then)."""
    wanted = single(given, "response_mode")
    return wanted if wanted in RESPONSE_MODES else "query"


def read(given: Mapping[str, Sequence[str]], client: Client, today: date, asked_at: float) -> Asked:
    """The request of a client whose address was proven; raises Refused for the first rule broken. Unknown parameters
    pass; known ones that are not offered get their own error (rule 8)."""
    told = one_each(given)
    refuse_unsupported(told)
    if told.get("response_mode", "query") not in RESPONSE_MODES:
        raise Refused("invalid_request", "response_mode must be query, form_post or fragment")
    if "response_type" not in told:
        raise Refused("invalid_request", "response_type is missing")
    if told["response_type"] != "code":
        raise Refused("unsupported_response_type", "response_type must be code")
    if "authorization_code" not in client.grants:
        raise Refused("unauthorized_client", "this client may not use the authorization code grant")
    prompt = frozenset(told.get("prompt", "").split())
    if prompt - PROMPTS:
        raise Refused("invalid_request", "prompt must be none, login, consent or select_account")
    if "none" in prompt and len(prompt) > 1:
        raise Refused("invalid_request", "prompt=none goes with no other prompt")
    if len(told.get("nonce", "")) > LONGEST_KEPT:
        raise Refused("invalid_request", "nonce too long")
    return Asked(
        client_id=client.client_id,
        redirect_uri=told["redirect_uri"],
        scopes=scopes_of(told.get("scope", ""), client),
        state=told.get("state", ""),
        nonce=told.get("nonce", ""),
        challenge=challenge_of(told, client, today),
        response_mode=told.get("response_mode", "query"),
        prompt=prompt,
        max_age=whole(told, "max_age"),
        acr_values=tuple(told.get("acr_values", "").split()[:MOST_SCOPES]),
        claims=claims_of(told.get("claims", "")),
        login_hint=told.get("login_hint", ""),
        id_token_hint=told.get("id_token_hint", ""),
        asked_at=asked_at,
    )


def refuse_unsupported(told: Mapping[str, str]) -> None:
    """Raise the specified error of a known parameter that is not offered (Core sections 6 and 7.2.1, RFC 8707)."""
    for name, code in (
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
        ("resource", "invalid_target"),
        ("authorization_details", "invalid_authorization_details"),
    ):
        if name in told:
            raise Refused(code, f"parameter {name} is not supported")


def all_scopes(client: Client) -> tuple[str, ...]:
    """What a protocol that has no word for scopes asks for: whatever the client may have about a person, in the order of
    `SCOPES`, without those that take a step-up. Raises Untold for a client that may sign nobody in."""
    if OPENID not in client.scopes:
        raise Untold("no_scope")
    return tuple(scope for scope in SCOPES if scope in client.scopes and scope not in STEP_UP_SCOPES)


def scopes_of(text: str, client: Client, *, needs_one: bool = True) -> tuple[str, ...]:
    """The scopes asked for, in the order given; raises Refused for one this client may not ask. A scope nobody offers
    is left out, as Core section 3.1.2.1 has it, and the answer's `scope` says so."""
    words = list(dict.fromkeys(text.split()))
    if len(words) > MOST_SCOPES:
        raise Refused("invalid_scope", "too many scopes")
    known = [word for word in words if word in SCOPES or word in client.scopes]
    if beyond := [word for word in known if word not in client.scopes]:
        raise Refused("invalid_scope", f"this client may not ask for scope {shown(beyond[0])}")
    if needs_one and not known:
        raise Refused("invalid_scope", "no scope that this client may ask for")
    return tuple(known)


def challenge_of(told: Mapping[str, str], client: Client, today: date) -> str:
    """The S256 code challenge (rule 7); empty for a confidential client under its dated exception."""
    challenge, method = told.get("code_challenge", ""), told.get("code_challenge_method", "")
    if not challenge:
        if method:
            raise Refused("invalid_request", "code_challenge is missing")
        exempt = client.pkce_exempt_until
        if client.kind == "confidential" and exempt is not None and today < exempt:
            return ""
        raise Refused("invalid_request", "code_challenge is required (PKCE with S256)")
    if method != "S256":
        raise Refused("invalid_request", "code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "code_challenge must be 43 signs of base64url")
    return challenge


def whole(told: Mapping[str, str], name: str) -> int | None:
    """A count of seconds, None where it is missing."""
    text = told.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise Refused("invalid_request", f"{name} must be a whole number of seconds")
    return int(text)


def claims_of(text: str) -> dict[str, Any] | None:
    """The `claims` parameter (Core section 5.5): ``{"id_token": {name: null | {...}}, "userinfo": ...}``."""
    if not text:
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("invalid_request", "claims is no JSON") from None
    is_good = isinstance(told, dict) and all(
        part is None
        or (isinstance(part, dict) and all(want is None or isinstance(want, dict) for want in part.values()))
        for part in (told.get("id_token"), told.get("userinfo"))
    )
    # The database keeps the text and has no sign for NUL.
    if not is_good or CONTROL.search(json.dumps(told, ensure_ascii=False)) or "\\u0000" in json.dumps(told):
        raise Refused("invalid_request", "claims must be an object of objects")
    return {part: told[part] for part in ("id_token", "userinfo") if told.get(part)} or None


class Step(StrEnum):
    """What comes next: an answer, or a page before it."""

    ANSWER = "answer"
    SIGN_IN = "sign_in"
    SELECT = "select"
    STEP_UP = "step_up"
    CONSENT = "consent"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Holder:
    """The signed-in person as a decision needs them. subject: the pairwise `sub` for the asking client; acr, amr: of what
    was shown in this sign-on (rule 4); is_dated: authed_at is when the person proved who it is, False: only the latest that
    it can have been; factor_is_fresh: the second factor still counts for admin scopes; can: the highest
    `acr` that the account can reach; agreed: scopes that need no more word; is_child: the word must be a
    guardian's."""

    subject: str
    authed_at: datetime
    acr: str
    amr: tuple[str, ...]
    factor_is_fresh: bool
    can: str
    agreed: frozenset[str] = frozenset()
    is_child: bool = False
    selected_at: float = 0.0
    agreed_at: float = 0.0
    hinted: tuple[str, ...] = field(default=())
    is_dated: bool = True


def next_step(asked: Asked, holder: Holder | None, now: datetime) -> Step:
    """What must happen before the answer; raises Refused where it may not happen (`prompt=none`) or cannot."""
    is_silent = "none" in asked.prompt
    if holder is None:
        return _page(is_silent, Step.SIGN_IN, "login_required", "nobody is signed in")
    authed_at = holder.authed_at.timestamp()
    if any(sub != holder.subject for sub in (*holder.hinted, *wanted_subject(asked))):
        # Whoever signed in since the request came is still not the one it names: asking again would never end.
        is_final = is_silent or authed_at >= asked.asked_at
        return _page(is_final, Step.SIGN_IN, "login_required", "somebody else is signed in")
    if "login" in asked.prompt and not is_proven_since(holder, asked.asked_at):
        return Step.SIGN_IN
    if asked.max_age is not None and is_old(asked, holder, now):
        return _page(is_silent, Step.SIGN_IN, "login_required", "the sign-in is older than max_age")
    if "select_account" in asked.prompt and max(holder.selected_at, authed_at) < asked.asked_at:
        return Step.SELECT
    if needs_factor(asked, holder):
        if holder.can >= wanted_acr(asked):
            return _page(is_silent, Step.STEP_UP, "interaction_required", "a second factor is due")
        raise Refused("unmet_authentication_requirements", "this account cannot show that much")
    if wishes_factor(asked, holder) and not is_silent:
        return Step.STEP_UP
    if not set(asked.scopes) <= holder.agreed:
        step = Step.GUARDIAN if holder.is_child else Step.CONSENT
        return _page(is_silent, step, "consent_required", "consent is due")
    if "consent" in asked.prompt and holder.agreed_at < asked.asked_at and not holder.is_child:
        return Step.CONSENT
    return Step.ANSWER


def _page(is_silent: bool, step: Step, code: str, words: str) -> Step:
    if is_silent:
        raise Refused(code, words)
    return step


def is_proven_since(holder: Holder, at: float) -> bool:
    """Whether the person proved who it is at `at` (seconds since 1970) or later; a proof of no known time is none."""
    return holder.is_dated and holder.authed_at.timestamp() >= at


def is_old(asked: Asked, holder: Holder, now: datetime) -> bool:
    """Whether the sign-in is older than max_age; one given after the request came is new, so 0 can be met."""
    if is_proven_since(holder, asked.asked_at):
        return False
    return not holder.is_dated or now - holder.authed_at >= timedelta(seconds=asked.max_age or 0)


def needs_factor(asked: Asked, holder: Holder) -> bool:
    """Whether two factors are a condition: admin scopes with one given lately, or an essential `acr`."""
    if STEP_UP_SCOPES & set(asked.scopes) and not holder.factor_is_fresh:
        return True
    return holder.acr < essential_acr(asked)


def wishes_factor(asked: Asked, holder: Holder) -> bool:
    """Whether two factors were asked for first and can be had: a wish, met where it can be (Core section 3.1.2.1)."""
    return holder.acr < wished_acr(asked) <= holder.can


def wished_acr(asked: Asked) -> str:
    """The first of `acr_values` that we know; empty for none."""
    return next((value for value in asked.acr_values if value in ACR_VALUES), "")


def wanted_acr(asked: Asked) -> str:
    """What a step-up must reach: the essential `acr`, two factors for admin scopes, else what was wished for."""
    needed = max(essential_acr(asked), TWO_FACTORS if STEP_UP_SCOPES & set(asked.scopes) else "")
    return needed or wished_acr(asked)


def essential_acr(asked: Asked) -> str:
    """The least `acr` that an essential claim accepts; empty for none. One we do not know raises Refused."""
    want = ((asked.claims or {}).get("id_token") or {}).get("acr")
    if not want or want.get("essential") is not True:
        return ""
    values = want.get("values", [want["value"]] if "value" in want else [])
    known = sorted(value for value in values if value in ACR_VALUES) if isinstance(values, list) else []
    if values and not known:
        raise Refused("unmet_authentication_requirements", "no such acr")
    return known[0] if known else ""


def wanted_subject(asked: Asked) -> tuple[str, ...]:
    """The `sub` that the `claims` parameter insists on."""
    want = ((asked.claims or {}).get("id_token") or {}).get("sub")
    return (str(want["value"]),) if want and "value" in want else ()


def is_child_on(birth_on: date | None, today: date) -> bool:
    """Whether a pupil is under 14 today; an unknown birthday counts as under."""
    if birth_on is None:
        return True
    had = (today.month, today.day) >= (birth_on.month, birth_on.day)
    return today.year - birth_on.year - (0 if had else 1) < CHILD_AGE
