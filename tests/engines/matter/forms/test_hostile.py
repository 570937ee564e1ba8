"""Bad input at the pages and the interface of forms: wrong types for every kind of field, hostile names, ten thousand rows, a
file of a hundred megabytes. Nothing of it is a fault of the base, and nothing that was typed is lost."""

from __future__ import annotations

import io
import json
import resource
import time
from uuid import uuid4

import pytest

from tests.engines.matter.forms.given import PACK, place_of
from tests.engines.matter.forms.test_pages import key_of, plan, signed_in, text

TYPED = (
    "text", "long_text", "number", "money", "date", "period", "time", "moment", "code", "choice", "choices", "yes_no",
    "person", "people", "org", "orgs", "unit", "units", "file", "photo", "signature", "place", "table",
)  # fmt: skip
MORE = {
    "code": ", code: field_day_kind", "choice": ", options: [甲, 乙]", "choices": ", options: [甲, 乙]", "person": ", of: staff",
    "people": ", of: staff", "table": ", fields: [{key: a, kind: number, title: 数}]",
}  # fmt: skip
EVERY = "title: 样样都有\npages:\n  - fields:\n" + "".join(
    f"      - {{key: f_{kind}, kind: {kind}, title: {kind}, required: false{MORE.get(kind, '')}}}\n" for kind in TYPED
)
#: 200 rows of six columns, as many as a table of a form holds.
WIDE = "title: 大表\npages:\n  - fields:\n      - key: lines\n        kind: table\n        title: 明细\n        fields:\n" + "".join(
    f"          - {{key: c{n}, kind: text, title: 列{n}, length: 20, required: false}}\n" for n in range(6)
)
FLOW = "title: {0}\nform: {0}\nsteps: [{{key: head, title: 校长看, who: [head], do: read}}]\n"
FILES = PACK | {
    "forms/every.yaml": EVERY, "flows/every.yaml": FLOW.format("every"), "forms/wide.yaml": WIDE,
    "flows/wide.yaml": FLOW.format("wide"),
    "roles.yaml": PACK["roles.yaml"].replace("start: [plan, consent], manage", "start: [plan, consent, every, wide], manage"),
}  # fmt: skip
UUID4 = "0190a000-0000-4000-8000-000000000001"
WRONG = (
    0, -1, 1.5, 10**40, True, [], [[]], [None], [{}], {}, {"id": None}, {"id": UUID4, "name": "x", "size": 1}, "\0", "\ud800",
    "NaN", "-Infinity", "1e999", "0x10", "' or 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", UUID4, [UUID4], [UUID4] * 600,
    "9" * 5_000, "很" * 9_000, "2026-13-45", "0000-00-00", "99999-01-01", [[[[[[1]]]]]], {"a": {"b": {"c": []}}}, ["\0"], ["\ud800"],
    [{"a": "x"}], [{"a": {}}], [{"b": 1}], [1] * 300, "24:00", "八点", "是", "1" * 9, [10**30], [True],
)  # fmt: skip


@pytest.fixture(scope="module")
def place(base):
    return place_of(base, FILES)


@pytest.mark.parametrize("kind", TYPED)
def test_a_value_of_the_wrong_type_is_named_by_its_field(place, kind):
    """Through the interface, as JSON of any shape: each is refused naming the field, or kept as the text it is."""
    client, here = signed_in(place, "clerk")
    address = f"{here.partition('/s/')[0]}/api/do/matter.start_matter"
    refused = 0
    for value in WRONG:
        told = {"scene": "field_day", "form": "every", "submit_key": uuid4().hex, "data": {f"f_{kind}": value}}
        answer = client.post(address, json.dumps(told), content_type="application/json")
        assert answer.status_code in (200, 400, 422), (value, answer.content[:300])
        if answer.status_code != 200:
            problems = answer.json().get("problems", [])
            assert all(f"f_{kind}" in one["where"] and one["what"] for one in problems), (value, problems)
            refused += 1
    assert refused > 10


def rows(count, columns=6):
    return {f"lines[{n}].c{column}": f"{n}" for n in range(count) for column in range(columns)}


def opened(place, form):
    """(client, address, submit key, drafts and matters now) of a form."""
    client, here = signed_in(place, "clerk")
    found = client.get(f"{here}/new/{form}", follow=True)
    assert found.status_code == 200
    return client, found.request["PATH_INFO"], key_of(found)


def held(place):
    """(matters, drafts) of the first school."""
    with place.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{place.first.unit_no}}}"])
        return owner.execute("select (select count(*) from matter), (select count(*) from matter_draft)").fetchone()


def test_as_many_rows_as_a_table_may_hold_are_taken(place):
    client, address, key = opened(place, "wide")
    before = held(place)[0]
    saved = client.post(address, rows(200) | {"do": "save", "submit_key": key})
    assert "草稿已存" in text(saved)
    again = client.get(address)
    assert 'name="lines[199].c5"' in text(again) and 'value="add:lines"' not in text(again)
    sent = client.post(address, rows(200) | {"submit_key": key})
    assert sent.status_code == 302 and held(place)[0] == before + 1


@pytest.mark.parametrize(("count", "columns"), [(10_000, 1), (10_000, 3), (10_000, 6), (501, 1)])
def test_too_many_rows_are_refused_in_words_and_the_draft_stays(place, count, columns):
    client, address, key = opened(place, "wide")
    client.post(address, rows(3) | {"lines[0].c0": "先填的", "do": "save", "submit_key": key})
    before, begun = held(place), time.process_time()
    for do in ("submit", "save", "live", "next"):
        answer = client.post(address, rows(count, columns) | {"do": do, "at": "0", "submit_key": key})
        assert answer.status_code in (413, 422), (do, answer.status_code)
        said = text(answer)
        assert "行" in said and "分几次" in said and "Traceback" not in said, said[:2000]
    # With what the client took to write four such forms.
    assert time.process_time() - begun < 30
    assert held(place) == before
    assert 'value="先填的"' in text(client.get(address))


def test_too_many_rows_through_the_interface_say_how_many_may_come(place):
    client, here = signed_in(place, "clerk")
    address = f"{here.partition('/s/')[0]}/api/do/matter.start_matter"
    told = {"scene": "field_day", "form": "wide", "submit_key": uuid4().hex}
    begun, most = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post(
        address, json.dumps(told | {"data": {"lines": [{"c0": "x", "c1": "y"}] * 10_000}}), content_type="application/json"
    )
    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422 and problem["where"] == "lines"
    assert "200" in problem["what"] and "10000" in problem["what"] and problem["fix"]
    assert time.process_time() - begun < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 50 * 1024
