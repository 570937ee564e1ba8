"""Datasets come and go with published standards: by day, by major version, and with the builder's answer."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.hubs.data.actions.test_standards import rows_in
from tests.hubs.data.standing import bureau, draft, element, fresh_name, published, visits


@pytest.fixture
def desk(base):
    return bureau(base)


def known(desk, name):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import datasets

    with scopes.use(desk.steward), scopes.open_transaction("test"):
        return datasets.all_datasets().get(name)


def revise(desk, name, change, **more):
    from jizuo.hubs.data.actions import standards

    version_id = desk.door(
        desk.second, standards.revise_standard, name=name, is_new_major=more.pop("is_new_major", False)
    )
    from jizuo.hubs.data.queries import standards as queries

    held = desk.door(desk.second, queries.standard_version, version_id=version_id)
    seen = desk.door(desk.second, standards.save_draft, version_id=version_id, body=change(held.body), **more)
    desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    return version_id


def with_more(key):
    return lambda told: msgspec.structs.replace(told, elements=(*told.elements, element(key)))


def without(key):
    return lambda told: msgspec.structs.replace(
        told, elements=tuple(one for one in told.elements if one.key != key)
    )


def test_a_dataset_appears_when_its_table_stands(desk):
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    version_id, seen = draft(desk, visits(name))
    assert known(desk, name) is None
    desk.door(desk.steward, standards.publish_standard, version_id=version_id, seen=seen)
    assert known(desk, name) is None, "not before the builder is done"
    desk.build()
    assert known(desk, name).version == "1.0"
    revise(desk, name, with_more("car"))
    assert "car" not in known(desk, name).fields
    desk.build()
    assert known(desk, name).version == "1.1" and "car" in known(desk, name).fields


def test_next_years_version_waits_for_its_day(desk):
    from jizuo.ground import acting
    from jizuo.hubs.data import made_datasets

    name = fresh_name()
    published(desk, visits(name))
    later = acting.today() + timedelta(days=100)
    revise(desk, name, with_more("car"), effective_on=later)
    desk.build()
    assert known(desk, name).version == "1.0"
    assert made_datasets.read(later)[name].version == "1.1"


def test_an_older_major_version_keeps_its_rows_within_reach(desk):
    from jizuo.hubs.data.queries.rows import rows

    name = fresh_name()
    published(desk, visits(name))
    rows_in(desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2)])
    revise(desk, name, without("phone"), is_new_major=True)
    desk.build()
    assert (
        known(desk, name).table == f"made_{name}_v2" and known(desk, f"{name}@1").table == f"made_{name}_v1"
    )
    assert desk.door(desk.clerks[0], rows, dataset=name).rows == []
    assert [row["visitor"] for row in desk.door(desk.clerks[0], rows, dataset=f"{name}@1").rows] == ["钱敏"]


def test_a_retired_standard_is_no_dataset_any_more(desk):
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    version_id = published(desk, visits(name))
    assert known(desk, name)
    desk.door(desk.steward, standards.retire_standard, version_id=version_id)
    assert known(desk, name) is None


def test_a_standard_read_by_somebody_is_not_retired(desk):
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data import standards as data_standards
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    version_id = published(desk, visits(name))

    def answer(dataset):
        return [data_standards.Reader("contract", "合约 7")] if dataset == name else []

    data_standards.tell_readers(answer)
    try:
        with pytest.raises(Conflict) as refused:
            desk.door(desk.steward, standards.retire_standard, version_id=version_id)
        assert "合约 7" in str(refused.value.detail)
    finally:
        data_standards._asked.remove(answer)


@pytest.mark.parametrize("is_master", [False, True])
def test_a_sheet_is_imported_previewed_applied_and_undone(desk, is_master):
    """The one import walk knows a made dataset like a room's own; local codes of the unit are understood."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.data.queries.rows import rows
    from tests.hubs.data.tables.given import workbook
    from tests.hubs.organisation.walking import clerk, walk

    name = fresh_name()
    published(desk, visits(name, is_master=is_master))
    scope = clerk(desk.base, desk.schools[0])
    with scopes.use(scope):
        codes.save_local_code(table="sex", code="X1", name="女娃", maps_to="2")
    head = ["来访人", "性別", "来访日期", "人数", "电话"]

    def bring(*lines):
        content = workbook([head, *lines])
        return walk(desk.base, scope, content, "来访.xlsx", "table", options={"dataset": name})

    def held():
        found = desk.door(desk.clerks[0], rows, dataset=name, order_by="visitor").rows
        return [(row["visitor"], row["sex"], str(row["came_on"]), row["people"]) for row in found]

    first = bring(["钱敏", "女娃", "2026年9月1日", "2", "13800001234"], ["孙立", "男", "2026.9.2", 1, ""])
    assert first.state == "ready", (first.batch.error, first.problems())
    assert first.batch.counts[name]["new"] == 2
    first.apply()
    assert held() == [("孙立", "1", "2026-09-02", 1), ("钱敏", "2", "2026-09-01", 2)]
    second = bring(["钱敏", "女", "2026-09-01", "5", "13800001234"], ["", "男", "九月", "一些", ""])
    assert second.state == "faulty" and {one.row_no for one in second.problems("error")} == {3}
    third = bring(["钱敏", "女", "2026-09-01", "5", "13800001234"])
    assert third.batch.counts[name] == {"new": 0, "changed": 1, "same": 0, "gone": 0}
    third.apply()
    assert held()[1][3] == 5
    third.undo()
    assert held()[1][3] == 2
    first.undo()
    assert held() == []


def test_a_record_is_called_by_its_key_and_a_person_by_name(desk):
    from jizuo.hubs.data.made_datasets import label_of

    told = visits(fresh_name())
    whom = element("whom", type="person")
    told = msgspec.structs.replace(told, elements=(*told.elements, whom), key=("whom",), label="")
    words = label_of(told)
    assert 't."whom"' in words and "t.name" in words
    assert label_of(msgspec.structs.replace(told, key=())) == "''"
    with desk.base.owner() as owner:
        owner.execute(
            f"select {words} from (select gen_random_uuid() as id, gen_random_uuid() as whom) t"
        ).fetchone()
