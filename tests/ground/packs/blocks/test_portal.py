"""What scenes offer a role, and what they cost the start page of a family."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack


def offered(base: Any, unit_no: int, role: str, **more: Any) -> list[Any]:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.blocks.portal import scene_offers

    with scopes.use(base.scope(unit_no, role, **more)):
        return [one for one in scene_offers() if one.scene == "outing"]


def test_a_role_finds_its_pages_and_a_post_adds_its_own(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.actions import give_post

    town = pack.town(base)
    school, other = town.schools
    (found,) = offered(base, school.unit_no, "head")
    assert [name for name, _title in found.pages] == ["today", "all"] and found.category == "学生"
    person = school.staff[1][0]
    assert offered(base, school.unit_no, "teacher", person_id=person) == []
    with scopes.use(base.scope(school.unit_no, "head")):
        give_post(scene="outing", post="gate", person_id=person)
    (found,) = offered(base, school.unit_no, "teacher", person_id=person)
    assert [name for name, _title in found.pages] == ["gate"]
    assert offered(base, other.unit_no, "head") == []


def test_a_start_page_holds_a_few_tiles(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.blocks.portal import MOST_TILES, Offer, tiles

    many = [Offer(f"s{place}", "场景", "", "场", "", (("f", "办"),), ()) for place in range(MOST_TILES + 3)]
    with scopes.use(base.scope(base.unit(), "guardian")):
        found = tiles(many)
        assert len(found) == MOST_TILES and found[-1].href.endswith("/scenes")
        assert len(tiles(many[:2])) == 2


def test_a_screen_has_the_pages_made_for_it(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.blocks.portal import screen_pages

    school = pack.town(base).schools[0]
    with scopes.use(base.scope(school.unit_no, scopes.SCREEN, org_ids=tuple(school.classes[:1]))):
        assert ("outing", "wall", "今天谁在外") in screen_pages()
