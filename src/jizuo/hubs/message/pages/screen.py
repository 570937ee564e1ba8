"""Notices on a classroom screen."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from jizuo.ground.pages.screens import ScreenPage, ScreenRequest, frame
from jizuo.hubs.message.queries.screen import screen_notices
from jizuo.plain import phones

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def listed(request: ScreenRequest) -> HttpResponse:
    """Title and text of the last notices; phone numbers in them are covered."""
    notices = [
        (covered(one.title), covered(one.text), one.audience == "families", one.sent_at)
        for one in screen_notices()
    ]
    return render(request, "message/screen_notices.html", {"notices": notices, **frame(request)})


def covered(text: str) -> str:
    """`text` with every mobile number masked: a screen is read by everybody in the room."""
    return MOBILE.sub(lambda found: phones.mask(found[0]), text)


SCREENS = (ScreenPage("notices", listed, gettext_lazy("通知"), order=30),)
