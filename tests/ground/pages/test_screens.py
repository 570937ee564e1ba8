from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from jizuo.ground import scope as scopes
from jizuo.ground.pages import screens
from jizuo.ground.pages.screens import Screen, ScreenPage
from jizuo.ground.scope import Scope


def view(request):
    return HttpResponse(scopes.current().role)


@pytest.fixture(autouse=True)
def _own_pages(monkeypatch):
    monkeypatch.setattr(screens, "_pages", {})


def asked(screen: Screen | None, path: str = "/screen/a/"):
    request = RequestFactory().get(path)
    request.screen = screen
    return request


def shown() -> Screen:
    ends_at = timezone.now() + timedelta(minutes=1)
    return Screen(uuid4(), Scope("screen", 1, (1,)), "三（2）班", "启明小学", ends_at)


def test_a_page_opens_for_a_screen_in_its_scope_and_sends_others_to_the_start():
    page = ScreenPage("a", view, "甲")
    assert screens.guarded(page)(asked(shown())).content == b"screen"
    answer = screens.guarded(page)(asked(None))
    assert (answer.status_code, answer["Location"]) == (302, "/screen/")


def test_tabs_stand_in_order_and_no_two_at_one_path():
    screens.offer([ScreenPage("b", view, "乙", 20), ScreenPage("a", view, "甲", 10)])
    told = screens.frame(asked(shown()))
    assert told["screen_tabs"] == [("甲", "/screen/a/", True), ("乙", "/screen/b/", False)]
    assert 59 <= told["left_seconds"] <= 61
    with pytest.raises(ValueError, match="two screen pages"):
        screens.offer([ScreenPage("a", view, "丙")])
