"""The rooms switched on, in order, and what their plates add: addresses, handlers, jobs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

ROOMS = (
    "jizuo.ground",
    "jizuo.hubs.data",
    "jizuo.hubs.organisation",
    "jizuo.hubs.identity",
    "jizuo.hubs.message",
    "jizuo.engines.matter",
    "jizuo.engines.evaluation",
    "jizuo.engines.monitoring",
)


def plates() -> list[Any]:
    """The `room` module of every room switched on, importing its doors, handlers and jobs."""
    return [import_module(f"{room}.room") for room in ROOMS]


def urlpatterns() -> list[Any]:
    """Addresses of every plate: `urlpatterns` as they are, `pages` below the acting role's address."""
    from django.urls import include, path

    patterns: list[Any] = []
    acting: list[Any] = []
    for plate in plates():
        patterns += getattr(plate, "urlpatterns", [])
        acting += getattr(plate, "acting_urlpatterns", [])
    return [path("as/<int:grant_no>/", include(acting)), *patterns]
