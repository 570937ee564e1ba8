from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "jizuo.hubs.data"
    label = "data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The walls need the function by which a merge hears every unit, the worker its timetable."""
        from jizuo.hubs.data import elsewhere
        from jizuo.hubs.data.jobs import collecting, corrections, owning, quality

        elsewhere.register()
        corrections.register()
        quality.schedule()
        collecting.register()
        owning.schedule()
