"""Answers checked: every wrong one is named by its field, and only what may be kept is kept."""

from __future__ import annotations

from datetime import date

import pytest

from jizuo.ground.errors import BadInput
from jizuo.plain.codes import Code
from tests.base import TODAY
from tests.engines.matter.forms.given import GOOD, PACK

LEADER, KLASS, PHOTO = (f"0190a000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))

CODES = [Code("farm", "农场"), Code("old", "旧", until=date(2026, 1, 1))]


@pytest.fixture(scope="module")
def forms(base):
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    found = reading.read(PACK)
    assert not found.problems
    return found.pack.part("forms")


def ctx(**more):
    from jizuo.engines.matter.forms.checking import FormContext
    from jizuo.engines.matter.forms.kinds import Seen
    from jizuo.plain.codes import CodeTable

    told = {
        "today": TODAY, "applicant": "clerk", "settings": {"most_cost": 20000},
        "tables": {"field_day_kind": CodeTable("field_day_kind", "活动", CODES)},
        "people": {"staff": {LEADER: "陆晓岚"}}, "orgs": {"class": {KLASS: "三（2）班"}},
        "files": {PHOTO: Seen(PHOTO, "场地.jpg", 9, "image/jpeg")}, "fixed": {"school": "澜江小学"},
    }  # fmt: skip
    return FormContext(**{**told, **more})


def good(**more):
    return {**GOOD, "leader": LEADER, "classes": [KLASS], **more}


def faults(form, data, context=None):
    from jizuo.engines.matter.forms import checking

    with pytest.raises(BadInput) as error:
        checking.checked(form, data, context or ctx())
    return {one.where: one.what for one in error.value.problems}


def test_good_answers_are_kept_with_computed_and_locked_ones(forms):
    from jizuo.engines.matter.forms import checking

    rows = [{"thing": "水", "count": "2", "price": "1.50"}, {"thing": "", "count": "", "price": ""}]
    kept = checking.checked(forms["plan"], good(lines=rows, total=999, school="别的学校"), ctx())
    assert kept["cost"] == 3550 and kept["total"] == 2 and kept["school"] == "澜江小学"
    assert kept["lines"] == [{"thing": "水", "count": 2, "price": 150, "sum": 300}]


def test_a_hidden_field_is_dropped_and_not_asked(forms):
    from jizuo.engines.matter.forms import checking

    assert "bus" not in checking.checked(forms["plan"], good(by_bus=False), ctx())
    assert "bus" in faults(forms["plan"], good(bus=""))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": "很" * 21}, "name"), ({"name": ["春游"]}, "name"), ({"name": "a\ud800"}, "name"), ({"kind": "moon"}, "kind"),
        ({"kind": "old"}, "kind"), ({"day": "2026-09-19"}, "day"), ({"day": "2026-02-30"}, "day"),
        ({"day": "2026-09-15"}, "day"), ({"day": 5}, "day"), ({"leader": KLASS}, "leader"), ({"leader": {"id": 1}}, "leader"),
        ({"classes": KLASS}, "classes"), ({"classes": [LEADER]}, "classes"), ({"by_bus": "maybe"}, "by_bus"),
        ({"cost": "1.234"}, "cost"), ({"cost": "-1"}, "cost"), ({"cost": "NaN"}, "cost"), ({"cost": 300.5}, "cost"),
        ({"cost": "200.01"}, "cost"), ({"cost": "9" * 40}, "cost"), ({"proof": [LEADER]}, "proof"),
        ({"proof": [PHOTO] * 3}, "proof"), ({"lines": [{"thing": "水", "count": 0, "price": 1}]}, "lines[0].count"),
        ({"lines": [{"thing": "水", "count": "x", "price": 1}]}, "lines[0].count"), ({"lines": [[1]]}, "lines[0]"),
        ({"lines": [{"thing": "水", "count": 1, "price": 1, "id": 3}]}, "lines[0].id"), ({"lines": {"0": 1}}, "lines"),
        ({"lines": [{"thing": "水"}] * 10_000}, "lines"), ({"unit_no": 1}, "unit_no"), ({"__proto__": 1}, "__proto__"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named_by_its_field(forms, change, where):
    assert where in faults(forms["plan"], good(**change))


def test_what_is_no_form_is_refused(forms):
    assert "form" in faults(forms["plan"], ["x"])


def test_hostile_text_is_kept_as_mere_text_without_what_cannot_be_seen(forms):
    from jizuo.engines.matter.forms import checking

    kept = checking.checked(forms["plan"], good(name="<b>\u202e春\u200b 游</b>"), ctx())
    assert kept["name"] == "<b>春 游</b>"


def test_a_middle_dot_name_and_an_own_photo_stand(forms):
    from jizuo.engines.matter.forms import checking

    kept = checking.checked(forms["plan"], good(proof=[{"id": PHOTO}]), ctx())
    assert kept["proof"] == [{"id": PHOTO, "name": "场地.jpg", "size": 9}]
