"""Backup, restore, and the drill that proves them: a dump and every file, with what each table must hold.

A backup is a folder: `database.dump` (pg_dump, custom format), `files/` (content-addressed, as they stand
sealed), `manifest.json`. Dump, row counts and row hashes come from one snapshot, so a restored base is compared
with what was there at that moment. Keys are not in it: a stolen backup then opens no sealed value.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from jizuo.ground import logins
from jizuo.ground.disk import DiskFull, disk_full
from jizuo.ground.process import Trouble
from jizuo.ground.programs import Programs, programs
from jizuo.plain import typed

FORMAT = 1
Step = Callable[[int, int], None]  # done, total

# What a row looks like as text must not depend on who reads it.
_PLAIN = (
    "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'iso_8601'; set extra_float_digits = 1;"
    " set bytea_output = 'hex'; set row_security = off; set search_path = public"
)


class Table(msgspec.Struct, frozen=True):
    """One table's rows: how many, and the SHA-256 of all of them in the order of their primary key."""

    rows: int
    sha256: str


class Kept(msgspec.Struct, frozen=True):
    """One file of the backup: its length in bytes and its SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. `tables` by name; `sequences` by name to their last value; `files` by relative path."""

    format: int
    made_at: datetime
    jizuo: str
    postgresql: str
    database: str
    role_prefix: str
    stamp: str
    tables: dict[str, Table]
    sequences: dict[str, int]
    dump: Kept
    files: dict[str, Kept]
    key_ids: list[str]


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it was: table, sequence or file, and both sides in words."""

    where: str
    expected: str
    found: str


def make(
    address: str,
    folder: Path,
    files_folder: Path,
    *,
    version: str = "",
    stamp: str = "",
    key_ids: list[str] | None = None,
    tell: Step = lambda done, total: None,
) -> Manifest:
    """Back up the database behind `address` (the backup login's) and every file below `files_folder`.

    `folder` must not exist; it appears whole at the end (made as `<folder>.half`, then renamed). `tell` counts
    tables and files together.
    """
    if folder.exists():
        raise Trouble(
            f"{folder} 已经存在。", "请换一个文件夹。", f"{folder} exists already: choose another folder."
        )
    half = folder.with_name(folder.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    try:
        manifest = _make(address, half, files_folder, version, stamp, key_ids or [], tell)
        (half / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        _sync(half / "manifest.json")
        half.rename(folder)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        if error.errno == 28:
            raise disk_full(folder.parent) from error
        raise
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return manifest


def _make(
    address: str, half: Path, files_folder: Path, version: str, stamp: str, key_ids: list[str], tell: Step
) -> Manifest:
    with _reader(address) as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read read only")
        snapshot = reader.execute("select pg_export_snapshot()").fetchone()
        tables = table_names(reader)
        # Bytes stand before their row: whatever the snapshot records is there by now.
        names = list(_files_in(files_folder))
        total = len(tables) + len(names) + 1
        dump = half / "database.dump"
        _run(
            programs(), "pg_dump", address,
            ["--format=custom", "--compress=6", f"--snapshot={snapshot[0] if snapshot else ''}", f"--file={dump}"],
        )  # fmt: skip
        tell(1, total)
        held = {}
        for done, name in enumerate(tables, start=2):
            held[name] = digest(reader, name)
            tell(done, total)
        sequences = sequence_values(reader)
        server = str(reader.info.parameter_status("server_version") or "").split(" ")[0]
        database = reader.info.dbname
    files = {}
    for done, name in enumerate(names, start=len(tables) + 2):
        target = half / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # Stored files never change, so a hard link would do; a copy survives a disk that loses a block.
        # What the sweep took away meanwhile had no use.
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(files_folder / name, target)
            files[name] = _kept(target)
        tell(done, total)
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC),
        jizuo=version,
        postgresql=server,
        database=database,
        role_prefix=logins.role_prefix(),
        stamp=stamp,
        tables=held,
        sequences=sequences,
        dump=_kept(dump),
        files=files,
        key_ids=sorted(key_ids),
    )


def read(folder: Path) -> Manifest:
    """The manifest of a backup; Trouble when there is none or it is not ours."""
    try:
        manifest = typed.from_json((folder / "manifest.json").read_bytes(), Manifest)
    except FileNotFoundError:
        raise Trouble(
            f"{folder} 里没有完整的备份（缺 manifest.json）。",
            "请选择 jizuo backup 做好的文件夹。",
            f"{folder} holds no finished backup (no manifest.json).",
        ) from None
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Trouble(
            f"读不懂备份 {folder} 的清单：{error}",
            "清单已损坏，请换一份备份。",
            f"The manifest of {folder} cannot be read: {error}",
        ) from error
    if manifest.format != FORMAT:
        raise Trouble(
            f"备份格式是 {manifest.format}，这个版本只认识 {FORMAT}。",
            "请用做备份的那个版本恢复。",
            f"Backup format {manifest.format}, this version knows {FORMAT}.",
        )
    return manifest


def verify(folder: Path, tell: Step = lambda done, total: None) -> list[Difference]:
    """Every file of the backup that is missing, damaged or not in the manifest; empty when it is whole."""
    manifest = read(folder)
    expected = {"database.dump": manifest.dump} | {
        f"files/{name}": kept for name, kept in manifest.files.items()
    }
    found = []
    for done, (name, kept) in enumerate(sorted(expected.items()), start=1):
        path = folder / name
        if not path.is_file():
            found.append(Difference(name, f"{kept.size} B", "missing"))
        elif (there := _kept(path)) != kept:
            found.append(Difference(name, f"{kept.size} B {kept.sha256}", f"{there.size} B {there.sha256}"))
        tell(done, len(expected))
    for name in _files_in(folder / "files"):
        if name not in manifest.files:
            found.append(Difference(f"files/{name}", "nothing", "a file nobody knows"))
    return found


def restore_database(
    folder: Path, bootstrap_address: str, database: str, secrets_folder: Path
) -> logins.Logins:
    """Restore the dump into `database`, which must not exist or hold no tables; returns its logins.

    It is filled under another name and renamed when it is whole, so a restore cut short leaves nothing behind.
    Needs a superuser: definer functions belong to roles that only one may hand things to.
    """
    manifest = read(folder)
    if manifest.role_prefix != logins.role_prefix():
        raise Trouble(
            f"备份里的角色前缀是 {manifest.role_prefix}，现在是 {logins.role_prefix()}。",
            f"请设 JIZUO_ROLE_PREFIX={manifest.role_prefix} 后再恢复。",
            f"The backup's role prefix is {manifest.role_prefix}: set JIZUO_ROLE_PREFIX to it.",
        )
    _refuse_full(bootstrap_address, database)
    half = f"{database}_restoring"
    drop(bootstrap_address, half)
    try:
        logins.ensure(bootstrap_address, half, secrets_folder)
        target = _on(bootstrap_address, half)
        _fill(target, folder / "database.dump")
        with logins.connect(bootstrap_address) as root:
            root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            root.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(half), sql.Identifier(database)
                )
            )
            if manifest.stamp:
                root.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                        sql.Identifier(database), sql.Literal(manifest.stamp)
                    )
                )
    except BaseException:
        drop(bootstrap_address, half)
        raise
    return logins.ensure(bootstrap_address, database, secrets_folder)


def _fill(target: str, dump: Path) -> None:
    tools = programs()
    with logins.connect(target) as connection:
        is_older = connection.info.server_version // 10000 < tools.major
    arguments = [f"--jobs={min(4, os.cpu_count() or 1)}", f"--dbname={_plain_of(target)}", str(dump)]
    if not is_older:
        _run(tools, "pg_restore", target, ["--exit-on-error", *arguments], names_database=False)
        return
    # A newer pg_restore sets parameters that an older server does not know; that, and nothing else, is let pass.
    try:
        _run(tools, "pg_restore", target, arguments, names_database=False)
    except Trouble as trouble:
        errors = [line for line in trouble.what.splitlines() if "error: " in line]
        harmless = "unrecognized configuration parameter"
        if not errors or any(harmless not in line for line in errors):
            raise


def restore_files(folder: Path, files_folder: Path, tell: Step = lambda done, total: None) -> int:
    """Copy the backup's files below `files_folder`; what is there with the same bytes stays. Returns how many came."""
    manifest = read(folder)
    came = 0
    for done, (name, kept) in enumerate(sorted(manifest.files.items()), start=1):
        target = files_folder / name
        if not (target.is_file() and _kept(target) == kept):
            target.parent.mkdir(parents=True, exist_ok=True)
            half = target.with_name(target.name + ".half")
            shutil.copyfile(folder / "files" / name, half)
            _sync(half)
            half.replace(target)
            came += 1
        tell(done, len(manifest.files))
    return came


def compare(manifest: Manifest, address: str, tell: Step = lambda done, total: None) -> list[Difference]:
    """Hold the database behind `address` (a backup login's) against the manifest, table by table."""
    found: list[Difference] = []
    with _reader(address) as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read read only")
        there = table_names(reader)
        for name in sorted(set(there) - manifest.tables.keys()):
            found.append(Difference(name, "no such table", "a table"))
        for done, (name, kept) in enumerate(sorted(manifest.tables.items()), start=1):
            if name not in there:
                found.append(Difference(name, f"{kept.rows} rows", "no such table"))
            elif (now := digest(reader, name)) != kept:
                found.append(
                    Difference(
                        name, f"{kept.rows} rows {kept.sha256[:16]}", f"{now.rows} rows {now.sha256[:16]}"
                    )
                )
            tell(done, len(manifest.tables))
        now_at = sequence_values(reader)
        for name, value in sorted(manifest.sequences.items()):
            if now_at.get(name) != value:
                found.append(Difference(name, f"sequence at {value}", f"sequence at {now_at.get(name)}"))
    return found


def shape(address: str) -> str:
    """Tables, policies, grants, functions as one text: `pg_dump --schema-only` without what changes each time."""
    said = _run(programs(), "pg_dump", address, ["--schema-only"])
    return "\n".join(
        line
        for line in said.splitlines()
        if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))
    )


