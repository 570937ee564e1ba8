"""Addresses for the tests of the shell: the gallery stands here although nobody is developing."""

from __future__ import annotations

from django.urls import include, path

from jizuo.ground.pages import gallery

urlpatterns = [
    path("", include("jizuo.ground.pages.urls")),
    path("gallery", gallery.show),
    path("gallery/<slug:part>", gallery.show_part),
]
