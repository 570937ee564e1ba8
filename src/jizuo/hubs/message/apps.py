from django.apps import AppConfig


class MessageConfig(AppConfig):
    name = "jizuo.hubs.message"
    label = "message"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jizuo.hubs.message import jobs

        jobs.register()
