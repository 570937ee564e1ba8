"""What else changes in a draft when a table gets or loses fields: the step that keeps it and the lists on the pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing.sheets import file_changes
from jizuo.ground.packs.studio.plain import Changes, Files


def kept(files: Files, name: str, form: str, fresh: Sequence[str], gone: Collection[str]) -> Changes:
    """New fields of table `name` are written by the steps that write it from `form`; those that went are let go."""
    changes: Changes = {}
    for flow in plain.names(files, "flows"):
        path = f"flows/{flow}.yaml"
        told = plain.told(files, path)
        if told.get("form") != form:
            continue
        new = told | {"steps": _set(told.get("steps"), name, fresh, gone)}
        if undo := plain.mapped(told.get("undo")):
            new["undo"] = undo | {"steps": _set(undo.get("steps"), name, (), gone)}
        changes |= file_changes(files, path, new)
    return changes


def _set(steps: Any, name: str, fresh: Sequence[str], gone: Collection[str]) -> list[dict[str, Any]]:
    found = []
    for one in map(plain.mapped, plain.listed(steps)):
        if one.get("into") == name:
            held = {key: value for key, value in plain.mapped(one.get("set")).items() if key not in gone}
            one = one | {"set": held | {key: f"form.{key}" for key in fresh}}
        found.append(one)
    return found


def listed(files: Files, name: str, fresh: Sequence[str], gone: Collection[str]) -> Changes:
    """New fields of table `name` are shown where it is listed; those that went are not."""
    changes: Changes = {}
    for page in plain.names(files, "pages"):
        path = f"pages/{page}.yaml"
        told = plain.told(files, path)
        blocks = []
        for block in plain.listed(told.get("blocks")):
            one = plain.mapped(block)
            if one.get("data") == name and one.get("kind") == "table" and one.get("columns"):
                columns = [key for key in plain.listed(one["columns"]) if key not in gone]
                one = one | {"columns": [*columns, *(key for key in fresh if key not in columns)]}
            blocks.append(one)
        changes |= file_changes(files, path, told | {"blocks": blocks})
    return changes
