"""How passwords are stored and compared: Argon2id tuned to 30-40 ms on two shared cores."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password, verify_password


class TunedArgon2(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes, one lane: the least that OWASP names, at a cost that a school's
    morning can bear. ``make bench ONLY=portal`` prints what it costs on the machine at hand."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


@lru_cache(maxsize=1)
def nobodys_password() -> str:
    """A stored password that nothing matches, of the same cost as everyone's."""
    return make_password(secrets.token_urlsafe(24))


def is_right(password: str, stored: str | None) -> bool:
    """Whether `password` is the stored one. stored None: nobody's; the work done is the same."""
    good, _needs_update = verify_password(password, stored or nobodys_password())
    return good and stored is not None
