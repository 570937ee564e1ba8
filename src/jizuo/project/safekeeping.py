"""What a backup of this installation takes along: its files, its version, the ids of its keys; what a drill reads."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jizuo.ground import backup, bootstrap, logins
from jizuo.ground.process import Trouble
from jizuo.project import schema
from jizuo.project.start import set_up


def files_folder() -> Path:
    """Where stored files stand on the disk."""
    return bootstrap.data_folder() / "files"


def keys_file() -> Path:
    """The file of keys, which no backup contains."""
    return bootstrap.secrets_folder() / "keys.json"


def key_ids() -> list[str]:
    """Ids (hex) of the keys held now; empty before the first start."""
    try:
        return sorted(json.loads(keys_file().read_text(encoding="utf-8"))["keys"])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(
            f"读不出密钥文件 {keys_file()}：{error}",
            "请从密钥备份中放回。",
            f"Cannot read the key file {keys_file()}: {error}",
        ) from error


def missing_keys(folder: Path) -> list[str]:
    """Ids of keys that the backup's sealed values may need and that are not here."""
    return sorted(set(backup.read(folder).key_ids) - set(key_ids()))


def make(bootstrap_address: str, folder: Path, tell: backup.Step) -> backup.Manifest:
    """Back this installation up into `folder`; Trouble where there is no backup login."""
    made = bootstrap.ensure(bootstrap_address)
    if made.backup is None:
        raise Trouble(made.notes[0], "", made.notes[0])
    stamp = schema.stamp_of(made.owner)
    with logins.connect(made.backup) as reader:
        is_empty = not backup.table_names(reader)
    if is_empty:
        raise Trouble(
            "基座还没有建好表，没有可备份的内容。",
            "请先执行 jizuo migrate 或 jizuo run。",
            "The base has no tables yet: run jizuo migrate or jizuo run first.",
        )
    return backup.make(
        made.backup,
        folder,
        files_folder(),
        version=version("jizuo"),
        stamp=f"jizuo schema {stamp}" if stamp else "",
        key_ids=key_ids(),
        tell=tell,
    )


def unreadable(database: str, files: Path, tell: backup.Step) -> list[backup.Difference]:
    """Every content recorded in the restored `database` that cannot be read whole out of the restored folder
    `files`, or out of the bucket, which no backup takes along. Reads as the web does, so it also shows that the
    restored base opens. Sets Django up on that database: the last thing a process does.
    """
    os.environ["JIZUO_DB_NAME"] = database
    set_up("app")
    from django.db import connections

    from jizuo.ground import scope as scopes
    from jizuo.ground.files import jobs, store
    from jizuo.ground.keys import ring

    held = store.current()
    if isinstance(held, store.DiskStore):
        held = store.DiskStore(files, ring())
    try:
        with scopes.use(jobs.whole_base()):
            found = jobs.verify_all(held=held, tell=lambda checked: tell(checked.count, 0))
    finally:
        line: Any = connections["default"]
        line.close()
        line.close_pool()
    told = [("missing", address) for address in found.missing]
    told += [("damaged", address) for address in found.damaged]
    return [backup.Difference(f"files/{address}", "readable", how) for how, address in told]


def surplus(folder: Path, keep: int) -> list[Path]:
    """The finished backups below `folder` older than the newest `keep`, oldest first."""
    finished = sorted(path.parent for path in folder.glob("*/manifest.json"))
    return sorted(finished, key=lambda path: backup.read(path).made_at)[: max(0, len(finished) - keep)]
