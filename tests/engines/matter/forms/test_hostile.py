"""Bad input at the pages and the interface of forms: wrong types for every kind of field, hostile names, ten thousand rows, a
file of a hundred megabytes. Nothing of it is a fault of the base, and nothing that was typed is lost."""

from __future__ import annotations

import io
import json
import resource
import select
import socket
import time
import zipfile
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from tests.engines.matter.forms.given import GOOD, PACK, place_of
from tests.engines.matter.forms.test_pages import key_of, signed_in, text
from tests.live import CSRF

SCENE = "hostile"
TYPED = (
    "text", "long_text", "number", "money", "date", "period", "time", "moment", "code", "choice", "choices", "yes_no",
    "person", "people", "org", "orgs", "unit", "units", "file", "photo", "signature", "place", "table",
)  # fmt: skip
MORE = {
    "code": ", code: hostile_kind", "choice": ", options: [甲, 乙]", "choices": ", options: [甲, 乙]", "person": ", of: staff",
    "people": ", of: staff", "table": ", fields: [{key: a, kind: number, title: 数}]",
}  # fmt: skip
EVERY = "title: 样样都有\npages:\n  - fields:\n" + "".join(
    f"      - {{key: f_{kind}, kind: {kind}, title: {kind}, required: false{MORE.get(kind, '')}}}\n"
    for kind in TYPED
)
#: 200 rows of six columns, as many as a table of a form holds.
WIDE = (
    "title: 大表\npages:\n  - fields:\n      - key: lines\n        kind: table\n        title: 明细\n        fields:\n"
    + "".join(
        f"          - {{key: c{n}, kind: text, title: 列{n}, length: 20, required: false}}\n"
        for n in range(6)
    )
)
FLOW = "title: {0}\nform: {0}\nsteps: [{{key: head, title: 校长看, who: [head], do: read}}]\n"
OPEN = "start: [plan, consent], manage"
FILES = {
    path.replace("field_day", SCENE): told.replace("field_day", SCENE).replace(OPEN, "start: [every, wide, plan], manage")
    for path, told in PACK.items()
} | {
    "forms/every.yaml": EVERY, "flows/every.yaml": FLOW.format("every"), "forms/wide.yaml": WIDE,
    "flows/wide.yaml": FLOW.format("wide"),
}  # fmt: skip
MB = 1024 * 1024
HUNDRED = 100 * MB
UUID4 = "0190a000-0000-4000-8000-000000000001"
WRONG = (
    0, -1, 1.5, 10**40, True, [], [[]], [None], [{}], {}, {"id": None}, {"id": UUID4, "name": "x", "size": 1}, "\0", "\ud800",
    "NaN", "-Infinity", "1e999", "0x10", "' or 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", UUID4, [UUID4],
    [UUID4] * 600, "9" * 5_000, "很" * 9_000, "2026-13-45", "0000-00-00", "99999-01-01", [[[[[[1]]]]]], {"a": {"b": {"c": []}}},
    ["\0"], ["\ud800"],
    [{"a": "x"}], [{"a": {}}], [{"b": 1}], [1] * 300, "24:00", "八点", "是", "1" * 9, [10**30], [True],
)  # fmt: skip


@pytest.fixture(scope="module")
def place(base):
    return place_of(base, FILES)


def at_desk(place):
    """(client, address of the acting role) of the clerk."""
    client, here = signed_in(place, "clerk")
    return client, here.partition("/s/")[0]


@pytest.mark.parametrize("kind", TYPED)
def test_a_value_of_the_wrong_type_is_named_by_its_field(place, kind):
    """Through the interface, as JSON of any shape: each is refused naming the field, or kept as the text it is."""
    client, here = at_desk(place)
    address = f"{here}/api/do/matter.start_matter"
    refused = 0
    for value in WRONG:
        told = {"scene": SCENE, "form": "every", "submit_key": uuid4().hex, "data": {f"f_{kind}": value}}
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
    client, here = at_desk(place)
    found = client.get(f"{here}/s/{SCENE}/new/{form}", follow=True)
    assert found.status_code == 200
    return client, found.request["PATH_INFO"], key_of(found)


def held(place):
    """(matters, drafts) of the first school."""
    with place.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{place.first.unit_no}}}"])
        return owner.execute(
            "select (select count(*) from matter), (select count(*) from matter_draft)"
        ).fetchone()


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
    client, here = at_desk(place)
    address = f"{here}/api/do/matter.start_matter"
    told = {"scene": SCENE, "form": "wide", "submit_key": uuid4().hex}
    begun, most = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post(
        address,
        json.dumps(told | {"data": {"lines": [{"c0": "x", "c1": "y"}] * 10_000}}),
        content_type="application/json",
    )
    (problem,) = answer.json()["problems"]
    assert answer.status_code == 422 and problem["where"] == "lines"
    assert "200" in problem["what"] and "10000" in problem["what"] and problem["fix"]
    assert time.process_time() - begun < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 50 * 1024


