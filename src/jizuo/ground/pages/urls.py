"""Addresses of the shell itself: the language switch and, while developing, the gallery of parts."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path
from django.views.i18n import set_language

from jizuo.ground.pages import gallery

urlpatterns: list[URLPattern] = [path("language/", set_language, name="language")]
if settings.DEBUG:
    urlpatterns += [
        path("gallery", gallery.show, name="gallery"),
        path("gallery/<slug:part>", gallery.show_part, name="gallery_part"),
    ]
