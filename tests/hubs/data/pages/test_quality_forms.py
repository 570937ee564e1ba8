"""The form of a rule: what it posts, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from jizuo.hubs.data.rules.quality import subjects
from jizuo.hubs.data.rules.quality.subjects import plain
from tests.hubs.data.rules.quality.given import CODES, TABLES, dataset_of

SUBJECT = plain(TABLES["pupil"])


def post(**told: Any) -> dict[str, Any]:
    """What a form posts, as `query` makes it a query."""
    return told


def query(told: dict[str, Any]) -> QueryDict:
    found = QueryDict(mutable=True)
    for key, value in {"title": "要满足", "fix": "怎么改", "code": "a_rule", **told}.items():
        found.setlist(key, value if isinstance(value, list) else [value])
    return found


CASES = [
    (post(kind="required", fields=["name", "sex"]), {"fields": ["name", "sex"]}),
    (post(kind="pattern", field="name", matches="[a-z]"), {"matches": "[a-z]"}),
    (post(kind="range", field="seat_no", at_least="1", at_most="2.5"), {"at_least": 1, "at_most": 2.5}),
    (post(kind="range", field="born", at_least="2019-09-01"), {"at_least": "2019-09-01"}),
    (post(kind="code", field="sex", table=""), {"field": "sex"}),
    (post(kind="reference", field="class_id", to="class"), {"to": "class", "to_field": "id"}),
    (post(kind="freshness", field="born", within="30"), {"within": 30}),
    (post(kind="balance", field="seat_no", against="score"), {"against": "score", "tolerance": 0}),
    (post(kind="condition", must0_field="seat_no", must0_op="at_least", must0_value="3"),
     {"must": [{"field": "seat_no", "at_least": 3}]}),
    (post(kind="condition", joined="any", must0_field="is_here", must0_op="is", must0_value="是", must1_field="name",
          must1_op="filled"), {"must": {"any": [{"field": "is_here", "is": True}, {"field": "name", "filled": True}]}}),
    (post(kind="condition", must0_field="born", must0_op="less", must0_other="@today", must0_value="-3"),
     {"must": [{"field": "born", "less": {"today": -3}}]}),
    (post(kind="condition", must0_field="seat_no", must0_op="is", must0_other="score"),
     {"must": [{"field": "seat_no", "is": {"field": "score"}}]}),
    (post(kind="condition", must0_field="sex", must0_op="in", must0_value="1，2、9"),
     {"must": [{"field": "sex", "in": ["1", "2", "9"]}]}),
    (post(kind="required", fields=["name"], when0_field="sex", when0_op="empty"), {"when": [{"field": "sex", "filled": False}]}),
]  # fmt: skip


@pytest.fixture
def forms(base: Any) -> Any:
    from jizuo.hubs.data.pages import quality_forms

    return quality_forms


@pytest.mark.parametrize(("given", "told"), CASES)
def test_a_form_posts_a_declaration(forms: Any, given: dict[str, Any], told: dict[str, Any]) -> None:
    found = forms.read(query(given), SUBJECT)
    assert {key: found[key] for key in told} == told
    assert "must" not in told or found["must"] == told["must"]


@pytest.mark.parametrize("given", [given for given, told in CASES if "must" in told or "when" in told])
def test_a_declaration_is_shown_in_its_lines(forms: Any, given: dict[str, Any]) -> None:
    told = forms.read(query(given), SUBJECT)
    draft = forms.show(told)
    assert not draft.is_deep
    assert draft.is_any == isinstance(told.get("must"), dict)
    assert [line.field for line in (*draft.when, *draft.must)]


def test_what_the_form_cannot_show_is_said(forms: Any) -> None:
    deep = forms.show({"kind": "condition", "must": {"calc": {"today": 0}, "is": "2026-09-01"}})
    assert deep.is_deep and forms.show({"against": {"dataset": "class"}}).is_deep
    assert len(forms.padded(deep.must, 5)) == 5


def test_fields_are_offered_in_groups(forms: Any) -> None:
    ((group, choices),) = forms.field_choices(SUBJECT)
    assert group and ("seat_no", "字段seat_no（数字）") in choices and "extra" not in dict(choices)


def test_columns_of_the_house_have_titles() -> None:
    """A rule of freshness is written on when a record was last written."""
    from jizuo.hubs.data.pages import quality_forms as forms

    found = subjects.subject({"dataset": "pupil", "relations": {"class": {"dataset": "class", "by": {"id": "class_id"}}}},
                             dataset_of, CODES)  # fmt: skip
    words = {key: word for _group, some in forms.field_choices(found) for key, word in some}
    assert words["changed_at"].startswith("最近更新时间") and "最近更新时间" in words["class.changed_at"]
    assert not [word for word in words.values() if "changed_at" in word]
