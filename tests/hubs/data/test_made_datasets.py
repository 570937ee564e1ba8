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
