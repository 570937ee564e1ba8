import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from jizuo.hubs.data.connectors import http_json, raw
from jizuo.hubs.data.connectors.feeds import Ask, SourceError


def ask(outside, path="/rows", *, secrets=None, increment=None, mark=None, waits=None, **settings):
    told = {"url": f"{outside.url}{path}", **settings}
    pause = (waits if waits is not None else []).append
    return Ask(told, secrets or {}, 1, increment or {}, mark, pause=pause)


def read(asked):
    with http_json.KIND.read(asked) as feed:
        rows = [row for part in feed for row in part]
    return rows, feed


def fails(asked):
    with pytest.raises(SourceError) as caught:
        read(asked)
    return caught.value


def numbered(total, size):
    def answer(query, _headers):
        page = int(query.get("page", 1))
        rows = [{"n": n} for n in range((page - 1) * size, min(page * size, total))]
        return 200, {}, {"data": {"items": rows}, "total": total}

    return answer


def test_pages_by_number_by_offset_by_cursor_and_by_link(outside, open_hosts):
    open_hosts("127.0.0.1")
    outside.answers["/page"] = numbered(25, 10)
    rows, _feed = read(
        ask(outside, "/page", paging="page", page_param="page", size_param="size", size="10", items_path="data.items",
            total_path="total")
    )  # fmt: skip
    assert [row["n"] for row in rows] == list(range(25))
    outside.answers["/offset"] = lambda query, _h: (
        200, {}, [{"n": n} for n in range(int(query["start"]), min(int(query["start"]) + 10, 25))])  # fmt: skip
    assert len(read(ask(outside, "/offset", paging="offset", page_param="start"))[0]) == 25
    following = {"": "a", "a": "b", "b": ""}
    outside.answers["/cursor"] = lambda query, _h: (
        200, {}, {"rows": [{"n": query.get("after", "")}], "next": following[query.get("after", "")]})  # fmt: skip
    cursor = ask(
        outside, "/cursor", paging="cursor", cursor_param="after", next_path="next", items_path="rows"
    )
    assert [row["n"] for row in read(cursor)[0]] == ["", "a", "b"]
    outside.answers["/link"] = lambda _q, _h: (200, {"Link": '</last>; rel="next"'}, [{"n": 1}])
    outside.answers["/last"] = lambda _q, _h: (200, {}, [{"n": 2}])
    assert len(read(ask(outside, "/link", paging="link"))[0]) == 2


def test_each_way_to_be_let_in(outside, open_hosts):
    open_hosts("127.0.0.1")

    def guarded(name, value):
        return lambda _q, headers: (200, {}, [{"n": 1}]) if headers.get(name) == value else (401, {}, {})

    outside.answers["/bearer"] = guarded("Authorization", "Bearer t0p")
    outside.answers["/header"] = guarded("X-Key", "t0p")
    outside.answers["/client"] = guarded("Authorization", "Bearer fresh")
    outside.answers["/token"] = lambda form, _h: (
        (200, {}, {"access_token": "fresh"}) if form.get("client_secret") == "s3" and form["grant_type"] == "client_credentials"
        else (401, {}, {})
    )  # fmt: skip
    assert read(ask(outside, "/bearer", auth="bearer", secrets={"token": "t0p"}))[0]
    assert read(ask(outside, "/header", auth="header", header="X-Key", secrets={"token": "t0p"}))[0]
    client = {"auth": "client", "token_url": f"{outside.url}/token", "client_id": "c"}
    assert read(ask(outside, "/client", secrets={"client_secret": "s3"}, **client))[0]
    assert fails(ask(outside, "/client", secrets={"client_secret": "no"}, **client)).code == "login"
    assert fails(ask(outside, "/bearer", auth="bearer", secrets={"token": "no"})).code == "login"


def test_a_busy_source_is_waited_for_as_it_asks(outside, open_hosts):
    open_hosts("127.0.0.1")
    left, waits = [2], []

    def busy(_query, _headers):
        left[0] -= 1
        return (429, {"Retry-After": "7"}, {}) if left[0] >= 0 else (200, {}, [{"n": 1}])

    outside.answers["/rows"] = busy
    assert len(read(ask(outside, waits=waits))[0]) == 1
    assert waits == [7.0, 7.0]
    left[0] = 99
    assert fails(ask(outside)).code == "busy"
    outside.answers["/rows"] = lambda _q, _h: (503, {"Retry-After": "86400"}, {})
    error = fails(ask(outside))
    assert error.code == "busy" and error.is_passing


def test_retry_after_may_be_a_date(outside, open_hosts):
    import httpx

    at = httpx.Headers({"retry-after": format_datetime(datetime.now(UTC), usegmt=True)})
    assert 0 <= http_json.retry_after(at) < 3
    assert http_json.retry_after(httpx.Headers({"retry-after": "soon"})) == 1.0


