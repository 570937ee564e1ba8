from __future__ import annotations

from datetime import date
from typing import Any

import pytest


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_is_written_as_browsers_read_it(base: Any, language: str) -> None:
    from django.forms import DateField, Form
    from django.utils import translation

    from jizuo.ground.pages.inputs import DayInput

    class Told(Form):
        day = DateField(widget=DayInput())

    with translation.override(language):
        shown = str(Told(initial={"day": date(2026, 9, 1)})["day"])
    assert 'type="date"' in shown and 'value="2026-09-01"' in shown
