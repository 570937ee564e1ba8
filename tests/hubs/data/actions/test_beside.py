"""Held and said side by side: only where another word stays, with the name of who is believed."""

from __future__ import annotations

from tests.hubs.data.actions.given import newcomer
from tests.hubs.data.actions.test_staging import staged


def test_the_word_that_stays_stands_beside_the_file_s(typist):
    from jizuo.hubs.data.actions.beside import beside

    known, _link = newcomer(typist, sex="2")
    other, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(known, "1"), (other, "1")], "register")
    rows = [(known, "9", "上海"), (other, "1", "上海")]
    with staged(typist, "person", ("id", "sex", "birth_place"), rows, "family") as laid:
        found = beside(laid, 10)
    assert [(one.record_id, one.holder, one.held, one.said) for one in found] == [
        (known, "register", {"sex": "1"}, {"sex": "9"})
    ]
    assert found[0].label


def test_an_empty_word_and_the_stronger_source_leave_nothing_beside(typist):
    from jizuo.hubs.data.actions.beside import beside

    known, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(known, "1")], "register")
    with staged(typist, "person", ("id", "sex"), [(known, "")], "family") as laid:
        assert beside(laid, 10) == []
    with staged(typist, "person", ("id", "sex"), [(known, "2")], "register") as laid:
        assert beside(laid, 10) == []


def test_no_more_records_than_asked_for(typist):
    from jizuo.hubs.data.actions.beside import beside

    people = [newcomer(typist, sex="2")[0] for _n in range(3)]
    typist.put("person", ("id", "sex"), [(one, "1") for one in people], "register")
    with staged(typist, "person", ("id", "sex"), [(one, "9") for one in people], "family") as laid:
        assert len(beside(laid, 2)) == 2
