from collections import namedtuple

from jizuo.ground import health


def test_alive_and_ready_without_signing_in(base):
    client = base.client()
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json() == {"ok": True, "faults": []}


def test_a_full_disk_is_not_ready(base, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _folder: usage(1000, 950, 50))
    answer = base.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["faults"] == ["disk"]
