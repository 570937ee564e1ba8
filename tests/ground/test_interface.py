"""The generated interface: its shapes over the whole middleware, its keys, its description, and a storm of
generated requests against the live server."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import jsonschema
import pytest

from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from tests.live import session_of


@pytest.fixture(scope="module")
def doors(base):
    """Doors with every kind of parameter and answer; taken out again."""
    from django.db import connection

    from jizuo.ground import doors as ground_doors
    from jizuo.ground import errors, jobs
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Problem

    jobs.register("test.nothing", lambda run: None)

    class State:
        before_write = staticmethod(lambda: None)

    def keep(key):
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, 'value', 'i', %s, '1')",
                [new_id(), scopes.current().unit_no, key],
            )

    @ground_doors.action(title="记", roles=["clerk"], reach="api")
    def note_down(*, key: str, count: int = 1) -> dict[str, int]:
        """Write a row under `key`."""
        State.before_write()
        keep(key)
        return {"count": count}

    @ground_doors.action(title="无", roles=["clerk"], reach="api")
    def quiet() -> None:
        """Nothing comes back."""

    @ground_doors.action(title="久", roles=["clerk"], reach="api")
    def long_work() -> JobRef:
        """A job."""
        return jobs.start("test.nothing", "久")

    @ground_doors.action(title="错", roles=["clerk"], reach="api")
    def go_wrong(*, how: str) -> None:
        """Raise one of the four."""
        more = {} if how == "NotAllowed" else {"problems": [Problem("C3", "空", "填上")]}
        raise getattr(errors, how)("不行", fix="换一个", **more)

    @ground_doors.action(title="再验", roles=["clerk"], reach="api", second_factor=True)
    def wants_more() -> None:
        """Second factor."""

    @ground_doors.action(title="内", roles=["clerk"])
    def hidden_act() -> None:
        """Not of the interface."""

    @ground_doors.source(title="读", roles=["clerk"], reach="api")
    def echo(*, n: int = 0, tags: list[str] = [], is_on: bool = False) -> dict[str, Any]:  # noqa: B006
        """What was asked."""
        return {"n": n, "tags": tags, "is_on": is_on}

    @ground_doors.source(title="校长的", roles=["head"], reach="api")
    def for_heads() -> int:
        """Another role's."""
        return 1

    yield State
    for name in [name for name in ground_doors.all_doors() if name.startswith("tests.")]:
        del ground_doors.all_doors()[name]


@pytest.fixture
def clerk(base):
    return Desk(base)


class Desk:
    """A clerk at the interface of a new school."""

    def __init__(self, base) -> None:
        self.base, self.unit = base, base.unit()
        self.account = base.account()
        self.grant_no = base.grant(self.account, self.unit, "clerk")
        self.client = base.client(self.account, raise_request_exception=False)

    def do(self, name, body=None, client=None, **headers):
        text = body if isinstance(body, str | bytes) else json.dumps(body or {})
        return (client or self.client).post(
            f"/as/{self.grant_no}/api/do/{name}", text, content_type="application/json", headers=headers
        )

    def read(self, name, **query):
        return self.client.get(f"/as/{self.grant_no}/api/read/{name}", query)

    def keys(self):
        return [key for (key,) in self.rows("select key from mapping order by key")]

    def rows(self, text):
        with self.base.owner() as owner, owner.transaction():
            owner.execute("select set_config('app.units', %s, true)", [f"{{{self.unit}}}"])
            return owner.execute(text).fetchall()

    def results(self):
        return [row[0] for row in self.rows("select result from audit_entry order by id")]


# ---------------------------------------------------------------------------- shapes


def test_the_four_kinds_of_answer(doors, clerk):
    assert (clerk.do("tests.note_down", {"key": "a"}).status_code, clerk.keys()) == (200, ["a"])
    assert (clerk.do("tests.quiet").status_code, clerk.do("tests.quiet").content) == (204, b"")
    answer = clerk.do("tests.long_work")
    assert answer.status_code == 202
    job = clerk.read("ground.job", job_id=answer.json()["job_id"])
    assert (job.status_code, job.json()["state"]) == (200, "waiting")
    assert clerk.read("tests.echo", n="3", tags=["a", "b"], is_on="true").json() == {
        "n": 3, "tags": ["a", "b"], "is_on": True
    }  # fmt: skip