def compare_shapes(address: str, other: str, most: int = 10) -> list[Difference]:
    """The first `most` lines in which two databases' tables, walls, grants and functions differ."""
    before, after = (one_spelling(shape(one)).splitlines() for one in (address, other))
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return [
        Difference("schema", line[1:], "missing")
        if line.startswith("-")
        else Difference("schema", "nothing", line[1:])
        for line in changed[:most]
    ]


def one_spelling(text: str) -> str:
    """Lists of words without casts and brackets: PostgreSQL prints them anew each time they are read back."""

    def plain(found: re.Match[str]) -> str:
        return re.sub(r"::(character varying|text)(\[\])?|[()]", "", found.group())

    return re.sub(r"\(*ARRAY\[.*\][^;]*", plain, text)


def table_names(reader: psycopg.Connection[Any]) -> list[str]:
    """All tables that hold rows themselves, partitions included and their parents not, by name."""
    return [
        name
        for (name,) in reader.execute(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
            " and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1"
        )
    ]


def digest(reader: psycopg.Connection[Any], table: str) -> Table:
    """Rows and their ordered SHA-256; streamed, so a table of any size needs no memory."""
    keys = [
        (name, is_text)
        for name, is_text in reader.execute(
            "select a.attname, a.attcollation <> 0 from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
            " and a.attnum = any(i.indkey) where i.indrelid = (%s)::regclass and i.indisprimary"
            " order by array_position(i.indkey::int2[], a.attnum)",
            [sql.Identifier("public", table).as_string(reader)],
        )
    ]
    order = sql.SQL(", ").join(
        sql.SQL("t.{} COLLATE \"C\"" if is_text else "t.{}").format(sql.Identifier(name)) for name, is_text in keys
    ) if keys else sql.SQL('t::text COLLATE "C"')  # fmt: skip
    statement = sql.SQL("COPY (SELECT t::text FROM public.{} t ORDER BY {}) TO STDOUT").format(
        sql.Identifier(table), order
    )
    rows, running = 0, hashlib.sha256()
    with reader.cursor().copy(statement) as stream:
        for block in stream:
            running.update(block)
            rows += bytes(block).count(b"\n")
    return Table(rows, running.hexdigest())


