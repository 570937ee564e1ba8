"""What a refusal looks like: the door's own words under its status, and a page for an address that only takes a form."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound

HTML = "text/html,application/xhtml+xml"


@pytest.fixture
def asked(base):
    return RequestFactory().get("/", headers={"accept": HTML})


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (BadInput("数量不对", fix="请填整数"), 422),
        (NotAllowed("不行"), 403),
        (NotFound("没有"), 404),
        (Conflict("晚了"), 409),
    ],
)
def test_a_refusal_is_told_under_its_own_status(asked, fault, status):
    from jizuo.ground.pages.faults import Faults

    told = Faults(lambda _request: HttpResponse()).process_exception(asked, fault)
    assert (told.status_code, told["Cache-Control"]) == (status, "no-store")
    assert str(fault.detail) in told.content.decode() and str(fault.fix) in told.content.decode()


def test_another_error_is_left_alone(asked):
    from jizuo.ground.pages.faults import Faults

    assert Faults(lambda _request: HttpResponse()).process_exception(asked, KeyError("x")) is None


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (lambda make: make.get("/?q=a%00b"), 422), (lambda make: make.post("/", {"name": ["x", "a\0b"]}), 422),
        (lambda make: make.post("/", {"a\0b": "x"}), 422), (lambda make: make.get("/a%00b/"), 422),
        (lambda make: make.post("/", {"name": "x"}), None), (lambda make: make.get("/?q=a"), None),
    ],
)  # fmt: skip
def test_a_sign_that_no_column_keeps_is_the_senders_fault_and_any_other_value_ours(base, told, status):
    """The database refuses NUL wherever it stands; other values that it refuses are a bug that must be seen."""
    from django.db import DataError, connection

    from jizuo.ground.pages.faults import Faults

    with pytest.raises(DataError) as met, connection.cursor() as cursor:
        cursor.execute("select %s::text", ["a\0b"])
    answer = Faults(lambda _request: HttpResponse()).process_exception(told(RequestFactory()), met.value)
    assert (answer.status_code if answer else None) == status
    if answer:
        assert "不能保存的字符" in answer.content.decode()


def test_a_browser_at_the_address_of_a_button_reads_what_to_do(asked):
    from jizuo.ground.pages.faults import Faults

    told = Faults(lambda _request: HttpResponseNotAllowed(["POST"]))(asked)
    assert (told.status_code, told["Allow"]) == (405, "POST")
    assert "表单按钮" in told.content.decode()


def test_a_program_gets_the_plain_answer(base):
    from jizuo.ground.pages.faults import Faults

    plain = HttpResponseNotAllowed(["POST"])
    asked = RequestFactory().get("/", headers={"accept": "application/json"})
    assert Faults(lambda _request: plain)(asked) is plain
    worded = HttpResponse("words", status=405)
    assert Faults(lambda _request: worded)(RequestFactory().get("/", headers={"accept": HTML})) is worded
