"""Printing over HTTP, and the public check page as a stranger with bad intentions finds it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.hubs.identity.test_slips import text_of


@pytest.fixture(scope="module")
def pupil(place):
    return place.rows(
        "select id::text, name, class_id::text from affiliation where role = 'pupil' and is_present and end_on is null"
        " and class_id is not null order by id limit 1"
    )[0]


def read(desk, path, status=200):
    answer = desk.client.get(f"{desk.at}/{path}")
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer.content.decode()


def do(desk, **told):
    answer = desk.client.post(f"{desk.at}/printing/do", told, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture(scope="module")
def code(place, pupil):
    """The check code as it stands on the paper of a certificate."""
    desk = place.desk("clerk")
    assert "证明开好了" in do(desk, act="issue", who=pupil[0], reason="办理居住证", copies="2")
    page = read(desk, f"printing/certificates?who={pupil[0]}")
    (address,) = set(re.findall(r"printing/certificates/[0-9a-f-]+\.pdf", page))
    answer = desk.client.get(f"{desk.at}/{address}")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content).replace(" ", "")
    assert pupil[1] in text and "办理居住证" in text
    return re.search(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", text)[0]


def ask(told: str, address: str, by_form: bool = False):
    client = Client(REMOTE_ADDR=address)
    return client.get("/check/", {"code": told}) if by_form else client.get(f"/check/{told}/")


def test_a_class_is_printed_from_its_page(place, pupil):
    desk = place.desk("clerk")
    assert "班级打印" in read(desk, f"printing?class={pupil[2]}")
    told = {"class": pupil[2], "kind": "class_list", "paper": "a4", "copies": "2", "reason": "家长会"}
    answer = desk.client.post(f"{desk.at}/printing/class.pdf", told)
    assert answer.content.startswith(b"%PDF") and pupil[1] in text_of(answer.content).replace(" ", "")
    assert "家长会" in read(desk, "printing/copies")
    answer = desk.client.post(f"{desk.at}/printing/class.pdf", told | {"copies": "many"}, follow=True)
    assert "份数要在" in answer.content.decode()


def test_a_teacher_prints_her_class_and_opens_no_register(place, pupil):
    desk = place.desk("homeroom_teacher", org_ids=[pupil[2]])
    assert pupil[2] in read(desk, "printing")
    for path in ("printing/copies", "printing/certificates", "printing/words"):
        read(desk, path, 403)
    read(desk, "printing/seals")
    stranger = place.desk("clerk", place.base.unit())
    answer = stranger.client.post(
        f"{stranger.at}/printing/class.pdf", {"class": pupil[2], "kind": "class_list"}
    )
    assert answer.status_code == 404


def test_a_seal_goes_from_clerk_to_head_to_its_number(place):
    clerk, head = place.desk("clerk"), place.desk("head")
    assert "等校长批" in do(clerk, act="ask", seal="学校公章", what="转学证明", copies="1", reason="转学")
    (use,) = place.rows("select id::text from seal_use where what = '转学证明'")[0]
    assert 'value="agree"' not in read(clerk, "printing/seals")
    assert 'value="agree"' in read(head, "printing/seals")
    assert "不能这样做" in do(clerk, act="sealed", seal_use=use)
    do(head, act="agree", seal_use=use, note="可以")
    assert re.search(r"用印〔\d{4}〕第 1 号", do(clerk, act="sealed", seal_use=use))


def test_words_are_changed_by_block(place):
    desk = place.desk("clerk")
    assert "不认识 {身份证号}" in do(desk, act="words", kind="notice", **{"block.foot": "{身份证号}"})
    page = do(desk, act="words", kind="notice", **{"block.foot": "<b>#read</b>"})
    assert "&lt;b&gt;#read&lt;/b&gt;" in page and "本校写的" in page


def test_the_public_page_says_the_least(place, pupil, code):
    answer = ask(code, "192.0.2.1")
    page = bare(answer)
    assert answer.status_code == 200 and "有效" in page and "启明小学" in page and "在读证明" in page
    assert pupil[1] not in page and pupil[1][0] + "*" in page
    assert "办理居住证" not in page and pupil[0] not in page and code not in page
    assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    by_form = ask(code.lower().replace("-", " "), "192.0.2.1", by_form=True)
    assert by_form.status_code == 200 and "有效" in by_form.content.decode()
    assert Client().get("/check/").status_code == 200


def bare(answer) -> str:
    """A page without what differs in every answer: the token, and the way back of the choice of language."""
    text = re.sub(r"[\w-]{64}", "", answer.content.decode())
    text = re.sub(r'value="/check/[^"]*"', "", text)
    return re.sub(r'nonce="[^"]*"', "", text)


def test_every_code_that_is_none_gets_the_same_page(place, code):
    from jizuo.hubs.organisation.printing import rules

    told = [rules.new_code(place.unit_no), rules.new_code(900_000), "nonsense", "<script>alert(1)</script>", "' or 1=1 --",
            code[:-1] + ("2" if code[-1] != "2" else "3"), "A" * 3000]  # fmt: skip
    answers = [ask(one, f"192.0.2.{10 + place_}", by_form=True) for place_, one in enumerate(told)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({bare(answer) for answer in answers}) == 1
    assert "script>alert" not in answers[3].content.decode()


def test_hundreds_of_guesses_end_in_429_and_hold_up_nobody_else(place, code):
    from jizuo.hubs.organisation.printing import rules

    states = [ask(rules.new_code(place.unit_no), "192.0.2.99").status_code for _one in range(200)]
    assert states == [404] * rules.TRIES + [429] * (200 - rules.TRIES)
    limited = ask(code, "192.0.2.99")
    assert (
        limited.status_code == 429
        and int(limited["Retry-After"]) > 0
        and "启明小学" not in limited.content.decode()
    )
    assert ask(code, "192.0.2.98").status_code == 200


def test_the_work_tells_no_unknown_code_from_another(place):
    """The same statements for each, so that no time differs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.hubs.organisation.printing import rules

    kinds = {
        "own unit": rules.new_code(place.unit_no),
        "no unit": rules.new_code(900_000),
        "no code": "nonsense",
    }
    work = {}
    for name, told in ({"warm": "nonsense"} | kinds).items():
        with CaptureQueriesContext(connection) as asked:
            ask(told, "198.51.100.1")
        # Two words of each: the third may name a unit.
        work[name] = [" ".join(one["sql"].split()[:2]) for one in asked.captured_queries]
    assert work["own unit"] and work["no unit"] == work["own unit"] == work["no code"]


def test_a_withdrawn_certificate_says_so_at_once(place, pupil, code):
    desk = place.desk("clerk")
    page = read(desk, f"printing/certificates?who={pupil[0]}")
    certificate = re.search(r'name="certificate" value="([^"]+)"', page)[1]
    assert "已作废" in do(desk, act="withdraw", certificate=certificate, reason="写错")
    assert "已作废" in ask(code, "192.0.2.3").content.decode()


def test_pages_ask_little(place, pupil):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = place.desk("clerk")
    paths = ("", f"/certificates?who={pupil[0]}", "/copies", "/seals", "/words?kind=enrolment")
    for path in paths:
        with CaptureQueriesContext(connection) as seen:
            read(desk, f"printing{path}")
        asked = [
            q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))
        ]
        assert len(asked) <= 12, (path, len(asked), asked)
