"""A draft in the browser: pasted, edited, reordered; what cannot be read changes nothing."""

from __future__ import annotations

from tests.hubs.data.pages.test_standards import desk, page, post
from tests.hubs.data.standing import draft, fresh_name, visits

__all__ = ["desk"]


def test_a_pasted_list_that_cannot_be_read_changes_nothing(desk):
    name = fresh_name()
    version_id, _seen = draft(desk, visits(name))
    text = post(
        desk, f"draft/{version_id}/do/paste", status=422, pasted="字段名\t类型\n好的\t文本\n坏的\t图画"
    )
    assert "不认识的类型" in text and "坏的" in text
    assert "好的</a>" not in page(desk, f"draft/{version_id}")


def test_a_field_is_added_changed_and_taken_away(desk):
    version_id, _seen = draft(desk, visits(fresh_name()))
    at = f"draft/{version_id}"
    wrong = post(desk, f"{at}/element", status=422, title="", type="picture", length="x")
    assert "要有中文名" in wrong and "没有这种类型" in wrong and "只填数字" in wrong
    again = post(
        desk,
        f"{at}/element",
        title="车牌",
        type="text",
        length="12",
        grade="3",
        aliases="车号，牌照",
        more="1",
    )
    assert again.endswith(f"{at}/element")
    assert 'value="车号、牌照"' in page(desk, f"{at}/element", key="cp")
    taken = post(desk, f"{at}/element", status=422, title="另一个", key="cp", type="text", length="12")
    assert "列名重复" in taken
    post(desk, f"{at}/element?key=cp", title="车牌号", key="car", type="text", length="12", grade="3")
    assert "车牌号" in page(desk, at) and page(desk, f"{at}/element", status=404, key="cp")
    post(desk, f"{at}/do/drop", key="car")
    assert "车牌号" not in page(desk, at)
    assert "看不懂" in post(desk, f"{at}/do/settings", status=422, title="来访", effective_on="哪天")
    post(desk, f"{at}/do/settings", title="来访", known_to="teacher", cycle="week")
    kept = page(desk, at)
    assert '<option value="teacher" selected>' in kept and '<option value="week" selected>' in kept
    post(desk, f"{at}/element", title="家长手机", type="text", length="20", grade="")
    assert "没写用途，谁都只看到遮盖的" in page(desk, at)
    assert "应在生效日期之后" in post(
        desk, f"{at}/do/settings", status=422, title="来访", effective_on="2027-09-01", until_on="2027-01-01"
    )
    post(desk, f"{at}/do/nothing", status=404)
    post(desk, f"{at}/do/discard")
    page(desk, at, status=404)
