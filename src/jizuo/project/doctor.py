"""What is wrong with an installation, in words, each with how to mend it. Looks only; changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import psycopg

import jizuo
from jizuo.ground import backup, bootstrap, logins
from jizuo.ground.process import Trouble
from jizuo.ground.programs import home_of, is_running, programs
from jizuo.project import budget, safekeeping, schema, tls
from jizuo.project.words import _

State = Literal["ok", "warn", "bad"]
BACKUP_HOURS = 26
HEARTBEAT_SECONDS = 60
CERTIFICATE_DAYS = 14
CLOCK_SECONDS = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `what` says how it is, `fix` how to mend it (empty when ok)."""

    name: str
    state: State
    what: str
    fix: str = ""


def examine(*, port: int | None = None, cert: Path | None = None, key: Path | None = None) -> list[Finding]:
    """Every finding, in the order one would mend them. A look that fails is itself a finding, never a crash."""
    found: list[Finding] = []
    for look in (programs_run, folder_rights, keys, disk):
        found += _guarded(look.__name__, look)
    addresses = bootstrap.connect()
    reached = _guarded("database", lambda: database(addresses))
    found += reached
    if all(one.state != "bad" for one in reached):
        for name, look in (
            ("logins", lambda: login_rights(addresses)),
            ("migrations", lambda: migrations(addresses)),
            ("wall", lambda: wall(addresses)),
            ("connections", lambda: connections(addresses)),
            ("worker", lambda: worker(addresses)),
            ("clock", lambda: clock(addresses)),
        ):
            found += _guarded(name, look)
    for name, look in (
        ("pages", static_built),
        ("translations", translations),
        ("backup", backups),
        ("port", lambda: listening(port)),
        ("tls", lambda: certificate(cert, key)),
    ):
        found += _guarded(name, look)
    return found


