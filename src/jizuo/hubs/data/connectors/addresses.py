"""Which hosts and folders a connector may reach.

A school's systems stand in its own network, so private addresses are open; this machine, link-local addresses and the
metadata services of clouds are not, unless the operator names them in ``secrets/collect.json``::

    {"hosts": ["127.0.0.1:5433", "sis.internal"], "folders": {"/srv/sis": [12, 13]}}

An address is looked up once and the connection goes to what was looked at, so that a name cannot answer otherwise the
second time.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jizuo.ground import bootstrap, outside
from jizuo.hubs.data.connectors.feeds import SourceError

SERVICE = "collect"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")
#: Metadata services outside the link-local range: Alibaba Cloud, AWS over IPv6.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254")))


def allowed() -> Mapping[str, Any]:
    """What the operator opened. Raises SourceError for a settings file that cannot be read."""
    try:
        return outside.read(SERVICE) or {}
    except outside.BadSetting as fault:
        raise SourceError("setting", str(fault), "请管理员改好这个文件") from None


def resolve(host: str, port: int) -> str:
    """The IP address to connect to for `host`. Raises SourceError for a host that may not be reached or is unknown."""
    bare = host.strip()
    if not _HOST.fullmatch(bare):
        raise SourceError("host", "主机名写得不对", "请写主机名或 IP 地址，不带协议和路径")
    bare = bare.strip("[]")
    if not 1 <= port <= 65535:
        raise SourceError("port", "端口应在 1 到 65535 之间")
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise SourceError(
            "unknown_host", f"找不到主机 {bare}", "请核对主机名；内网名称要本机能解析", is_passing=True
        ) from None
    names = allowed().get("hosts", [])
    for *_rest, place in found:
        address = str(place[0]).partition("%")[0]
        if is_open(address) or any(
            word in names for word in (bare, f"{bare}:{port}", address, f"{address}:{port}")
        ):
            return address
    raise SourceError(
        "closed_host",
        f"不能连接 {bare}：本机、链路本地和云平台内部的地址不开放",
        "确实需要时，请管理员在 secrets/collect.json 的 hosts 里写上它",
    )


def is_open(address: str) -> bool:
    """Whether an address may be reached without the operator's word."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if (
        ip in _METADATA
        or ip.is_loopback
        or ip.is_link_local
        or ip.is_multicast
        or ip.is_unspecified
        or ip.is_reserved
    ):
        return False
    return not is_ours(ip)


def is_ours(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to this machine: only then can a socket be bound to it."""
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((str(ip), 0))
    except OSError:
        return False
    return True


def folder(written: str, unit_no: int) -> Path:
    """The folder that a unit may watch: below ``incoming/<unit number>`` of the data folder, or below one that the
    operator opened to the unit. Raises SourceError."""
    home = bootstrap.data_folder() / "incoming" / str(unit_no)
    roots = [home]
    for root, units in allowed().get("folders", {}).items():
        if unit_no in units:
            roots.append(Path(root))
    wanted = Path(written)
    place = (wanted if wanted.is_absolute() else home / wanted).resolve()
    for root in roots:
        if place == root.resolve() or root.resolve() in place.parents:
            if place == home.resolve():
                place.mkdir(parents=True, exist_ok=True)
            if not place.is_dir():
                raise SourceError(
                    "no_folder", f"没有文件夹 {written or '.'}", "请先建好文件夹，或核对路径", is_passing=True
                )
            return place
    raise SourceError(
        "closed_folder",
        "这个文件夹不对本单位开放",
        f"请用 {home} 下面的文件夹，或请管理员在 secrets/collect.json 的 folders 里开放",
    )
