"""What an operator looks at: whether the base is well, what waits in its outbox, who did what."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import backup, bootstrap, census
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.paging import page_of, page_size
from jizuo.ground.queries import AUDIT, AuditView
from jizuo.ground.shapes import Page

BACKUP_HOURS, HEARTBEAT_SECONDS, OUTBOX_MINUTES = 26, 60, 10
LEAST_FREE_GB, LEAST_FREE_SHARE = 1, 0.1
OK, WARN, BAD = "ok", "warn", "bad"


class Sign(msgspec.Struct, frozen=True):
    """One thing looked at. state: ok, warn or bad; fix: how to mend it, '' when well."""

    title: str
    state: str
    what: str
    fix: str = ""


VITALS = """
select (select extract(epoch from clock_timestamp() - max(last_heartbeat))::float8 from procrastinate_workers),
       (select extract(epoch from clock_timestamp() - min(at))::float8 from fact where state = 'waiting'),
       (select count(*) from fact where state = 'waiting'), (select count(*) from fact where state = 'dead'),
       current_setting('server_version'), pg_database_size(current_database())
"""


@source(title="运行状况", roles=[scopes.OPERATOR], reach=PAGE)
def vitals() -> list[Sign]:
    """Database, worker, outbox, disk and backup. One read of the database."""
    with connection.cursor() as cursor:
        cursor.execute(VITALS)
        beat, oldest, waiting, dead, version, size = cursor.fetchone()
    return [
        Sign(_("数据库"), OK, _("PostgreSQL %(version)s，%(size).1f GB") % {"version": version.split()[0], "size": size / 2**30}),
        worker_sign(beat),
        outbox_sign(oldest, waiting, dead),
        disk_sign(),
        backup_sign(datetime.now(UTC)),
    ]  # fmt: skip


def worker_sign(beat: float | None) -> Sign:
    """beat: seconds since the last sign of life of any worker; None: there is none."""
    title = _("后台进程")
    if beat is None:
        return Sign(title, WARN, _("没有后台进程在运行"), _("请执行 jizuo run；任务会等着，不会丢"))
    if beat > HEARTBEAT_SECONDS:
        return Sign(
            title, BAD, _("%(age).0f 秒没有动静") % {"age": beat}, _("请看 logs/worker.log，再重启 jizuo run")
        )
    return Sign(title, OK, _("%(age).0f 秒前有动静") % {"age": beat})


def outbox_sign(oldest: float | None, waiting: int, dead: int) -> Sign:
    """oldest: age in seconds of the fact that waits longest, None when none waits."""
    title = _("消息")
    if dead:
        return Sign(title, BAD, _("%(count)s 条投不出去") % {"count": dead}, _("请在“消息”里看原因后重投"))
    if oldest is not None and oldest > OUTBOX_MINUTES * 60:
        what = _("%(count)s 条在等，最久的 %(age).0f 分钟") % {"count": waiting, "age": oldest / 60}
        return Sign(title, WARN, what, _("请看后台进程是否在运行"))
    return Sign(title, OK, _("%(count)s 条在等") % {"count": waiting})


def disk_sign() -> Sign:
    """Room on the data folder's disk."""
    usage = shutil.disk_usage(bootstrap.data_folder())
    free, share = usage.free / 2**30, usage.free / usage.total
    state = BAD if free < LEAST_FREE_GB else WARN if share < LEAST_FREE_SHARE else OK
    what = _("还有 %(free).1f GB（%(share).0f%%）") % {"free": free, "share": share * 100}
    return Sign(_("磁盘"), state, what, "" if state == OK else _("请清理旧备份和日志，或换更大的磁盘"))


def backup_sign(now: datetime) -> Sign:
    """The age of the newest backup."""
    title, fix = _("备份"), _("请执行 jizuo backup，并设好每天的定时任务")
    found = backup.latest(bootstrap.data_folder() / "backups")
    if found is None:
        return Sign(title, WARN, _("还没有备份"), fix)
    age = now - found[1]
    what = _("最近一份在 %(hours).0f 小时前") % {"hours": age.total_seconds() / 3600}
    is_old = age > timedelta(hours=BACKUP_HOURS)
    return Sign(title, BAD if is_old else OK, what, fix if is_old else "")


@source(title="隔离墙与表结构", roles=[scopes.OPERATOR], reach=PAGE)
def wall_signs() -> list[Sign]:
    """The census and the migrations: slower than the rest, loaded apart."""
    found = [Sign(_("隔离墙"), BAD, str(breach), breach.fix) for breach in census.breaches()]
    if not found:
        found.append(Sign(_("隔离墙"), OK, _("每张表都在墙内")))
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        found.append(
            Sign(
                _("表结构"),
                BAD,
                _("差 %(count)s 步升级") % {"count": len(missing)},
                _("请先备份，再执行 jizuo migrate"),
            )
        )
    else:
        found.append(Sign(_("表结构"), OK, _("是这个版本的")))
    return found


@source(
    title="查审计记录", roles=[scopes.OPERATOR, scopes.SECURITY_OFFICER, scopes.DISTRICT_ADMIN], reach=PAGE
)
def audit_found(
    *,
    doors: Sequence[str] = (),
    result: str = "",
    role: str = "",
    since: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page[AuditView]:
    """Entries of the units in reach, newest first. doors: any of these names, all when empty; since: this civil
    day and later; before: id of the last entry of the page before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {AUDIT} from audit_entry e left join account a on a.id = e.account_id"
            " where (%(doors)s::text[] = '{}' or e.door = any(%(doors)s)) and (%(result)s = '' or e.result = %(result)s)"
            " and (%(role)s = '' or e.role = %(role)s) and (%(since)s::timestamptz is null or e.at >= %(since)s)"
            " and (%(before)s::bigint is null or e.id < %(before)s) order by e.id desc limit %(limit)s",
            {
                "doors": list(doors),
                "result": result,
                "role": role,
                "since": timezone.make_aware(datetime.combine(since, time.min)) if since else None,
                "before": before,
                "limit": page_size(limit) + 1,
            },
        )
        rows = cursor.fetchall()
    return page_of(rows, limit, lambda row: AuditView(*row))


@source(title="可管理的单位", roles=[scopes.OPERATOR, scopes.DISTRICT_ADMIN], reach=PAGE)
def reached_units() -> list[tuple[int, str]]:
    """(unit_no, name) of the units in reach, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            'select unit_no, name from unit where unit_no = any(%s) and unit_no > 0 order by sort_key collate "C", unit_no',
            [list(scopes.current().units)],
        )
        return list(cursor.fetchall())
