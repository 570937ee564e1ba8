from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "jizuo.engines.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The worker needs the timetable."""
        from jizuo.engines.monitoring import jobs

        jobs.schedule()