@pytest.mark.parametrize(
    ("how", "status"), [("NotFound", 404), ("NotAllowed", 403), ("BadInput", 422), ("Conflict", 409)]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_problem_details_in_both_languages(doors, clerk, how, status, language):
    answer = clerk.do("tests.go_wrong", {"how": how}, **{"Accept-Language": language})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer["Content-Language"] == language
    told = answer.json()
    assert told["status"] == status and told["type"].startswith("/problems/")
    assert (told["detail"], told["fix"]) == ("不行", "换一个")
    if how != "NotAllowed":
        assert told["problems"] == [{"where": "C3", "what": "空", "fix": "填上"}]
    is_chinese = any("一" <= letter <= "鿿" for letter in told["title"])
    assert is_chinese == (language == "zh-hans"), told["title"]


@pytest.mark.parametrize(
    ("name", "body", "where"),
    [
        ("tests.note_down", {}, "body"),
        ("tests.note_down", {"key": 5}, "key"),
        ("tests.note_down", {"key": "a", "count": "1"}, "count"),
        ("tests.note_down", {"key": "a", "more": 1}, "body"),
        ("tests.note_down", {"key": "a\0"}, "key"),
        ("tests.note_down", {"key": "a", "count": 2**64}, "count"),
        ("tests.note_down", [], "body"),
        ("tests.note_down", "{", None),
        ("tests.note_down", b"\xff", None),
        ("tests.note_down", b'{"more": ' + b"[" * 100_000, None),
        ("tests.note_down", b'{"key": "\xa7"}', None),
        ("tests.note_down", '{"key": "\\ud800"}', None),
        ("tests.note_down", '{"key": "' + "x" * 5_000_000 + '"}', None),
        ("ground.cancel_job", {"job_id": "x"}, "job_id"),
    ],
)
def test_a_wrong_body_is_named_by_its_place(doors, clerk, name, body, where):
    answer = clerk.do(name, body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), answer.content[
        :300
    ]
    if where:
        assert [problem["where"] for problem in answer.json()["problems"]] == [where]
    assert clerk.keys() == []


@pytest.mark.parametrize("query", [{"n": "x"}, {"n": str(2**70)}, {"no": "1"}, {"tags": "a\0"}])
def test_a_wrong_query_is_refused(doors, clerk, query):
    assert clerk.read("tests.echo", **query).status_code == 422


def test_what_is_not_there(doors, clerk):
    for answer in (
        clerk.do("tests.nowhere"),
        clerk.do("tests.hidden_act"),
        clerk.do("tests.echo"),
        clerk.read("tests.note_down"),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert clerk.client.get(f"/as/{clerk.grant_no}/api/do/tests.quiet").status_code == 405
    assert clerk.client.post(f"/as/{clerk.grant_no}/api/read/tests.echo").status_code == 405


def test_a_stranger_a_visitor_and_a_forger(base, doors, clerk):
    path = f"/as/{clerk.grant_no}/api/do/tests.note_down"
    nobody = base.client().post(path, "{}", content_type="application/json")
    assert (nobody.status_code, nobody["Content-Type"]) == (401, "application/problem+json")
    stranger = base.client(base.account()).post(path, '{"key": "x"}', content_type="application/json")
    assert (stranger.status_code, stranger["Content-Type"]) == (404, "application/problem+json")
    forger = base.client(clerk.account, enforce_csrf_checks=True)
    assert forger.post(path, '{"key": "x"}', content_type="application/json").status_code == 403
    assert clerk.keys() == []


def test_a_due_second_factor_is_said(doors, clerk):
    answer = clerk.do("tests.wants_more")
    assert (answer.status_code, answer.json()["step_up"]) == (403, True)


# ---------------------------------------------------------------------------- Idempotency-Key


def test_the_same_key_acts_once(doors, clerk):
    first = clerk.do("tests.note_down", {"key": "a", "count": 7}, **{"Idempotency-Key": "k1"})
    again = clerk.do("tests.note_down", {"count": 7, "key": "a"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, first.json(), again.json()) == (
        200,
        200,
        {"count": 7},
        {"count": 7},
    )
    assert "Idempotent-Replayed" not in first and again["Idempotent-Replayed"] == "true"
    assert clerk.keys() == ["a"]
    assert clerk.results() == ["done", "done"], "each call leaves its one entry"
    quiet = [clerk.do("tests.quiet", **{"Idempotency-Key": "k2"}) for _n in range(2)]
    assert [answer.status_code for answer in quiet] == [204, 204]


@pytest.mark.parametrize(("name", "body"), [("tests.note_down", {"key": "b"}), ("tests.quiet", {})])
def test_the_key_with_another_request_is_refused(doors, clerk, name, body):
    clerk.do("tests.note_down", {"key": "a"}, **{"Idempotency-Key": "k"})
    assert clerk.do(name, body, **{"Idempotency-Key": "k"}).status_code == 422
    assert clerk.keys() == ["a"]


@pytest.mark.parametrize("key", ["", "x" * 81, "a\tb"])
def test_a_key_that_is_none(doors, clerk, key):
    assert clerk.do("tests.note_down", {"key": "a"}, **{"Idempotency-Key": key}).status_code == 422


def test_two_roles_may_use_one_key(doors, base, clerk):
    other = Desk(base)
    for desk in (clerk, other):
        assert desk.do("tests.note_down", {"key": "a"}, **{"Idempotency-Key": "k"}).status_code == 200
        assert desk.keys() == ["a"]


def test_a_refused_request_does_not_use_its_key_up(doors, clerk):
    for _n in range(2):
        answer = clerk.do("tests.go_wrong", {"how": "Conflict"}, **{"Idempotency-Key": "k"})
        assert answer.status_code == 409 and "Idempotent-Replayed" not in answer
    assert clerk.results() == ["refused", "refused"]


def test_two_at_once_act_once(base, doors, clerk):
    from django.db import connection

    doors.before_write = staticmethod(lambda: time.sleep(0.3))
    answers = []

    def send():
        client = base.client()
        client.cookies["jizuo_session"] = session
        answers.append(clerk.do("tests.note_down", {"key": "a"}, client, **{"Idempotency-Key": "k"}))
        connection.close()

    session = session_of(base, clerk.account)
    connection.close()
    threads = [threading.Thread(target=send) for _n in range(2)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        doors.before_write = staticmethod(lambda: None)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False, True]
    assert clerk.keys() == ["a"]
    assert clerk.results() == ["done", "done"]


def test_a_connection_killed_between_leaves_neither_row_nor_receipt(doors, clerk, server):
    """T6: the backend dies after the row and before the commit; the same key then goes through."""
    import psycopg
    from django.db import connection

    def kill():
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, 'value', 'i', 'half', '1')",
                [new_id(), clerk.unit],
            )
            cursor.execute("select pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with psycopg.connect(server.address, autocommit=True) as root:
            root.execute("select pg_terminate_backend(%s)", [pid])

    doors.before_write = staticmethod(kill)
    try:
        assert clerk.do("tests.note_down", {"key": "a"}, **{"Idempotency-Key": "k"}).status_code == 500
    finally:
        doors.before_write = staticmethod(lambda: None)
    connection.close()
    assert clerk.keys() == []
    answer = clerk.do("tests.note_down", {"key": "a"}, **{"Idempotency-Key": "k"})
    assert (answer.status_code, "Idempotent-Replayed" in answer) == (200, False)
    assert clerk.keys() == ["a"]


# ---------------------------------------------------------------------------- the description


def test_the_document_describes_the_roles_own_doors(base, doors, clerk):
    document = clerk.client.get(f"/as/{clerk.grant_no}/api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": f"/as/{clerk.grant_no}/api"}]
    assert "/do/tests.note_down" in document["paths"] and "/read/ground.job_list" in document["paths"]
    for hidden in ("/read/tests.for_heads", "/do/tests.hidden_act", "/do/ground.retry_fact"):
        assert hidden not in document["paths"]
    assert "202" in document["paths"]["/do/tests.long_work"]["post"]["responses"]
    assert "204" in document["paths"]["/do/tests.quiet"]["post"]["responses"]


def test_the_document_of_all_doors_is_openapi_3_1(base):
    """Against the standard's own schema, and each shape against JSON Schema 2020-12."""
    import schemathesis

    from jizuo.ground import interface
    from jizuo.project import rooms

    rooms.plates()
    document = interface.openapi_document(None)
    document["servers"] = [{"url": "/as/1/api"}]
    schemathesis.openapi.from_dict(document).validate()
    for shape in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(shape)
    document["paths"]["/read/ground.job"]["get"]["responses"] = "none"
    with pytest.raises(Exception, match="none"):
        schemathesis.openapi.from_dict(document).validate()


def test_the_readable_page_lists_each_door(doors, clerk):
    page = clerk.client.get(f"/as/{clerk.grant_no}/api/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "tests.note_down" in text and "tests.for_heads" not in text


# ---------------------------------------------------------------------------- schemathesis


@pytest.mark.parametrize("examples", [4, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.parametrize("role", ["clerk", "operator"])
def test_a_storm_of_generated_requests_finds_no_bug(base, live, role, examples):
    """T13: every door of the role, no 5xx, every answer of a declared status and shape."""
    import hypothesis
    import schemathesis

    unit = base.unit(kind="school" if role == "clerk" else "bureau")
    account = base.account()
    grant = base.grant(account, unit, role)
    with live.client(session_of(base, account)) as client:
        document = client.get(f"/as/{grant}/api/openapi.json").json()
        document["servers"] = [{"url": f"{live.url}/as/{grant}/api"}]
        headers = {**client.headers, "Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())}
        schema = schemathesis.openapi.from_dict(document)
        faults = []
        for found in schema.get_all_operations():
            operation = found.ok()

            @hypothesis.settings(
                max_examples=examples, deadline=None, database=None, derandomize=examples < 100,
                suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.generate],
            )  # fmt: skip
            @hypothesis.given(case=operation.as_strategy())
            def storm(case):
                response = case.call(
                    base_url=f"{live.url}/as/{grant}/api",
                    headers={"X-CSRFToken": headers["x-csrftoken"], "Cookie": headers["Cookie"]},
                )
                if response.status_code >= 500 or response.status_code == 401:
                    faults.append((case.path, response.status_code, case.body, case.query))
                elif response.status_code < 300:
                    case.validate_response(response)

            storm()
    assert faults == [], sorted({fault[0] for fault in faults})
