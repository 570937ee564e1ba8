"""What is written down of printing, page by page, and behind the wall."""

from __future__ import annotations

from tests.hubs.organisation.actions.test_moving import Place
from tests.hubs.organisation.actions.test_turning import act


def test_the_register_of_copies_is_read_page_by_page(base):
    from jizuo.hubs.organisation.printing import actions, queries

    place, other = Place(base), Place(base)
    for copies in range(1, 6):
        act(place.clerk, actions.print_class, class_id=place.made.classes[0], kind="door_sign", copies=copies)
    first = act(place.clerk, queries.print_copies, limit=3)
    rest = act(place.clerk, queries.print_copies, before=first[-1].copy_id, limit=3)
    assert [one.copies for one in (*first, *rest)] == [5, 4, 3, 2, 1]
    assert act(other.clerk, queries.print_copies) == []


def test_seal_uses_and_words_are_the_unit_s_own(base):
    from jizuo.hubs.organisation.printing import actions, queries

    place, other = Place(base), Place(base)
    act(place.clerk, actions.ask_seal, seal="学校公章", what="证明", copies=1, reason="居住证")
    act(place.clerk, actions.set_print_template, kind="notice", blocks={"foot": "谢谢。"})
    assert [one.what for one in act(place.clerk, queries.seal_uses, state="asked")] == ["证明"]
    assert act(place.clerk, queries.seal_uses, state="sealed") == []
    assert [one.blocks for one in act(place.clerk, queries.print_templates)] == [{"foot": "谢谢。"}]
    assert act(other.clerk, queries.seal_uses) == [] and act(other.clerk, queries.print_templates) == []