def sequence_values(reader: psycopg.Connection[Any]) -> dict[str, int]:
    """Last value of each sequence, 0 when it was never used."""
    found = reader.execute(
        "select sequencename, coalesce(last_value, 0) from pg_sequences where schemaname = 'public'"
    )
    return {str(name): int(value) for name, value in found}


def _reader(address: str) -> psycopg.Connection[Any]:
    reader = logins.connect(address)
    reader.execute(_PLAIN)
    return reader


def _files_in(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            # Parts of an upload still on its way are nobody's file yet.
            if path.is_file() and not path.name.endswith((".part", ".half")):
                yield path.relative_to(folder).as_posix()


def _kept(path: Path) -> Kept:
    with open(path, "rb") as stream:
        return Kept(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _sync(path: Path) -> None:
    with open(path, "rb") as stream:
        os.fsync(stream.fileno())


def _refuse_full(bootstrap_address: str, database: str) -> None:
    with logins.connect(bootstrap_address) as root:
        if not root.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
            return
    with logins.connect(_on(bootstrap_address, database)) as root:
        row = root.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        ).fetchone()
    if row and row[0]:
        raise Trouble(
            f"数据库 {database} 里已经有 {row[0]} 张表，没有动它。",
            "请恢复到一个空的基座（换 JIZUO_DATA 或 JIZUO_DB_NAME），确认后再切换。",
            f"Database {database} already holds {row[0]} tables: restore into an empty base (JIZUO_DATA or"
            " JIZUO_DB_NAME) and switch over.",
        )


def drop(bootstrap_address: str, database: str) -> None:
    """Drop a database, whoever is connected to it; harmless when it is not there."""
    with logins.connect(bootstrap_address) as root:
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _on(address: str, database: str) -> str:
    parts = conninfo_to_dict(address) | {"dbname": database}
    return psycopg.conninfo.make_conninfo(**{key: str(value) for key, value in parts.items()})


def _plain_of(address: str) -> str:
    parts = {key: str(value) for key, value in conninfo_to_dict(address).items() if key != "password"}
    return psycopg.conninfo.make_conninfo(**parts)


def _run(
    tools: Programs, program: str, address: str, arguments: list[str], *, names_database: bool = True
) -> str:
    """Run a PostgreSQL program; the password goes by environment, never on the command line others can read."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    env["PGPASSWORD"] = str(conninfo_to_dict(address).get("password") or "")
    command = [tools[program], *([f"--dbname={_plain_of(address)}"] if names_database else []), *arguments]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ran.returncode != 0:
        said = ran.stderr.strip()
        if "No space left on device" in said:
            raise DiskFull("磁盘满了，备份没有完成。", "请腾出空间后重试。", "Disk full: free some space.")
        raise Trouble(f"{program} 失败：{said}", "请按上面的提示处理后重试。", f"{program} failed: {said}")
    return ran.stdout


def latest(folder: Path) -> tuple[Path, datetime] | None:
    """The newest finished backup below `folder` and when it was made (UTC); None when there is none."""
    found = []
    for path in folder.glob("*/manifest.json"):
        try:
            made_at = datetime.fromisoformat(json.loads(path.read_bytes())["made_at"])
        except (OSError, ValueError, KeyError):
            continue
        found.append((made_at, path.parent))
    if not found:
        return None
    made_at, place = max(found)
    return place, made_at
