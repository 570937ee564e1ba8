"""The generated part of the documents: ``python tools/reference.py write | check``.

``docs/reference/doors.md``, ``datasets.md`` and ``roles.md`` say what the code declares, so they are written
from the declarations; ``check`` names each file that differs from them. Needs no database.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTE = "Written by `tools/reference.py write` from the code; a test compares the two.\n"
#: Grade of sensitivity -> its word (`jizuo.hubs.data.datasets`).
GRADES = {1: "public", 2: "internal", 3: "personal", 4: "sensitive", 5: "important"}
WALLS = {"unit": "a unit's rows", "person": "a person's rows"}

#: What a door of each level says of itself (`jizuo.ground.strength`).
STRENGTH = {0: "", 2: " · asks for a second factor", 3: " · asks for a passkey of whoever has one"}


def room_title(room: str) -> str:
    """The first sentence of what the room's package says of itself."""
    from importlib import import_module

    from jizuo.project.rooms import ROOMS

    module = next(name for name in ROOMS if name.rpartition(".")[2] == room)
    return (import_module(module).__doc__ or "").strip().splitlines()[0]


def listed(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def roles_of(door: Any) -> str:
    """Who may by default, in the order of the role list; every role at once is one word."""
    from jizuo.ground import doors, scope

    if door.roles >= scope.ROLES:
        rest = sorted(door.roles - scope.ROLES)
        return "every role" + (f", {listed(rest)}" if rest else "")
    known = [role for role in doors.ROLE_TITLES if role in door.roles]
    found = listed([*known, *sorted(door.roles - set(known))])
    return found or "nobody: called by other doors, jobs and commands only"


def parameter_text(parameter: inspect.Parameter) -> str:
    text = f"{parameter.name}: {parameter.annotation}"
    return text if parameter.default is inspect.Parameter.empty else f"{text} = {parameter.default!r}"


def house_doors() -> list[Any]:
    """Every door of the house by name; doors that a test made are left out."""
    from jizuo.ground.doors import all_doors

    return [door for _name, door in sorted(all_doors().items()) if door.call.__module__.startswith("jizuo.")]


def doors_page() -> Iterator[str]:
    found = house_doors()
    yield "# Doors\n"
    yield NOTE
    yield (
        "An *action* writes, a *source* reads. Reach: `inner` (other rooms, jobs, commands), `page` (also hand-made\n"
        "pages), `api` (also the generated interface at `/as/<grant>/api/`). Roles are the defaults of the plates; a\n"
        "unit or the whole base may override them. How a door works: [doors](../start/doors.md).\n"
    )
    yield "| room | actions | sources | in the interface |"
    yield "|---|---:|---:|---:|"
    rooms = [(room, list(below)) for room, below in groupby(found, key=lambda door: door.name.split(".")[0])]
    for room, below in rooms:
        counts = [sum(door.kind == kind for door in below) for kind in ("action", "source")]
        yield f"| [{room}](#{room}) | {counts[0]} | {counts[1]} | {sum(door.reach == 'api' for door in below)} |"
    for room, below in rooms:
        yield f"\n## {room}\n"
        yield room_title(room)
        for door in below:
            yield f"\n### {door.name}\n"
            second = STRENGTH[door.level]
            yield f"**{door.title}** · {door.kind} · {door.reach}{second} · {roles_of(door)}\n"
            given = [parameter_text(parameter) for parameter in door.signature.parameters.values()]
            answer = door.signature.return_annotation
            yield "```python"
            head = f"{door.name}("
            if len(head) + len(", ".join(given)) + len(str(answer)) > 90:
                yield head
                yield from (f"    {text}," for text in given)
                yield f") -> {answer}"
            else:
                yield f"{head}{', '.join(given)}) -> {answer}"
            yield "```"
            yield inspect.getdoc(door.call) or ""


def datasets_page() -> Iterator[str]:
    from jizuo.hubs.data.datasets import shipped

    found = sorted(shipped().values(), key=lambda dataset: dataset.name)
    yield "# Datasets\n"
    yield NOTE
    yield (
        "Grade: 1 public, 2 internal, 3 personal, 4 sensitive, 5 important. Source: who has the last word on the field\n"
        "(`register` the roll or staff register, `school`, `family`; empty: whoever spoke last). Code tables stand in\n"
        "`src/jizuo/hubs/data/codes/`. A *master* dataset keeps what each source said of each record.\n"
    )
    yield "| dataset | title | fields | wall | master |"
    yield "|---|---|---:|---|---|"
    for dataset in found:
        yield (
            f"| [{dataset.name}](#{dataset.name}) | {dataset.title} | {len(dataset.fields)} |"
            f" {dataset.wall} | {'yes' if dataset.is_master else 'no'} |"
        )
    for dataset in found:
        yield f"\n## {dataset.name}\n"
        master = " · master" if dataset.is_master else ""
        yield (
            f"**{dataset.title}** · {dataset.english} · version {dataset.version} · table `{dataset.table}` ·"
            f" {WALLS[dataset.wall]}{master} · room {dataset.room}\n"
        )
        yield "| field | 字段 | English | type | grade | source | code table | purpose |"
        yield "|---|---|---|---|---|---|---|---|"
        for field in dataset.fields.values():
            kind = (
                field.db_type if field.kind in ("text", field.db_type) else f"{field.db_type} ({field.kind})"
            )
            yield (
                f"| `{field.key}` | {field.title} | {field.english} | {kind} | {field.grade} {GRADES[field.grade]} |"
                f" {field.owner} | {field.code_table} | {field.purpose} |"
            )


def roles_page() -> Iterator[str]:
    from django.utils.translation import override

    from jizuo.ground import doors, scope
    from jizuo.ground.pages import shell

    found = house_doors()
    pages = sorted(
        (page for page in shell._pages.values() if page.view.__module__.startswith("jizuo.")),
        key=lambda page: page.path,
    )
    yield "# Roles and pages\n"
    yield NOTE
    yield (
        "The acting role stands in the address (`/as/<grant>/...`); its reach is that role's alone. Every account has two\n"
        f"more, which are no acting roles: `{scope.SELF}` (its own pages) and `{scope.VISITOR}` (before the sign-in).\n"
    )
    kinds = [
        ("district", scope.DISTRICT_ROLES),
        ("school", scope.SCHOOL_ROLES),
        ("class", scope.CLASS_ROLES),
        ("family", scope.FAMILY_ROLES),
    ]
    with override("zh-hans"):
        yield "| role | 名称 | reach | pages | doors | of these in the interface |"
        yield "|---|---|---|---:|---:|---:|"
        for role in doors.ROLE_TITLES:
            kind = next((word for word, roles in kinds if role in roles), "base")
            mine = [door for door in found if role in door.roles]
            seen = sum(role in page.roles for page in pages)
            is_api = sum(door.reach == "api" for door in mine)
            yield f"| `{role}` | {doors.role_title(role)} | {kind} | {seen} | {len(mine)} | {is_api} |"
        yield "\n## Pages\n"
        yield "| below `/as/<grant>/` | 页面 | in the menu | roles |"
        yield "|---|---|---|---|"
        for page in pages:
            who = (
                "every role"
                if page.roles == scope.ROLES
                else listed(r for r in doors.ROLE_TITLES if r in page.roles)
            )
            yield f"| `{page.path or '/'}` | {page.title} | {'yes' if page.in_menu else ''} | {who} |"


PAGES = {"doors.md": doors_page, "datasets.md": datasets_page, "roles.md": roles_page}


def text_of(name: str) -> str:
    """What the code says page `name` should hold. Django must be set up."""
    from jizuo.project import rooms

    rooms.plates()
    return "\n".join(PAGES[name]()).rstrip() + "\n"


def stale() -> list[str]:
    """Names of the pages that differ from what the code says."""
    return [
        name
        for name in PAGES
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text_of(name)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("act", choices=("write", "check"))
    act = parser.parse_args().act
    with tempfile.TemporaryDirectory() as scratch:
        # The plates want settings, and settings want keys: not those of a base that may stand beside.
        os.environ["JIZUO_DATA"] = scratch
        from jizuo.project.start import set_up

        set_up("app")
        if act == "check":
            old = stale()
            for name in old:
                print(f"docs/reference/{name}: not what the code says; run python tools/reference.py write")
            return 1 if old else 0
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in PAGES:
            (FOLDER / name).write_text(text_of(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
