"""委托代办 on the page."""

from __future__ import annotations

import re

from tests.engines.matter.pages.test_lists import page


def test_lend_and_end(town):
    asked = {
        "person": str(town.person("杜师傅")),
        "begin_on": "2027-01-01",
        "last_on": "2027-01-05",
        "reason": "出差",
    }
    assert page(town, "head", "matters/lending", asked).status_code == 302
    assert page(town, "head", "matters/lending", asked | {"last_on": "x"}).status_code == 422
    text = page(town, "head", "matters/lending").content.decode()
    found = re.search(r"matters/lending/([0-9a-f-]{36})/end", text)
    assert found and "杜师傅" in text
    assert page(town, "head", f"matters/lending/{found[1]}/end", {}).status_code == 302
