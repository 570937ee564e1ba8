from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "jizuo.ground"
    label = "ground"
    verbose_name = "地基"
    default_auto_field = "django.db.models.BigAutoField"
