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
