"""Papers: numbered by the year, sealed with a code of their own, set in the layout of their kind."""

from __future__ import annotations

import pytest

from tests.engines.matter.items.test_papers import paper_of
from tests.hubs.organisation.printing.test_paper import plain

DATA = {
    "school": "澜江区启明小学", "day_word": "2026年9月16日", "code": "0AB1CDEF2345678X", "text": "第一段。\n第二段。",
    "until": "",
    "to": "各年级组", "number": "校发〔2026〕1号", "copy": "档案室",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["official", "notice", "licence"])
def test_a_paper_is_set_with_what_stands_on_it(base, kind):
    from jizuo.engines.matter.items import documents

    body = documents.render(
        documents.Paper(kind, "关于运动会的通知", DATA), check_address="https://base.example/check/"
    )
    told = plain(body)
    assert body.startswith(b"%PDF")
    for word in (
        "关于运动会的通知",
        "第一段",
        "第二段",
        "校发〔2026〕1号",
        "澜江区启明小学",
        "2026年9月16日",
        "base.example/check/",
    ):
        assert word in told, word
    assert ("档案室" in told) == (kind == "official")


def test_what_a_school_writes_is_set_as_plain_text(base):
    from jizuo.engines.matter.items import documents

    odd = DATA | {"text": '#import "x"\n#eval("1+1") $ \\ [ ] `', "to": "#panic()"}
    assert '#eval("1+1")' in plain(documents.render(documents.Paper("notice", "#panic()", odd)))


def test_the_numbers_of_a_year_follow_each_other(desk):
    first, second = (paper_of(desk, desk.written(title)) for title in ("甲通知", "乙通知"))
    assert first.number == "校发〔2026〕1号" and second.number == "校发〔2026〕2号"


def test_another_school_counts_for_itself(desk):
    from jizuo.ground.packs import actions

    office = desk.world.second.posts[0]
    with desk.as_("clerk", "second"):
        actions.give_post(scene="document", post="office", person_id=office.person_id)
    matter_id = desk.start(
        "teacher", "document", "outgoing", "second", title="丙通知", to_whom="各组", text="十月起。"
    )
    desk.take("post.office", matter_id, at="second")
    desk.take("head", matter_id, "sign", at="second")
    assert paper_of(desk, matter_id, "teacher", "second").number == "校发〔2026〕1号"
