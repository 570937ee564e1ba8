from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "jizuo.hubs.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The walls need the matching functions, and every put needs the standards."""
        from jizuo.hubs.organisation import matching, standards

        matching.register()
        standards.register()
