"""Papers opened again: what stands on them, on how many pages of which size."""

from __future__ import annotations

import re

import pytest

from tests.hubs.identity.test_slips import pages_of, text_of

PUPILS = [[str(seat), f"2026{seat:03d}", name, "女"]
          for seat, name in enumerate(["陈以宁", "阿卜杜拉·买买提", "单㛃"] + ["林若安"] * 41, 1)]  # fmt: skip
CLASS = {
    "school": "启明小学",
    "day": "2026-09-16",
    "class": "三（2）班",
    "teacher": "沈知远",
    "pupils": PUPILS,
}
DATA = {
    "class_list": CLASS, "seat_cards": CLASS, "door_sign": CLASS,
    "enrolment": {"school": "启明小学", "day": "2026年9月16日", "class": "三（2）班", "name": "陈以宁", "sex": "女",
                  "born": "2018年3月4日", "reason": "办理居住证", "until": "2026年12月15日", "code": "ABCDEFGHJKMNPQRS"},
    "transfer": {"school": "启明小学", "day": "2026-09-16", "rows": [["姓名", "陈以宁"], ["转入学校", "松雪小学"]],
                 "offices": ["转入学校", "转入地教育行政部门", "转出学校", "转出地教育行政部门"]},
    "notice": {"school": "启明小学", "day": "2026年9月16日", "title": "秋季运动会", "text": "各位家长：\n下周五开运动会。",
               "tear": "回执：孩子参加", "answers": ["参加", "不参加"]},
}  # fmt: skip
SIZES = {"a4": {(595, 842), (842, 595)}, "a3": {(842, 1191), (1191, 842)}}


def render(kind: str, **more: object) -> bytes:
    from jizuo.hubs.organisation.printing import paper

    return paper.render(kind, DATA[kind], check_address="https://jizuo.example/check/", **more)


def plain(pdf: bytes) -> str:
    return re.sub(r"\s", "", text_of(pdf))


def sizes_of(pdf: bytes) -> set[tuple[int, int]]:
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return {(round(float(wide)), round(float(high))) for wide, high in boxes}


@pytest.mark.parametrize(
    ("kind", "size", "pages"),
    [("class_list", "a4", 1), ("class_list", "a3", 1), ("seat_cards", "a4", 6), ("door_sign", "a4", 1), ("door_sign", "a3", 1),
     ("enrolment", "a4", 1), ("transfer", "a4", 1), ("notice", "a4", 1), ("notice", "a3", 1)],
)  # fmt: skip
def test_each_paper_has_its_size_and_pages(base, kind, size, pages):
    pdf = render(kind, paper=size)
    assert pages_of(pdf) == pages
    assert sizes_of(pdf) <= SIZES[size]


def test_a_class_list_names_everybody_once(base):
    text = plain(render("class_list"))
    assert "三（2）班学生名单" in text and "阿卜杜拉·买买提" in text and "共44人" in text
    assert text.count("林若安") == 41


def test_a_certificate_has_its_code_and_room_for_the_seal(base):
    text = plain(render("enrolment"))
    assert "兹证明陈以宁，女，2018年3月4日出生，现为我校三（2）班在读学生。" in text
    assert "办理居住证" in text and "ABCD-EFGH-JKMN-PQRS" in text and "（盖章处）" in text
    assert "jizuo.example/check/" in text


def test_a_transfer_has_room_for_four_seals(base):
    assert plain(render("transfer")).count("（盖章处）") == 4


def test_a_school_s_words_are_set_as_they_are(base):
    hostile = '#read("/etc/passwd") #import "x.typ" {姓名}'
    text = plain(render("enrolment", blocks={"text": hostile}))
    assert '#read("/etc/passwd")#import"x.typ"陈以宁' in text and "root:" not in text


def test_an_unknown_paper_is_refused(base):
    with pytest.raises(ValueError):
        render("seat_cards", paper="a3")
