from __future__ import annotations

import json

from django.http import HttpResponse

from jizuo.ground.pages.toasts import toast


def test_words_survive_the_header():
    header = toast(HttpResponse(), "已登记 236 人", "lv").headers["HX-Trigger"]
    assert header.isascii()
    assert json.loads(header) == {"toast": {"text": "已登记 236 人", "tone": "lv"}}
