"""The ground's plate: doors on its own tables, the generated interface."""

from __future__ import annotations

from django.urls import path

from jizuo.ground import actions, interface, queries

DOORS = (actions, queries)

acting_urlpatterns = [
    path("api/", interface.index, name="interface"),
    path("api/openapi.json", interface.openapi, name="openapi"),
    path("api/do/<str:name>", interface.do, name="interface-do"),
    path("api/read/<str:name>", interface.read, name="interface-read"),
]
