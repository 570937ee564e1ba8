"""A form on paper: what was handed in and who agreed; another school's is not there."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotFound
from tests.engines.matter.forms.given import GOOD, place_of


@pytest.fixture(scope="module")
def place(base):
    return place_of(base)


def within(scope, call, **told):
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return call(**told)


def handed_in(place):
    from jizuo.engines.matter.actions.matters import start_matter

    data = {
        **GOOD, "leader": str(place.first.staff[0][0]), "classes": [str(place.first.classes[0])],
        "lines": [{"thing": "水", "count": 2, "price": "1.50"}],
    }  # fmt: skip
    return within(
        place.scope("clerk"), start_matter, scene="field_day", form="plan", data=data, submit_key="print-me-1"
    )


def test_a_handed_in_form_is_set_on_paper(place):
    from jizuo.engines.matter.forms import printing

    matter_id = handed_in(place)
    paper = within(place.scope("clerk"), printing.form_pdf, matter_id=matter_id)
    assert paper.startswith(b"%PDF") and len(paper) > 5_000
    with pytest.raises(NotFound):
        within(place.scope("clerk", place.second), printing.form_pdf, matter_id=matter_id)


def test_the_paper_holds_answers_tables_and_opinions(place):
    from jizuo.engines.matter.forms import printing
    from jizuo.engines.matter.lines import Answer

    told = printing.answers_told(
        [Answer("name", "名称", "春游"), Answer("lines", "明细", "1 行", heads=("物品",), rows=(("水",),)),
         Answer("none", "空", ""), Answer("sign", "签名", "s.png", files=(("1", "s.png"),))]
    )  # fmt: skip
    assert told["rows"] == [["名称", "春游"]] and told["tables"][0]["rows"] == [["水"]]
    assert told["pictures"] == ["s.png"]
