"""A short word at the corner of the page after something was done, for answers that htmx swaps in."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def toast(response: HttpResponse, text: Any, tone: str = "lv") -> HttpResponse:
    """Let `response` show `text` when it arrives by htmx. It names the effect: 「已登记 236 人」.

    For a whole page after a redirect use `django.contrib.messages`; base.html shows them in the same place.
    """
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": str(text), "tone": tone}})
    return response