def test_a_file_of_a_hundred_megabytes_is_refused_early(place, live, tmp_path):
    """At the web server itself: it stops reading soon after what the field takes, says so, keeps the draft and no byte."""
    client, address, key = opened(place, "plan")
    client.post(address, {"name": "秋游", "do": "save", "submit_key": key})
    before = held(place)
    session = client.cookies["jizuo_session"].value
    head = (
        "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {
                "csrfmiddlewaretoken": CSRF,
                "submit_key": key,
                "name": "秋游",
                "do": "submit",
            }.items()
        )
        + '--x\r\nContent-Disposition: form-data; name="proof.photo"; filename="大图.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    host, port = live.url.removeprefix("http://").split(":")
    length = len(head.encode()) + HUNDRED + len(b"\r\n--x--\r\n")
    begun = time.monotonic()
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(
            f"POST {address} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: {length}\r\nCookie: jizuo_session={session}; jizuo_csrf={CSRF}\r\n\r\n{head}".encode()
        )
        sent, answer = 0, b""
        while sent < HUNDRED:
            if select.select([line], [], [], 0)[0]:
                break
            try:
                sent += line.send(b"\xff" * 65_536)
            except OSError:
                break
        while chunk := line.recv(65_536):
            answer += chunk
            if b"</html>" in answer:
                break
    said = answer.decode(errors="replace")
    assert " 413 " in said.partition("\r\n")[0] and "大图.jpg" in said and "10 MB" in said and "还在" in said
    assert sent < 50 * MB and time.monotonic() - begun < 20
    assert held(place) == before
    assert 'value="秋游"' in text(client.get(address))


#: What a name can hold: HTML, SQL, marks that turn the line, a formula, typesetting, a template, a null, no end.
NAMES = (
    '<script>alert("甲")</script>', "'); drop table matter; --", "\u202e甲乙丙\u2066", '=HYPERLINK("http://x.cn","甲")',
    "#panic(1) $x$ *甲*",
    "{{ request.user }}{% debug %}", "甲\0乙", "\"><img src=x onerror=alert(1)>", "@SUM(1+1)*cmd|' /C calc'!A0", "甲\r\n=1+1\t乙",
)  # fmt: skip


@pytest.fixture
def told(place):
    """(name as typed, matter) of plans whose name, things and notes hold hostile text."""
    from jizuo.engines.matter.actions.matters import start_matter
    from jizuo.ground import scope as scopes

    found = []
    for name in NAMES:
        data = GOOD | {
            "name": name[:20], "leader": str(place.first.staff[0][0]), "classes": [str(place.first.classes[0])], "bus": name[:10],
            "lines": [{"thing": name[:10], "count": 1, "price": 1}],
        }  # fmt: skip
        with scopes.use(place.scope("clerk")):
            found.append((name, start_matter(scene=SCENE, form="plan", data=data, submit_key=uuid4().hex)))
    return found


def test_a_hostile_name_is_mere_text_on_pages_and_paper(place, told):
    """On the list, the page of the matter and its paper nothing of it is markup, and no mark turns the line."""
    client, here = at_desk(place)
    pages = [text(client.get(f"{here}/matters?view=mine"))]
    for name, matter in told:
        page, paper = client.get(f"{here}/matters/{matter}"), client.get(f"{here}/s/{SCENE}/{matter}/print")
        assert page.status_code == paper.status_code == 200, name
        assert (
            paper.content.startswith(b"%PDF")
            and b"/JavaScript" not in paper.content
            and b"/URI" not in paper.content
        )
        pages.append(text(page))
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page and "onerror=alert(1)>" not in page
        assert not set(page) & set("\0\u202e\u2066")
    assert any("&lt;script&gt;alert" in page for page in pages) and any(
        "drop table" in page for page in pages
    )
    assert any("{{ request.user }}" in page for page in pages)
    assert held(place)[0] >= len(NAMES)


def test_a_hostile_cell_is_text_in_the_merged_workbook(base):
    from jizuo.engines.matter.actions.matters import start_matter, take_step
    from jizuo.engines.matter.forms import sheets
    from jizuo.engines.matter.queries.todos import todo
    from jizuo.ground import scope as scopes
    from tests.scenes.given import files_of

    collect = place_of(base, files_of("collect"))
    bureau = base.scope(collect.bureau, "district_steward", grant_no=778)
    data = {
        "title": "=1+1", "schools": [collect.first.unit_no], "due_on": "2026-09-24", "rows": "一校多行",
        "columns": [{"title": "=SUM(A1)", "kind": "text"}],
    }  # fmt: skip
    with scopes.use(bureau):
        matter = start_matter(scene="collect", form="draw", data=data, submit_key=uuid4().hex)
    for role, verb, more in (
        ("clerk", "done", {"data": {"sheet": [{"c1": name} for name in NAMES]}}),
        ("head", "sign", {}),
    ):
        with scopes.use(collect.scope(role)):
            (line,) = todo(scene="collect", limit=5).rows
            assert take_step(task_ids=[line.task_id], verb=verb, **more).done == 1
    with scopes.use(bureau):
        (line,) = todo(scene="collect", limit=5).rows
        assert take_step(task_ids=[line.task_id], verb="done").done == 1
        content = sheets.sheet_workbook(matter_id=matter)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name or "external" in name.lower()]
        assert not any(
            b"<f>" in archive.read(name) or b"<hyperlink" in archive.read(name) for name in archive.namelist()
        )
    cells = [
        cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    values = {str(cell.value) for cell in cells}
    assert {"=1+1", "=SUM(A1)"} <= values and any(value.startswith("=HYPERLINK(") for value in values)
    assert not any(set(value) & set("\0\u202e\u2066") for value in values)
