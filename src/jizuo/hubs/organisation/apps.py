from pathlib import Path

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "jizuo.hubs.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The walls need the matching functions, every put the standards and sources, the worker its timetable."""
        from jizuo.hubs.data import sources
        from jizuo.hubs.organisation import jobs, matching, quality, standards

        matching.register()
        sources.register_file(Path(__file__).parent / "sources.yaml")
        standards.register()
        quality.register()
        jobs.register()
