"""Looking standards up, and what a new version touches."""

from __future__ import annotations

import pytest

from tests.hubs.data.actions.test_standards import rows_in
from tests.hubs.data.standing import bureau, element, fresh_name, published, visits


@pytest.fixture
def desk(base):
    return bureau(base)


def test_standards_are_found_by_what_people_type(desk):
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    published(desk, visits(name, element("car", "车牌号码", initials="CPHM", to_check="位数")))

    def found(text):
        return [line.name for line in desk.door(desk.steward, queries.standard_list, text=text)]

    for text in (name, "车牌", "CPHM", "cphm", "chepai"):
        assert name in found(text), text
    assert ("pupil" in found("学生") and "pupil" in found("xsh")) or "pupil" in found("xs")
    assert found("没有这样的标准") == []
    line = next(one for one in desk.door(desk.steward, queries.standard_list, text=name) if one.name == name)
    assert (line.number, line.state, line.room, line.to_check) == ("1.0", "published", "standards", 1)


def test_a_new_version_shows_whom_it_touches(desk):
    from jizuo.hubs.data import standards as data_standards
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    published(desk, visits(name))
    rows_in(desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2), ("孙立", "1", "2026-09-02", 1)])
    rows_in(desk, desk.clerks[1], name, [("李文", "1", "2026-09-02", 1)])
    version_id = desk.door(desk.steward, standards.revise_standard, name=name)
    assert desk.door(desk.steward, standards.revise_standard, name=name) == version_id
    held = desk.door(desk.steward, queries.standard_version, version_id=version_id)
    sex = held.body.element("sex")
    changed = type(sex)(**{key: getattr(sex, key) for key in sex.__struct_fields__} | {"grade": 3})
    desk.door(desk.steward, standards.save_element, version_id=version_id, element=changed, was="sex")
    desk.door(desk.steward, standards.save_element, version_id=version_id, element=element("car", "车牌"))

    def answer(dataset):
        return [data_standards.Reader("contract", "某校的合约", ("sex",))] if dataset == name else []

    data_standards.tell_readers(answer)
    try:
        impact = desk.door(desk.steward, queries.standard_impact, version_id=version_id)
    finally:
        data_standards._asked.remove(answer)
    assert (impact.before, impact.rows, impact.faults, impact.needs_other) == ("1.0", 3, [], True)
    assert [(one.unit_no, one.rows) for one in impact.units] == [(desk.schools[0], 2), (desk.schools[1], 1)]
    assert [(one.key, one.what, one.filled) for one in impact.changes] == [
        ("sex", "changed", 3),
        ("car", "new", 0),
    ]
    assert [one.title for one in impact.readers] == ["某校的合约"]
    twin = bureau(desk.base)
    theirs = twin.door(twin.steward, queries.standard_impact, version_id=version_id)
    assert (theirs.rows, theirs.units) == (0, []), "another bureau counts its own rows only"


def test_a_change_that_would_drop_data_is_refused_with_what_to_do(desk):
    import msgspec

    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    published(desk, visits(name))
    version_id = desk.door(desk.steward, standards.revise_standard, name=name)
    told = desk.door(desk.steward, queries.standard_version, version_id=version_id).body
    worse = msgspec.structs.replace(
        told,
        elements=(
            *(msgspec.structs.replace(one, length=10) if one.key == "visitor" else one
              for one in told.elements if one.key not in ("phone", "people")),
            element("people", "人数", type="text"), element("must", "必有", required=True),
        ),
    )  # fmt: skip
    seen = desk.door(desk.steward, standards.save_draft, version_id=version_id, body=worse)
    faults = desk.door(desk.steward, queries.standard_impact, version_id=version_id).faults
    words = " ".join(one.what for one in faults)
    for said in (
        "不能删除已有的列：phone",
        "不能改变已有列的类型：people",
        "不能缩短已有的列：visitor",
        "新加的列不能是必填：must",
    ):
        assert said in words
    assert all(one.fix for one in faults)
    with pytest.raises(BadInput):
        desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)


def test_text_comes_out_of_every_version(desk):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import standards as queries
    from jizuo.hubs.data.rules import standard_yaml

    name = fresh_name()
    told = visits(name)
    version_id = published(desk, told)
    for given in ({"name": name}, {"version_id": version_id}):
        assert standard_yaml.read(desk.door(desk.steward, queries.standard_yaml_text, **given)).body == told
    with pytest.raises(NotFound):
        desk.door(desk.steward, queries.standard_yaml_text, name="nothing")
