"""Outside sources through their pages."""

from __future__ import annotations

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.data.collecting_given import Source, work


@pytest.fixture
def desk(base):
    """A head signed in at a school of its own: (client, unit, grant, address)."""
    from jizuo.project import rooms

    rooms.plates()
    unit_no = base.unit()
    account = base.account("陆晓岚")
    grant = base.grant(account, unit_no, "head")
    scope = base.scope(unit_no, "head", grant_no=grant, account_id=account.pk)
    return base.client(account), unit_no, scope, f"/as/{grant}"


def serve(outside, rows):
    outside.answers["/kc"] = lambda _query, _headers: (200, {}, rows)


ROWS = [
    {"kch": "A1", "课程名称": " 语文一 ", "xk": "语文"},
    {"kch": "A2", "课程名称": "数学一", "xk": "数学"},
    {"kch": "A3", "课程名称": "占星", "xk": "占星"},
]


def test_a_source_is_set_up_step_by_step_and_read(base, desk, outside, open_hosts):
    from uuid import UUID

    from jizuo.hubs.data.queries import collecting as queries

    open_hosts("127.0.0.1")
    serve(outside, ROWS)
    client, unit_no, scope, at = desk
    assert "还没有接入过" in client.get(f"{at}/collect").content.decode()
    assert client.get(f"{at}/collect/new").status_code == 200
    assert client.post(f"{at}/collect/new", {"kind": "http", "title": ""}).status_code == 422
    made = client.post(f"{at}/collect/new", {"kind": "http", "title": "教务系统"})
    assert made.status_code == 302
    one = UUID(made.url.split("/collect/")[1].split("/")[0])
    edit = f"{at}/collect/{one}/edit"
    bad = client.post(f"{edit}/connection", {"title": "教务系统", "url": "ftp://x", "auth": "none"})
    assert bad.status_code == 422 and "http" in bad.content.decode()
    ok = client.post(
        f"{edit}/connection",
        {"title": "教务系统", "url": f"{outside.url}/kc", "auth": "bearer", "token": "t0p", "then": "try"},
    )
    assert ok.status_code == 302
    work(base, scope)
    shown = client.get(f"{edit}/connection").content.decode()
    assert "已保存" in shown and "t0p" not in shown
    assert client.get(f"{edit}/query").status_code == 200
    client.post(f"{edit}/query", {"paging": "none", "size": "500", "first": "1"})
    client.post(f"{edit}/mapping", {"target": "table:course", "then": "stay"})
    page = client.get(f"{edit}/mapping").content.decode()
    assert "有把握" in page and "前几行会这样写入" in page and "占星" in page
    with scopes.use(scope):
        told = queries.connector(connector_id=one)
    assert told.mapping["课程名称"] == "title" and told.dataset == "course"
    client.post(
        f"{edit}/mapping",
        {"target": "table:course", "map.0": "code", "map.1": "title", "map.2": "subject_code"},
    )
    assert client.get(f"{edit}/schedule").status_code == 200
    saved = client.post(
        f"{edit}/schedule", {"when": "at", "at": "02:30", "applies_itself": "1", "is_on": "1", "overlap": "0"}
    )
    assert saved.status_code == 302, saved.content.decode()
    client.post(f"{at}/collect/{one}/do/run")
    work(base, scope)
    page = client.get(f"{at}/collect/{one}").content.decode()
    assert "已写入" in page and "每天 02:30" in page
    source = Source(base, unit_no, scope, one)
    assert len(source.courses()) == 2
    run = source.runs()[0]
    assert "取到的行" in client.get(f"{at}/collect/run/{run.run_id}").content.decode()
    aside = client.get(f"{at}/collect/{one}/aside").content.decode()
    assert "占星" in aside and "重试打勾的行" in aside
    (bad_row,) = source.aside()
    place = list(bad_row.cells).index("xk")
    client.post(
        f"{at}/collect/{one}/aside",
        {"verb": "retry", "pick": str(bad_row.row_id), f"{bad_row.row_id}.{place}": "科学"},
    )
    work(base, scope)
    assert len(source.courses()) == 3
    assert "教务系统" in client.get(f"{at}/collect").content.decode()
    cleaned = client.get(f"{at}/collect/cleaned/{run.batch_id}").content.decode()
    assert "语文一" in cleaned and "并空格" in cleaned
    assert client.post(f"{at}/collect/{one}/do/retire").status_code == 302
    assert client.get(f"{at}/collect/{one}").status_code == 404


def test_pages_of_another_unit_s_source_do_not_exist(base, desk, outside, open_hosts):
    """With a twin: one's own opens."""
    from jizuo.hubs.data.actions import connecting

    client, _unit_no, scope, at = desk
    theirs = base.scope(base.unit(), "head")
    with scopes.use(theirs):
        other = connecting.add_connector(kind="http", title="别校")
    with scopes.use(scope):
        own = connecting.add_connector(kind="http", title="本校")
    for path in ("", "/aside", "/edit/connection"):
        assert client.get(f"{at}/collect/{other}{path}").status_code == 404
        assert client.get(f"{at}/collect/{own}{path}").status_code == 200
    assert client.post(f"{at}/collect/{other}/do/retire").status_code == 404
    assert "别校" not in client.get(f"{at}/collect").content.decode()
