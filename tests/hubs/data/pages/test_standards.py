"""The pages of standards and code tables, over HTTP by a steward; a school looks and keeps its own codes."""

from __future__ import annotations

import re

import pytest

from tests.hubs.data.standing import bureau, fresh_name, published, visits


@pytest.fixture
def desk(base):
    made = bureau(base)
    made.client = base.client(made.account)
    made.at = f"/as/{made.steward.grant_no}/standards"
    return made


def page(desk, path="", client=None, status=200, **query):
    answer = (client or desk.client).get(f"{desk.at}/{path}".rstrip("/"), query)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def post(desk, path, status=302, **told):
    answer = desk.client.post(f"{desk.at}/{path}", told)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer["Location"] if status == 302 else answer.content.decode()


def seen(text):
    return re.search(r'name="seen" value="(\w+)"', text)[1]


def test_a_standard_goes_out_as_text_and_comes_back(desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    name = fresh_name()
    published(desk, visits(name))
    text = page(desk, f"of/{name}/text")
    again = text.replace("'1.0'", "'1.1'").replace("title: 电话", "title: 联系电话")
    at = post(desk, "new", file=SimpleUploadedFile("x.yaml", again.encode())).split("/standards/")[1]
    assert "联系电话" in page(desk, at)
    wrong = post(desk, "new", status=422, file=SimpleUploadedFile("x.yaml", text.encode()))
    assert "已经发布" in wrong
    assert "随系统提供" in page(desk, "of/pupil") and "dataset: pupil" in page(desk, "of/pupil/text")
