"""Sign-on: passwords, tokens of the OpenID provider beside another provider's, a town's morning, the student code; each measured
in a base of its own."""

from __future__ import annotations

from bench import identity_code, identity_morning, identity_password, identity_tokens

PARTS = {
    "password": identity_password,
    "tokens": identity_tokens,
    "morning": identity_morning,
    "code": identity_code,
}
