"""A form of a pack nobody uses yet is drawn with invented answers."""

from __future__ import annotations

from tests.engines.matter.forms.given import PACK, place_of


def test_a_form_is_drawn_without_any_real_person(base):
    from jizuo.engines.matter.forms import preview
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import reading

    place = place_of(base)
    pack = reading.read(PACK).pack
    with scopes.use(place.scope("clerk")), scopes.open_transaction("test"):
        drawn = {name: preview.form_html(pack, name, "clerk") for name in pack.part("forms")}
    assert "外出" not in drawn["consent"] and "陈以宁" in drawn["consent"] and "农场" in drawn["plan"]
    assert all(str(person) not in text for text in drawn.values() for person, _link in place.first.pupils)
    assert "<script" not in drawn["plan"]
