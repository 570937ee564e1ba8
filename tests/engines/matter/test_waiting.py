"""One line on the start of pupils and teachers; the others have their menu."""

from __future__ import annotations


def test_who_gets_the_line(town, monkeypatch):
    from jizuo.engines.matter import waiting
    from jizuo.ground import scope as scopes

    matter_id = town.start(on_day="2027-03-17")
    town.take("homeroom_teacher", "return", matter_id, "请改")

    def lines(role):
        with town.as_(role), scopes.open_transaction("test"):
            return waiting.told()

    assert [len(lines(role)) for role in ("guardian", "head", "teacher")] == [0, 0, 0]
    monkeypatch.setattr(waiting, "AT_THE_START", {"guardian"})
    (line,) = lines("guardian")
    assert (line.count, line.href_word) == (1, "去办")
