"""Setting Django up inside a command, as one of the database logins."""

from __future__ import annotations

import os


def set_up(login: str) -> None:
    """Load settings for `login` and every room's plate. Call once a process, before importing a room."""
    os.environ["JIZUO_LOGIN"] = login
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizuo.project.settings")
    import django

    django.setup()
    from jizuo.project import rooms

    rooms.plates()
