from django.apps import AppConfig


class MatterConfig(AppConfig):
    name = "jizuo.engines.matter"
    label = "matter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jizuo.engines.matter import clock

        clock.register()
