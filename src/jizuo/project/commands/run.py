"""启动整个基座：数据库、升级、网页、后台 / start the whole base"""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from jizuo.ground import bootstrap, logins
from jizuo.ground.postgres import Embedded
from jizuo.ground.process import Trouble, spawn
from jizuo.project import budget, loopback, schema, tls
from jizuo.project.exits import Exit
from jizuo.project.output import Output
from jizuo.project.supervise import Child, Log, Supervisor
from jizuo.project.words import _

# An address that listens everywhere -> where this machine reaches it.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and with how many."""
    cores = os.cpu_count() or 2
    parser.add_argument("--host", default="127.0.0.1", help=_("监听地址，默认只有本机"))
    parser.add_argument("--port", type=int, default=None, help=_("端口，默认 8000；被占用时另选一个"))
    parser.add_argument("--cert", type=Path, help=_("TLS 证书（PEM）"))
    parser.add_argument("--key", type=Path, help=_("TLS 私钥（PEM）"))
    parser.add_argument("--behind-proxy", action="store_true", help=_("前面有做 TLS 的反向代理"))
    parser.add_argument("--hosts", default="", help=_("对外的主机名，逗号分隔"))
    parser.add_argument("--workers", type=int, default=max(2, min(8, cores)), help=_("网页进程数"))
    parser.add_argument("--jobs", type=int, default=2, help=_("同时执行的后台任务数"))
    parser.add_argument("--demo", action="store_true", help=_("基座是空的就放入演示区（只限本机）"))
    parser.add_argument("--no-migrate", action="store_true", help=_("不自动升级数据库"))


def run(args: argparse.Namespace) -> int:
    """Start everything, print the address, stay until Ctrl-C or SIGTERM."""
    begun = time.monotonic()
    out: Output = args.out
    refusal = refused(args)
    if refusal:
        out.complain(refusal)
        out.result(ok=False, exit=int(Exit.HELD), message=refusal)
        return Exit.HELD
    data = bootstrap.data_folder()
    is_secure = args.cert is not None
    supervisor = Supervisor(Log(make_folder(data) / "logs"), say=out.complain)
    supervisor.install_signals()
    try:
        address = start_database(supervisor, data)
        made = bootstrap.ensure(address)
        for note in made.notes:
            out.complain(note)
        wanted = budget.of(args.workers, args.jobs)
        spare = budget.check(wanted, made.owner)
        bring_up(made, out, supervisor, may_migrate=not args.no_migrate)
        if args.demo:
            fill_demo(out, supervisor)
        port = free_port(args.host, args.port, out)
        supervisor.children = children(args, data, port)
        supervisor.start()
        supervisor.wait_ready(lambda: serves(args.host, port, is_secure=is_secure), timeout_seconds=120)
        if not supervisor.is_stopping:
            if args.host == "127.0.0.1":
                loopback.pass_on(port)
            url = f"{'https' if is_secure else 'http'}://{shown_host(args)}:{port}/"
            supervisor.log.write("ready", url=url, seconds=round(time.monotonic() - begun, 2), spare=spare)
            out.say(
                _("基座已启动：{url}（{seconds:.1f} 秒）").format(url=url, seconds=time.monotonic() - begun)
            )
            out.say(_("数据在 {data}；按 Ctrl-C 结束。").format(data=data))
            out.result(ok=True, url=url, data=str(data), budget=wanted.total, spare=spare)
        supervisor.run()
    finally:
        supervisor.stop()
    out.say(_("已结束。"))
    return Exit.OK


def refused(args: argparse.Namespace) -> str:
    """Why these arguments are not safe to serve with; empty when they are."""
    if args.demo and not is_loopback(args.host):
        return _("演示账号的密码是公开的，--demo 只能在本机使用。")
    if bool(args.cert) != bool(args.key):
        return _("--cert 和 --key 要一起给。")
    if args.cert is None and not args.behind_proxy and not is_loopback(args.host):
        return _(
            "不在本机之外提供明文网页：请用 --cert 和 --key 提供证书，"
            "或放在做 TLS 的反向代理之后并加 --behind-proxy（见 deploy/）。"
        )
    return ""


def is_loopback(host: str) -> bool:
    """Whether a listening address is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_folder(data: Path) -> Path:
    """The data folder, made if it is missing."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"不能建立数据文件夹 {data}：{error.strerror}。",
            "请用 JIZUO_DATA 指定一个可写的文件夹。",
            f"Cannot make the data folder {data}: {error.strerror}; set JIZUO_DATA.",
        ) from error
    return data


def start_database(supervisor: Supervisor, data: Path) -> str:
    """The bootstrap address: of the outside server, or of the embedded one, started now."""
    outside = os.environ.get("JIZUO_DB")
    if outside:
        return outside
    supervisor.database = Embedded(data).start()
    supervisor.log.write("started", child="database", pid=supervisor.database.pid)
    return supervisor.database.address()


