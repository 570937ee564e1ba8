"""How passwords are stored: Argon2id tuned to 30-40 ms on two shared cores."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes, one lane: the least that OWASP names, at a cost a school's morning can bear."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
