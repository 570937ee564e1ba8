"""Editors through their addresses: saved, moved, refused, added, taken out; the text tab."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.given import form_of
from tests.ground.packs.studio.pages.test_desk import begun, seen
from tests.ground.packs.studio.pages.test_listing import at

__all__ = ["at"]


def files_of(base, home):
    with base.owner() as owner:
        return owner.execute(
            "select files from scene_version where id = %s", [home.rpartition("/")[2]]
        ).fetchone()[0]


def test_every_editor_opens_and_saves(base, at):
    from jizuo.ground.packs.studio.drawing.editors import EDITORS

    client, start = at("teacher", base.unit())
    home = begun(client, start)
    client.post(f"{home}/add/alerts", {"title": "借了没还"})
    files = files_of(base, home)
    for path in [one for one in files if "/" in one] + ["roles/roles.yaml", "head/head.yaml"]:
        folder, _slash, name = path.removesuffix(".yaml").partition("/")
        if folder not in EDITORS:
            continue
        address = f"{home}/edit/{folder}/{name}"
        assert client.get(address).status_code == 200
        told = form_of(EDITORS[folder].sheet(files, name))
        told["seen"] = seen(client, home)
        assert client.post(address, told).status_code == 302
    assert files_of(base, home) == files
    assert client.get(f"{home}/edit/pages/none").status_code == 404
    assert client.get(f"{home}/edit/codes/none").status_code == 404


def test_a_field_is_added_and_a_stale_page_is_refused(base, at):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    name = next(path for path in files_of(base, home) if path.startswith("standards/"))[10:-5]
    address, first = f"{home}/edit/standards/{name}", seen(client, home)
    told = {"seen": first, "do": "add", "new-title": "父母收入", "new-kind": "integer", "h-title": "借球"}
    assert client.post(address, told).status_code == 302
    page = client.get(address).content.decode()
    assert "父母收入" in page and "不能收集" in page
    assert client.post(address, told).status_code == 409


@pytest.mark.parametrize("folder", ["standards", "flows", "pages", "indicators", "alerts"])
def test_things_are_added_and_taken_out(base, at, folder):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    before = files_of(base, home)
    made = client.post(f"{home}/add/{folder}", {"title": "另一个"})["Location"]
    assert client.get(made).status_code == 200 and len(files_of(base, home)) > len(before)
    client.post(made, {"seen": seen(client, home), "do": "gone"})
    assert files_of(base, home) == before
    assert client.get(f"{home}/add/{folder}")["Location"] == home


def test_text_is_edited_and_what_cannot_be_read_is_shown(base, at):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    address = f"{home}/text"
    assert "scene.yaml" in client.get(address).content.decode()
    client.post(address, {"seen": seen(client, home), "path": "pages/x.yaml", "text": "title: [\r\n"})
    assert files_of(base, home)["pages/x.yaml"] == "title: [\n"
    assert "pages/x.yaml" in client.get(f"{home}/edit/roles/roles")["Location"]
    assert "第 2 行" in client.get(f"{address}?path=pages/x.yaml").content.decode()
    bad = client.post(address, {"seen": seen(client, home), "path": "../x.yaml", "text": "a: 1"})
    assert bad.status_code == 422
    client.post(address, {"seen": seen(client, home), "path": "pages/x.yaml", "do": "gone"})
    assert "pages/x.yaml" not in files_of(base, home)
