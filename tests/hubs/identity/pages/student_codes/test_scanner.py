"""What a registered device gets and gives over HTTP, and that nobody else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from jizuo.plain import student_code
from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    made = scanning.make(base)
    made.do("issue", 0, 1, 3)
    return made


@pytest.fixture(scope="module")
def gate(school):
    return school.scanner(school.place("正门"))


def sent(code, *, result="passed", at=None, scan_id=None):
    return {
        "id": str(scan_id or uuid4()),
        "code": code,
        "result": result,
        "at": (at or datetime.now(UTC)).isoformat(),
    }


@pytest.mark.parametrize("path", ["sync", "scans", "check", "leave", "revoked"])
def test_without_a_token_nothing_is_told(base, school, gate, path):
    method = base.client().get if path == "revoked" else base.client().post
    for header in (
        "",
        "Bearer ",
        "Bearer x",
        f"Basic {gate.token}",
        "Bearer " + "x" * 5000,
        f"Bearer {gate.device}",
    ):
        assert method(f"/scanner/{path}", HTTP_AUTHORIZATION=header).status_code == 401
    assert school.clerk.client.post("/scanner/sync").status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"scans": 1}', b'{"scans": [{"id": "x"}]}', b"\xff", json.dumps({"scans": [{}] * 3}).encode(),
     b'{"scans": [{"id": "\xa7"}]}', b'{"code": "\xa7"}', b'{"next": ' + b"[" * 9_000,
     json.dumps({"scans": [sent("x")] * 201}).encode(), b" " * 600_000,
     json.dumps({"scans": [sent("x") | {"at": "2026-09-16T08:00:00"}]}).encode()],
)  # fmt: skip
def test_bad_bodies_are_refused(gate, body):
    assert gate.post("scans", body).status_code == 422
    assert gate.post("check", body).status_code == 422


def test_a_lost_card_and_a_new_one(school, gate):
    code = school.card_code(1)
    number = student_code.split(code)[0].number.hex()
    assert number in gate.list()["cards"]
    school.do("reissue", 1)
    told = gate.list()
    assert number in told["revoked"] and number not in told["cards"] and len(told["cards"]) == 3
    assert (
        gate.base.client()
        .get("/scanner/revoked", HTTP_AUTHORIZATION=f"Bearer {gate.token}")
        .json()["revoked"]
        == told["revoked"]
    )
    assert school.card_code(1) != code


def test_another_school_has_other_keys(base, school, gate):
    twin = scanning.make(base, classes=1)
    twin.do("issue", 0)
    theirs = student_code.keys_of(base.client().get(f"/student-code/{twin.unit_no}/keys.json").json())
    ours = student_code.keys_of({"keys": gate.list()["keys"]})
    today = datetime.now(UTC).date()
    assert ours and theirs and not set(ours) & set(theirs)
    assert student_code.check(school.card_code(0), ours, on=today)
    with pytest.raises(student_code.BadCode, match="key"):
        student_code.check(school.card_code(0), theirs, on=today)
    for nobody in (0, 999_999, 10**12):
        assert base.client().get(f"/student-code/{nobody}/keys.json").json() == {"keys": []}


def test_the_page_is_for_everybody_and_holds_nobody(base, school):
    client = base.client()
    page = client.get("/scanner/").content.decode()
    assert "manifest.webmanifest" in page and "csrf" not in page
    assert client.get("/scanner/manifest.webmanifest").json()["start_url"] == "/scanner/"
    worker = client.get("/scanner/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    files = json.loads(worker.content.decode().split("= ")[1].split(";")[0])
    assert "/scanner/" in files and sum("assets/scanner" in one for one in files) == 2


def test_a_name_that_cannot_be_kept_lets_no_device_in_and_leaves_the_code(base, school):
    code = school.pairing_code(school.place("南门"))
    for name in ("a\0b", "\ud800"):
        asked = json.dumps({"code": code, "name": name})
        answer = base.client(REMOTE_ADDR="10.77.0.9").post(
            "/scanner/pair", asked, content_type="application/json"
        )
        assert answer.status_code == 422
    assert scanning.paired(base, code, "10.77.0.9").status_code == 200
