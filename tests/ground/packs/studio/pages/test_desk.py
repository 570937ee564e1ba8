"""The desk of a draft: its buttons, its files out and in, its history."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.ground.packs.studio.pages.test_listing import at

__all__ = ["at"]


def begun(client, start, title="借球"):
    return client.post(f"{start}studio/new", {"title": title, "filled_by": "teacher"})["Location"]


def seen(client, home):
    text = client.get(f"{home}/text").content.decode()
    return text.partition('name="seen" value="')[2].partition('"')[0]


def test_review_publish_and_drop(base, at):
    unit = base.unit()
    client, start = at("teacher", unit)
    home = begun(client, start)
    assert client.post(f"{home}/do/publish", {"on": "1"}).status_code == 403
    assert client.post(f"{home}/do/other").status_code == 404
    client.post(f"{home}/do/ask")
    assert "撤回再改" in client.get(home).content.decode()
    clerk, office = at("clerk", unit)
    there = home.replace(start, office)
    assert clerk.post(f"{there}/do/return").status_code == 422
    clerk.post(f"{there}/do/return", {"note": "写清谁用"})
    assert "写清谁用" in client.get(home).content.decode()
    client.post(f"{home}/do/ask")
    client.post(f"{home}/do/back")
    client.post(f"{home}/do/ask")
    clerk.post(f"{there}/do/good")
    done = clerk.post(f"{there}/do/publish", {"on": "1"})
    assert "/scenes/of/" in done["Location"] and client.get(home).status_code == 404
    second = begun(client, start, "借书包")
    assert client.get(f"{second}/do/drop")["Location"] == second
    client.post(f"{second}/do/drop")
    assert client.get(second).status_code == 404


def test_files_go_out_and_come_back(base, at):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    packed = client.get(f"{home}/zip")
    assert packed["Content-Type"] == "application/zip"
    before = seen(client, home)

    def bring(content, print_):
        file = SimpleUploadedFile("x.zip", content)
        return client.post(f"{home}/do/bring", {"file": file, "seen": print_})

    assert bring(packed.content, before).status_code == 302 and seen(client, home) == before
    assert bring(packed.content, "stale").status_code == 409
    assert bring(b"no zip", before).status_code == 422
    assert client.post(f"{home}/do/bring", {"seen": before}).status_code == 422
    from jizuo.ground.packs import files

    found, _signature = files.of_zip(io.BytesIO(packed.content).getvalue())
    found["README.md"] += "\n改过\n"
    assert bring(files.to_zip(found, "x"), before).status_code == 302 and seen(client, home) != before
    assert "新增" in client.get(f"{home}/history").content.decode()
