"""A scene for tests of forms: an field_day with every kind of field, and a school where it is in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.hubs.organisation.given import School, fill
from tests.scenes import given

PACK = {
    "scene.yaml": (
        'id: field_day\ntitle: 外出活动\nenglish: Outing\nowner: school\nversion: "1.0"\n'
        "settings: {most_cost: {title: 每人最多, kind: number, value: 20000}}\n"
    ),
    "README.md": "# 外出活动\n",
    "roles.yaml": """
roles:
  guardian: {start: [consent]}
  homeroom_teacher: {start: [plan, consent]}
  clerk: {start: [plan, consent], manage: true}
  head: {}
""",
    "codes/field_day_kind.csv": "# 活动\ncode,name,english\nmuseum,博物馆,Museum\nfarm,农场,Farm\n",
    "forms/plan.yaml": """
title: 外出计划
english: Outing
about: 学期初报一次。
pages:
  - title: 活动
    fields:
      - {key: name, title: 名称, length: 20}
      - {key: kind, kind: code, code: field_day_kind, title: 类别}
      - {key: day, kind: date, of: school_day, title: 日期, default: today, check: 'form.day >= today', say: 日期已经过了}
      - {key: leader, kind: person, of: staff, title: 带队}
      - {key: classes, kind: orgs, of: class, title: 班级, most: 4}
      - {key: by_bus, kind: yes_no, title: 坐车}
      - {key: bus, title: 车牌, when: 'form.by_bus', length: 10}
      - {key: school, title: 学校, prefill: school.name, locked: true}
  - title: 费用
    about: 写到分。
    fields:
      - {key: cost, kind: money, title: 每人费用, least: 0, check: 'form.cost <= settings.most_cost', say: 超过每人最多}
      - key: lines
        kind: table
        title: 明细
        required: false
        most: 5
        fields:
          - {key: thing, kind: text, title: 物品, length: 10}
          - {key: count, kind: number, title: 数量, least: 1}
          - {key: price, kind: money, title: 单价}
          - {key: sum, kind: computed, title: 小计, compute: 'row.count * row.price'}
      - {key: total, kind: computed, title: 合计, compute: 'total(form.lines.map(l, l.count))'}
      - {key: proof, kind: photo, title: 场地照片, required: false, most: 2}
      - {key: hint, kind: note, title: 请带好水}
""",
    "forms/consent.yaml": """
title: 家长同意书
english: Consent
pages:
  - fields:
      - {key: pupil, kind: person, of: pupil, title: 学生, prefill: child}
      - {key: says, kind: choice, title: 意见, options: [同意, 不同意]}
      - {key: why, kind: long_text, title: 原因, when: 'form.says == "不同意"'}
      - {key: sign, kind: signature, title: 签名}
done: 谢谢，班主任已收到。
""",
    "flows/plan.yaml": """
title: 外出计划
form: plan
about: form.name
number: WC{year}{n:03}
steps:
  - {key: head, title: 校长审批, who: [head], do: approve}
""",
    "flows/consent.yaml": """
title: 同意书
form: consent
subject: pupil
about: form.says
steps:
  - {key: seen, title: 班主任看, who: [homeroom_teacher_of_subject], do: read}
""",
}
GOOD = {
    "name": "春游", "kind": "farm", "day": "2026-09-18", "by_bus": True, "bus": "沪A12345", "cost": "35.50",
}  # fmt: skip


@dataclass
class Place:
    """Two schools below a bureau that use the scene; `first` has an acting role of each kind."""

    base: Any
    bureau: int
    first: School
    second: School
    accounts: dict[Any, Any] = field(default_factory=dict)

    def scope(self, role: str, school: School | None = None, **more: Any) -> Any:
        """A scope at a school; a guardian's is that of the first pupil's."""
        at = school or self.first
        if role == "guardian":
            more.setdefault("person_id", at.guardians[0][0])
            more.setdefault("child_ids", (at.pupils[0][0],))
        elif role in ("clerk", "head", "homeroom_teacher"):
            more.setdefault("person_id", at.staff[0][0])
        if role == "homeroom_teacher":
            more.setdefault("org_ids", (at.classes[0],))
        more.setdefault("grant_no", hash((at.unit_no, role, more.get("person_id"))) % 1_000_000 + 1)
        return self.base.scope(at.unit_no, role, **more)


def place_of(base: Any, pack: dict[str, str] = PACK) -> Place:
    """The schools with the scene in use."""
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("教育局", kind="bureau")
    first, second = (fill(base, base.unit(parent=bureau), classes=2, pupils=3) for _school in range(2))
    given.installed(base, bureau, pack, is_for_below=True)
    return Place(base, bureau, first, second)