def test_a_line_dropped_midway_is_tried_again_and_then_said(outside, open_hosts):
    open_hosts("127.0.0.1")
    left = [1]

    def dropping(_query, _headers):
        left[0] -= 1
        return (0 if left[0] >= 0 else 200), {}, [{"n": 1}]

    outside.answers["/rows"] = dropping
    assert len(read(ask(outside))[0]) == 1
    left[0] = 99
    error = fails(ask(outside))
    assert error.code == "dropped" and error.is_passing


def test_totals_that_lie_are_noticed(outside, open_hosts):
    open_hosts("127.0.0.1")
    outside.answers["/rows"] = lambda _q, _h: (200, {}, {"items": [{"n": 1}], "total": 5})
    assert fails(ask(outside, items_path="items", total_path="total")).code == "short"
    outside.answers["/rows"] = lambda _q, _h: (200, {}, {"items": [{"n": 1}, {"n": 2}], "total": 1})
    _rows, feed = read(ask(outside, items_path="items", total_path="total"))
    assert feed.notes


@pytest.mark.parametrize(
    ("paging", "answer", "code"),
    [
        ("page", lambda query, _h: (200, {}, [{"n": 1}]), "repeats"),
        (
            "cursor",
            lambda query, _h: (200, {}, {"items": [{"n": query.get("cursor", "")}], "next": "x"}),
            "repeats",
        ),
        ("link", lambda query, _h: (200, {"Link": '</rows>; rel="next"'}, [{"n": 1}]), "repeats"),
        (
            "link",
            lambda query, _h: (200, {"Link": '<http://10.0.0.1/x>; rel="next"'}, [{"n": 1}]),
            "elsewhere",
        ),
        ("none", lambda query, _h: (200, {}, b"<html>login</html>"), "json"),
        ("none", lambda query, _h: (200, {}, {"no": "list"}), "items"),
        ("none", lambda query, _h: (200, {}, [1, 2]), "items"),
        ("none", lambda query, _h: (302, {"Location": "/x"}, {}), "moved"),
        ("none", lambda query, _h: (404, {}, {}), "url"),
        ("none", lambda query, _h: (418, {}, {}), "answer"),
    ],
)
def test_what_is_wrong_is_said(outside, open_hosts, paging, answer, code):
    open_hosts("127.0.0.1")
    outside.answers["/rows"] = answer
    items = "items" if paging == "cursor" else ""
    assert (
        fails(
            ask(outside, paging=paging, items_path=items, next_path="next" if paging == "cursor" else "")
        ).code
        == code
    )


def test_endless_next_links_end(outside, open_hosts, monkeypatch):
    open_hosts("127.0.0.1")
    monkeypatch.setattr(http_json, "MOST_PAGES", 20)
    outside.answers["/rows"] = lambda query, _h: (
        200, {"Link": f'</rows?at={int(query.get("at", 0)) + 1}>; rel="next"'}, [{"n": query.get("at", "0")}])  # fmt: skip
    assert fails(ask(outside, paging="link")).code == "endless"


def test_a_page_that_is_too_big_is_not_read_to_its_end(outside, open_hosts, monkeypatch):
    open_hosts("127.0.0.1")
    monkeypatch.setattr(http_json, "MOST_PAGE_BYTES", 1000)
    outside.answers["/rows"] = lambda _q, _h: (200, {}, [{"n": "x" * 5000}])
    assert fails(ask(outside)).code == "too_big"


def test_the_mark_travels_as_its_parameter(outside, open_hosts):
    open_hosts("127.0.0.1")
    outside.answers["/rows"] = lambda _q, _h: (200, {}, [])
    read(ask(outside, increment={"column": "at", "param": "since"}, mark=datetime(2026, 1, 2)))
    assert outside.asked[-1][1] == {"since": "2026-01-02T00:00:00"}


def test_inner_records_and_numbers_keep_what_they_say(outside, open_hosts):
    open_hosts("127.0.0.1")
    body = b'[{"id": 310101201409010016, "score": 1.10, "who": {"name": "A"}, "tags": ["x"], "off": null}]'
    outside.answers["/rows"] = lambda _q, _h: (200, {}, body)
    rows, _feed = read(ask(outside))
    assert {key: raw.shown(value) for key, value in rows[0].items() if value is not None} == {
        "id": "310101201409010016", "score": "1.10", "who.name": "A", "tags": json.dumps(["x"]),
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["", "ftp://x/y", "http://", "http://u:p@x/y", "file:///etc/passwd", "http://x:99999/"]
)
def test_addresses_that_cannot_be(url):
    with pytest.raises(SourceError):
        http_json.check_url(url)


def test_the_token_is_not_sent_to_a_closed_host(outside, base):
    error = fails(ask(outside, auth="bearer", secrets={"token": "t0p"}))
    assert error.code == "closed_host" and not outside.asked
