"""Folders of ours on the disk: secrets, folders of another account, and a disk without room."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from jizuo.ground.process import Account, Trouble

MIN_FREE_BYTES = 96 * 1024 * 1024


class DiskFull(Trouble):
    """There is no room left where the database writes."""


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read (0600), replacing it in one step; its folder is made 0700."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A name of its own: two processes may write the same secret at once, and the last one stands.
    half = path.with_name(f"{path.name}.{secrets.token_hex(6)}.half~")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(path)


def own_folder(folder: Path, account: Account) -> None:
    """Make `folder` (0700) for `account`, or make sure it is a real folder of theirs; Trouble when not."""
    try:
        folder.mkdir(mode=0o700)
        give(folder, account)
    except FileExistsError:
        info = folder.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid != account.uid:
            raise Trouble(
                f"{folder} 不属于账号 {account.name}。",
                "请用原来的账号运行，或移走它。",
                f"{folder} does not belong to {account.name}: run as its owner, or move it away.",
            ) from None
        folder.chmod(0o700)


def give(path: Path, account: Account) -> None:
    """Hand `path` to the account when we run as another."""
    if account.switch:
        os.chown(path, account.uid, account.gid)


def check_room(home: Path) -> None:
    """Raise DiskFull when a database could not work in `home` for want of room."""
    if shutil.disk_usage(home).free < MIN_FREE_BYTES:
        raise disk_full(home)


def disk_full(place: Path) -> DiskFull:
    """The error that says how much room is left at `place` and how much is needed."""
    free = shutil.disk_usage(place).free // (1024 * 1024)
    need = MIN_FREE_BYTES // (1024 * 1024)
    return DiskFull(
        f"磁盘满了：{place} 所在的磁盘只剩 {free} MB，数据库至少需要 {need} MB。",
        "请腾出空间；已经确认的数据都在，空间够了再启动即可继续。",
        f"Disk full: {free} MB left at {place}, the database needs {need} MB. Free some space and start"
        " again; everything acknowledged is kept.",
    )


def from_os_error(error: OSError, place: Path) -> Trouble:
    """What an operating-system error about the data folder means, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place if place.exists() else place.parent)
    return Trouble(
        f"数据文件夹 {place} 不能使用：{error.strerror}（{error.filename or ''}）。",
        "请检查它的权限，或用 JIZUO_DATA 指定另一个文件夹。",
        f"Data folder {place} cannot be used: {error.strerror} ({error.filename or ''}).",
    )
