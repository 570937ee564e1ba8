"""What the tests of files keep, and as whom."""

import hashlib
import io
from typing import Any

from jizuo.ground import scope as scopes

CSV = "姓名,班级\n张三,三（2）班\n".encode()
OTHER = "姓名,班级\n李四,三（2）班\n".encode()
THIRD = "姓名,班级\n王五,三（2）班\n".encode()


def address(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(stream: Any, name: str = "名单.csv", *, kind: str = "roster", grade: int = 3, **more: Any) -> Any:
    from jizuo.ground.files import actions

    return actions.keep(stream, name=name, kind=kind, grade=grade, **more)


def keep_as(base: Any, unit_no: int, content: bytes, name: str = "名单.csv", **more: Any) -> Any:
    """Keep `content` as a clerk of the unit."""
    with scopes.use(base.scope(unit_no)):
        return keep(io.BytesIO(content), name, **more)


def operator(base: Any) -> scopes.Scope:
    """The base's own scope over every unit there is."""
    with base.owner() as owner:
        units = tuple(no for (no,) in owner.execute("select unit_no from unit where unit_no > 0"))
    return scopes.base_scope(units)


def files_in(base: Any, unit_no: int) -> list[tuple[str, str, int]]:
    """(name, kind, grade) of the unit's files, oldest first."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        rows = owner.execute("select name, kind, grade from stored_file order by id")
        return [tuple(row) for row in rows]
