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


def test_a_circle_is_refused_with_what_to_do_and_what_was_typed_stays(town):
    asked = {"begin_on": "2027-02-01", "last_on": "2027-02-05", "reason": "进修"}
    assert (
        page(town, "head", "matters/lending", asked | {"person": str(town.person("何佳"))}).status_code == 302
    )
    assert (
        page(town, "clerk", "matters/lending", asked | {"person": str(town.person("杜师傅"))}).status_code
        == 302
    )
    refused = page(town, "teacher", "matters/lending", asked | {"person": str(town.person("周敏"))})
    told = refused.content.decode()
    assert refused.status_code == 422 and "委托绕成了一圈" in told and "换一个人，或先请他停止委托" in told
    assert 'value="进修"' in told and 'value="2027-02-05"' in told
    assert re.search(rf'value="{town.person("周敏")}" selected', told)
    later = asked | {"begin_on": "2027-03-01", "last_on": "2027-03-05", "person": str(town.person("周敏"))}
    assert page(town, "teacher", "matters/lending", later).status_code == 302
