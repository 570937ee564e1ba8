"""The mapping step of a source: taken apart, put together and the same for every row, all by its form."""

from __future__ import annotations

from uuid import UUID

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.data.collecting_given import work
from tests.hubs.data.pages.test_collecting import desk, serve

__all__ = ["desk"]

ROWS = [{"kch": "A-1", "name": "语文", "part": "一"}, {"kch": "A-2", "name": "数学", "part": "二"}]


@pytest.fixture
def source(base, desk, outside, open_hosts):
    """A tried source of courses: (client, address of its mapping, the source as it is kept now)."""
    from jizuo.hubs.data.actions import connecting
    from jizuo.hubs.data.queries import collecting as queries

    open_hosts("127.0.0.1")
    serve(outside, ROWS)
    client, _unit_no, scope, at = desk
    made = client.post(f"{at}/collect/new", {"kind": "http", "title": "教务系统"})
    one = UUID(made.url.split("/collect/")[1].split("/")[0])
    with scopes.use(scope):
        connecting.save_connector(connector_id=one, settings={"url": f"{outside.url}/kc"})
        connecting.try_connector(connector_id=one)
    work(base, scope)
    address = f"{at}/collect/{one}/edit/mapping"
    assert client.post(address, {"target": "table:course", "then": "stay"}).status_code == 302

    def held():
        with scopes.use(scope):
            return queries.connector(connector_id=one)

    return client, address, held


def form(held, **more):
    """The whole form as a browser posts it."""
    keys = {"kch": "code", "name": "title", "part": ""}
    told = {"target": "table:course", "then": "stay"}
    for at, name in enumerate(held.columns):
        told |= {f"map.{at}": keys[name], f"split.take.{at}": "", f"split.by.{at}": "", f"join.columns.{at}": "",
                 f"join.by.{at}": ""}  # fmt: skip
    return told | more


def test_columns_are_taken_apart_and_put_together_and_values_stand_for_every_row(source):
    client, address, held = source
    places = {name: at for at, name in enumerate(held().columns)}
    told = form(
        held(),
        **{f"split.take.{places['kch']}": "2", f"split.by.{places['kch']}": "-",
           f"join.columns.{places['name']}": "part", f"join.by.{places['name']}": "·",
           "constant.key": ["subject_code", ""], "constant.value": ["语文", ""]},
    )  # fmt: skip
    assert client.post(address, told).status_code == 302
    kept = held()
    assert kept.steps == {
        "code": [{"step": "split", "take": 2, "by": "-"}],
        "title": [{"step": "join", "columns": ["part"], "by": "·"}],
    }
    assert kept.constants == {"subject_code": "语文"}
    shown = client.get(address).content.decode()
    assert "语文·一" in shown and 'value="part"' in shown and "拆分" in shown and 'value="语文"' in shown
    assert client.post(address, form(held(), **{"constant.key": "", "constant.value": ""})).status_code == 302
    assert held().steps == {} and held().constants == {}


def test_what_cannot_be_says_where(source):
    client, address, held = source
    places = {name: at for at, name in enumerate(held().columns)}
    told = form(
        held(),
        **{f"split.take.{places['kch']}": "零", f"join.columns.{places['name']}": "没有",
           "constant.key": "subject_code", "constant.value": ""},
    )  # fmt: skip
    answer = client.post(address, told)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "第几段应是从 1 起的整数" in text and "没有这一列：没有" in text and "字段和值要一起填" in text
    assert held().steps == {}


def test_steps_declared_by_command_stay(source):
    from jizuo.hubs.data.pages.mapping import JOIN, SPLIT, step_of

    client, address, held = source
    assert step_of([{"step": "most", "most": 3}, {"step": "split", "take": 1}], SPLIT) == {
        "step": "split",
        "take": 1,
    }
    assert step_of(["trim"], JOIN) == {}
    assert client.post(address, form(held(), then="stay")).status_code == 302
