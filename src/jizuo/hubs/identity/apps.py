from typing import Any

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "jizuo.hubs.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from jizuo.hubs.identity import jobs

        user_logged_in.connect(_begin, dispatch_uid="identity.begin")
        jobs.register()


def _begin(sender: Any, request: Any, user: Any, **_more: Any) -> None:
    from jizuo.hubs.identity.actions import outside, sessions

    sessions.begin(request, user.pk)
    outside.follow_sign_on(request, user.pk)