def _guarded(name: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Trouble as trouble:
        return [Finding(name, "bad", trouble.what, trouble.fix)]
    except (OSError, psycopg.Error) as error:
        said = " ".join(str(error).split())
        return [
            Finding(
                name,
                "bad",
                _("检查时出错：{said}").format(said=said),
                _("请按出错信息处理后再运行 jizuo doctor。"),
            )
        ]


def programs_run() -> Iterator[Finding]:
    """Python and the database programs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("programs", "ok", f"Python {version}, PostgreSQL {programs().version}")


def folder_rights() -> Iterator[Finding]:
    """The data folder can be written and its secrets are closed to others."""
    data = bootstrap.data_folder()
    if not data.exists():
        yield Finding(
            "folder", "bad", _("数据文件夹 {data} 还没有。").format(data=data), _("请先运行 jizuo run。")
        )
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding("folder", "bad", _("当前账号不能写数据文件夹 {data}。").format(data=data),
                      _("请用启动基座的账号运行，或改正它的所有者。"))  # fmt: skip
    else:
        yield Finding("folder", "ok", str(data))
    secrets = bootstrap.secrets_folder()
    for path in [secrets, *sorted(secrets.glob("*"))] if secrets.exists() else []:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "secrets", "bad", _("{path} 别的账号也能读。").format(path=path), f"chmod go-rwx {path}"
            )


def keys() -> Iterator[Finding]:
    """The key file is there and can be read."""
    held = safekeeping.key_ids()
    if held:
        yield Finding("keys", "ok", _("有 {count} 把密钥。").format(count=len(held)))
    else:
        yield Finding("keys", "warn", _("还没有密钥文件 {path}。").format(path=safekeeping.keys_file()),
                      _("第一次启动会自动建立；若是恢复来的基座，请放回原来的 keys.json。"))  # fmt: skip


def disk() -> Iterator[Finding]:
    """Room on the data folder's disk: below 10 % a warning, below 1 GB bad (BAK-6)."""
    place = next(
        path for path in (bootstrap.data_folder(), *bootstrap.data_folder().parents) if path.exists()
    )
    usage = shutil.disk_usage(place)
    free_gb, share = usage.free / 2**30, usage.free / usage.total
    what = _("{place} 还有 {free:.1f} GB（{share:.0%}）。").format(place=place, free=free_gb, share=share)
    fix = _("请清理旧备份和日志，或换更大的磁盘。")
    state: State = "bad" if free_gb < 1 else "warn" if share < 0.1 else "ok"
    yield Finding("disk", state, what, "" if state == "ok" else fix)


def database(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """It answers to `app`, and which version it is."""
    if addresses.is_embedded and not is_running(bootstrap.data_folder()):
        cluster = home_of(bootstrap.data_folder()) / "cluster"
        what = _("内置数据库没有运行。") if cluster.exists() else _("内置数据库还没有建立。")
        yield Finding("database", "bad", what, _("请执行 jizuo run。"))
        return
    with logins.connect(addresses.app) as connection:
        version = connection.info.server_version
        what = f"PostgreSQL {version // 10000}.{version % 10000}"
        if version < 150000:
            yield Finding("database", "bad", what, _("基座需要 PostgreSQL 15 或更新。"))
            return
        checksums = connection.execute("select current_setting('data_checksums')").fetchone()
        if checksums and checksums[0] != "on":
            yield Finding(
                "checksums", "warn", _("数据库没有开启校验和。"), _("停库后执行 pg_checksums --enable。")
            )
        yield Finding("database", "ok", what)


def login_rights(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """The four logins exist, sign in, and hold no right they should not have (RLS-1)."""
    with logins.connect(addresses.app) as connection:
        names = {logins.role_name(login): login for login in logins.LOGINS}
        rows = connection.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole or rolcreatedb or rolreplication, rolcanlogin"
            " from pg_roles where rolname = any(%s)",
            [list(names)],
        ).fetchall()
    there = {names[row[0]]: row[1:] for row in rows}
    fix = _("请执行 jizuo migrate，它会改正。")
    bad = False
    for login in logins.LOGINS:
        role = logins.role_name(login)
        if login not in there:
            bad = True
            state: State = "warn" if login == "backup" else "bad"
            yield Finding("logins", state, _("数据库角色 {role} 没有建立。").format(role=role), fix)
            continue
        is_super, bypasses, makes, may_login = there[login]
        if is_super or makes or not may_login or bypasses != (login == "backup"):
            bad = True
            yield Finding(
                "logins", "bad", _("数据库角色 {role} 的权限不对，隔离墙可能被绕过。").format(role=role), fix
            )
            continue
        try:
            psycopg.connect(addresses.of(login), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            bad = True
            said = " ".join(str(error).split())
            yield Finding(
                "logins", "bad", _("角色 {role} 登录不上：{said}").format(role=role, said=said), fix
            )
    if not bad:
        yield Finding("logins", "ok", ", ".join(sorted(names)))


def migrations(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """The tables are those of this version."""
    if schema.is_current(addresses.owner):
        yield Finding("migrations", "ok", _("数据库是这个版本的。"))
    else:
        yield Finding(
            "migrations", "bad", _("数据库还不是这个版本的。"), _("请先备份，再执行 jizuo migrate。")
        )


def wall(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """The census: every table walled as declared."""
    with logins.connect(addresses.app) as connection:
        row = connection.execute("select to_regclass('public.django_migrations') is not null").fetchone()
    if not row or not row[0]:
        yield Finding("wall", "bad", _("数据库里还没有表。"), _("请执行 jizuo migrate。"))
        return
    from jizuo.project.start import set_up

    set_up("app")
    from jizuo.ground import census

    breaches = census.breaches()
    for breach in breaches:
        yield Finding("wall", "bad", f"{breach.rule} {breach.where}: {breach.what}", breach.fix)
    if not breaches:
        yield Finding("wall", "ok", _("隔离墙完整。"))


def connections(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """The default number of processes fits into the server's connections."""
    wanted = budget.of(max(2, min(8, os.cpu_count() or 2)), 2)
    spare = budget.check(wanted, addresses.owner)
    yield Finding(
        "connections",
        "ok",
        _("需要 {total} 个连接，还余 {spare} 个。").format(total=wanted.total, spare=spare),
    )


def worker(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """A worker has given a sign of life lately."""
    with logins.connect(addresses.app) as connection:
        row = connection.execute("select to_regclass('public.procrastinate_workers') is not null").fetchone()
        if not row or not row[0]:
            return
        beat = connection.execute(
            "select extract(epoch from now() - max(last_heartbeat))::float8 from procrastinate_workers"
        ).fetchone()
    age = beat[0] if beat else None
    if age is None:
        yield Finding(
            "worker", "warn", _("没有后台进程在运行。"), _("请执行 jizuo run；任务会等着，不会丢。")
        )
    elif age > HEARTBEAT_SECONDS:
        yield Finding("worker", "bad", _("后台进程 {age:.0f} 秒没有动静。").format(age=age),
                      _("请看 logs/worker.log，再重启 jizuo run。"))  # fmt: skip
    else:
        yield Finding("worker", "ok", _("后台进程 {age:.0f} 秒前有动静。").format(age=age))


def clock(addresses: bootstrap.Addresses) -> Iterator[Finding]:
    """This machine's clock and the database's agree, and neither stands before this version was made."""
    with logins.connect(addresses.app) as connection:
        row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    yield from clock_finding(time.time(), row[0] if row else 0.0)


def clock_finding(here: float, there: float) -> Iterator[Finding]:
    """Both in seconds since 1970."""
    fix = _("请打开时间同步（NTP）。")
    newest = max(path.stat().st_mtime for path in Path(jizuo.__file__).parent.glob("*.py"))
    if abs(here - there) > CLOCK_SECONDS:
        yield Finding(
            "clock", "bad", _("本机与数据库的时钟相差 {gap:.0f} 秒。").format(gap=here - there), fix
        )
    elif here < newest - 86400:
        yield Finding(
            "clock", "bad", _("时钟停在过去：{at}。").format(at=datetime.fromtimestamp(here, UTC)), fix
        )
    else:
        yield Finding("clock", "ok", datetime.fromtimestamp(here, UTC).isoformat(timespec="seconds"))


def static_built() -> Iterator[Finding]:
    """Styles and scripts have been built."""
    built = Path(jizuo.__file__).parent / "ground" / "static" / "dist"
    if built.is_dir() and any(path.suffix == ".css" for path in built.rglob("*")):
        yield Finding("pages", "ok", str(built))
    else:
        yield Finding("pages", "bad", _("页面的样式和脚本还没有生成。"), _("请执行 make run，它会先生成。"))


def translations() -> Iterator[Finding]:
    """The English words are compiled and not older than their source."""
    source = Path(jizuo.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        yield Finding("translations", "ok", str(compiled))
    else:
        yield Finding(
            "translations",
            "warn",
            _("英文翻译没有编译或已过时。"),
            _("请执行 python tools/i18n.py compile。"),
        )


def backups() -> Iterator[Finding]:
    """The last backup is younger than 26 hours (BAK-6)."""
    found = backup.latest(bootstrap.data_folder() / "backups")
    fix = _("请执行 jizuo backup，并设好每天的定时任务（见 deploy/）。")
    if found is None:
        yield Finding("backup", "warn", _("还没有备份。"), fix)
        return
    hours = (datetime.now(UTC) - found[1]).total_seconds() / 3600
    what = _("最近一份备份是 {hours:.0f} 小时前的：{place}").format(hours=hours, place=found[0])
    yield Finding(
        "backup", "ok" if hours < BACKUP_HOURS else "bad", what, "" if hours < BACKUP_HOURS else fix
    )


def listening(port: int | None) -> Iterator[Finding]:
    """Whether the pages answer on `port` (default 8000)."""
    from jizuo.project.commands.run import answers

    number = port or 8000
    if answers("127.0.0.1", number):
        yield Finding("port", "ok", _("端口 {port} 有程序在听。").format(port=number))
    else:
        yield Finding(
            "port", "warn", _("端口 {port} 没有程序在听。").format(port=number), _("请执行 jizuo run。")
        )


def certificate(cert: Path | None, key: Path | None) -> Iterator[Finding]:
    """A certificate that was named can be read, fits its key and holds for two more weeks."""
    if cert is None or key is None:
        return
    found = tls.read(cert, key)
    days = found.days_left()
    fix = _("请换新证书，再重启 jizuo run。")
    what = _("证书（{names}）还有 {days} 天。").format(names=", ".join(found.names) or "-", days=days)
    state: State = "bad" if days < 0 else "warn" if days < CERTIFICATE_DAYS else "ok"
    yield Finding("tls", state, what, "" if state == "ok" else fix)


def as_facts(found: list[Finding]) -> list[dict[str, Any]]:
    """For `--json`."""
    return [{"name": one.name, "state": one.state, "what": one.what, "fix": one.fix} for one in found]
