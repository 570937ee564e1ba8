from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "jizuo.hubs.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The walls need the matching functions, every put needs the standards, the worker its timetable."""
        from jizuo.hubs.organisation import jobs, matching, standards

        matching.register()
        standards.register()
        jobs.register()
