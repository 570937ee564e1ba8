"""The data standards of the core libraries: one YAML a dataset, registered with the data hub at start.

Field names that follow JY/T or GB/T texts not at hand carry "to check" in their rule.
"""

from __future__ import annotations

from pathlib import Path

from django.apps import apps

from jizuo.hubs.data import datasets


def register() -> None:
    """Register every standard with the model behind it."""
    models = {model._meta.db_table: model for model in apps.get_app_config("organisation").get_models()}
    datasets.register_folder(Path(__file__).parent, "organisation", models)