def bring_up(made: logins.Logins, out: Output, supervisor: Supervisor, *, may_migrate: bool) -> None:
    """Migrate in a process of its own, so that this one never holds the owner's rights for long."""
    if schema.is_current(made.owner):
        return
    if not may_migrate:
        raise Trouble(
            "数据库还不是这个版本的。",
            "请先执行 jizuo migrate。",
            "The database is not at this version: run jizuo migrate.",
        )
    out.complain(_("正在升级数据库……"))
    begun = time.monotonic()
    process = spawn(
        [sys.executable, "-m", "jizuo.project.cli", "migrate", "--yes"],
        env=os.environ | {"JIZUO_LOGIN": "owner"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = process.communicate()[0].decode("utf-8", "replace").strip()
    supervisor.log.write("migrated", code=process.returncode, seconds=round(time.monotonic() - begun, 2))
    if process.returncode != 0:
        raise Trouble(f"数据库升级失败：\n{said}", "请按上面的提示处理后重试。", f"Migration failed:\n{said}")


def fill_demo(out: Output, supervisor: Supervisor) -> None:
    """Put the demonstration district into an empty base, in a process of its own; its accounts are printed."""
    begun = time.monotonic()
    process = spawn(
        [sys.executable, "-m", "jizuo.project.cli", "demo", "--if-empty"],
        env=os.environ | {"JIZUO_LOGIN": "app"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = process.communicate()[0].decode("utf-8", "replace").strip()
    supervisor.log.write("demo", code=process.returncode, seconds=round(time.monotonic() - begun, 2))
    if process.returncode != 0:
        raise Trouble(
            f"演示区没有放好：\n{said}", "请按上面的提示处理后重试。", f"The demonstration failed:\n{said}"
        )
    if said:
        out.say(said)


def children(args: argparse.Namespace, data: Path, port: int) -> list[Child]:
    """Builder, worker and web, in starting order."""
    hosts = args.hosts if is_loopback(args.host) or args.hosts else args.host
    env = {key: value for key, value in os.environ.items() if key != "JIZUO_LOGIN"}
    env |= {"JIZUO_DATA": str(data), "PYTHONUNBUFFERED": "1", "JIZUO_HOSTS": hosts}
    if args.cert is not None or args.behind_proxy:
        env["JIZUO_HTTPS"] = "1"
    me = [sys.executable, "-m", "jizuo.project.cli"]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", args.host, "--port", str(port)]
    web += ["--workers", str(args.workers), "--blocking-threads", "1", "--runtime-threads", "1"]
    web += ["--no-ws", "--http", "auto", "--log-level", "warning", "--workers-kill-timeout", "10"]
    web += ["--respawn-failed-workers"]
    if args.cert is not None:
        web += ["--ssl-certificate", str(args.cert), "--ssl-keyfile", str(tls.usable_key(args.key, data))]
        web += ["--ssl-protocol-min", "tls1.2"]
    web.append("jizuo.project.wsgi:application")
    return [
        Child("builder", [*me, "builder"], env | {"JIZUO_LOGIN": "owner"}),
        Child("worker", [*me, "worker", "--concurrency", str(args.jobs)], env | {"JIZUO_LOGIN": "app"}, 30.0),
        Child("web", web, env | {"JIZUO_LOGIN": "app"}, 15.0),
    ]


def free_port(host: str, wanted: int | None, out: Output) -> int:
    """`wanted` or 8000; when that is taken, an asked-for port is Trouble and the default moves on, saying so."""
    first = wanted or 8000
    if is_free(host, first):
        return first
    if wanted is not None:
        raise Trouble(
            f"端口 {wanted} 已被占用。", "请换一个端口，或停止占用它的程序。", f"Port {wanted} is taken."
        )
    for port in range(first + 1, first + 100):
        if is_free(host, port):
            out.complain(_("端口 {first} 已被占用，改用 {port}。").format(first=first, port=port))
            return port
    raise Trouble("8000 到 8099 的端口都被占用。", "请用 --port 指定一个。", "Ports 8000-8099 are all taken.")


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Whether something accepts connections there (any address stands for this machine's own)."""
    target = _EVERYWHERE.get(host, host)
    try:
        socket.create_connection((target, port), timeout=1).close()
    except OSError:
        return False
    return True


def serves(host: str, port: int, *, is_secure: bool) -> bool:
    """Whether pages are served there: a web process may hold the port long before it has loaded the pages."""
    target = _EVERYWHERE.get(host, host)
    connection: http.client.HTTPConnection
    if is_secure:
        # Only whether it answers; the certificate need not name this machine's own address.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(target, port, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/livez", headers={"Host": "localhost"})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def shown_host(args: argparse.Namespace) -> str:
    """The name a person types: passkeys and cameras work on `localhost`, not on its number."""
    if args.hosts:
        return str(args.hosts.split(",")[0])
    if is_loopback(args.host):
        return "localhost"
    return socket.gethostname() if args.host in _EVERYWHERE else str(args.host)
