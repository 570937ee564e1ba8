"""Numbers and charts on a page."""

from __future__ import annotations

from typing import Any

from tests.engines.evaluation.test_numbers import INDICATORS
from tests.ground.packs.blocks import pack

PAGE = """title: 数
blocks:
  - {kind: number, number: out}
  - {kind: number, numbers: [hours, mean], slow: true}
  - {kind: chart, number: out, by: class_id}
  - {kind: chart, number: out, period: month, by: state, chart: line}
  - {kind: chart, number: back, by: grade}
"""


def test_numbers_and_charts_stand_on_a_page(base: Any) -> None:
    files = {f"indicators__{name}.yaml": text for name, text in INDICATORS.items()}
    page = PAGE.replace("  - {kind: chart, number: back, by: grade}\n", "")
    town = pack.town(base, rows=4, **{**files, "pages/today.yaml": page})
    client, grant = pack.acting(base, town.schools[0].unit_no, "head")
    shown = client.get(f"/as/{grant}/s/outing/today?print=1").content.decode()
    assert "在外的人" in shown and "之和" in shown and "一（1）班" in shown
    assert "c-c2" in shown and "c-c3" in shown


def test_a_number_hidden_from_the_district_says_why(base: Any) -> None:
    files = {f"indicators__{name}.yaml": text for name, text in INDICATORS.items()}
    page = "title: 数\nblocks:\n  - {kind: number, number: out}\n"
    town = pack.town(base, rows=4, is_for_below=True, **{**files, "pages/today.yaml": page})
    client, grant = pack.acting(base, town.unit_no, "district_steward")
    assert "人数太少，不显示" in client.get(f"/as/{grant}/s/outing/today").content.decode()


def test_wrong_divisions_are_refused(base: Any) -> None:
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.blocks import parts
    from jizuo.project import rooms

    rooms.plates()
    files = pack.FILES | {f"indicators/{name}.yaml": text for name, text in INDICATORS.items()}
    told = reading.read(files | {"pages/today.yaml": PAGE}).pack
    assert told is not None
    assert [one.where for one in parts.check(told)] == ["pages/today.yaml: blocks[4].by"]
