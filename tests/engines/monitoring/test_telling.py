"""Who hears of a case."""

from __future__ import annotations

from typing import Any

from tests.engines.monitoring import given


def test_a_post_is_told_and_a_family_only_of_its_own_child(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.actions import give_post

    town = given.town(base, rows=3)
    school = town.schools[0]
    with scopes.use(base.scope(school.unit_no, "clerk")):
        give_post(scene="outing", post="gate", person_id=school.staff[1][0])
    given.look(base, school.unit_no, given.AT)
    given.look(base, school.unit_no, given.later(30))
    assert ("alert_staff", "请打电话", 1) in given.told(base, school.unit_no)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        pairs = owner.execute(
            "select i.recipient_id, i.child_id from inbox_item i join message m on m.id = i.message_id"
            " where m.unit_no = %s and m.template = 'alert_family'",
            [school.unit_no],
        ).fetchall()
    assert set(pairs) == {(school.guardians[place][0], school.pupils[place][0]) for place in (1, 2)}


def test_who_reads_english_gets_the_english_words(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.actions import give_post
    from jizuo.hubs.message import wording

    town = given.town(base, rows=2)
    school = town.schools[0]
    with scopes.use(base.scope(school.unit_no, "clerk")):
        give_post(scene="outing", post="gate", person_id=school.staff[1][0])
    given.look(base, school.unit_no, given.AT)
    given.look(base, school.unit_no, given.later(30))
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        rows = owner.execute(
            "select template, values from message where unit_no = %s and template like 'alert%%'",
            [school.unit_no],
        ).fetchall()
    said = {wording.say(template, "en", values, {}).title for template, values in rows}
    assert "Please call" in said and any(one.endswith("孩子外出还没有登记回来") for one in said)
    assert "请打电话" in {wording.say(template, "zh", values, {}).title for template, values in rows}
