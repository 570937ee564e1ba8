"""A copy of a scene under a name of its own: its datasets and code tables take the new name wherever a file refers to them.

The files are read, their references are found by where they stand, and only files that refer to something are written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jizuo.ground.packs import reading
from jizuo.ground.packs.files import BadPack
from jizuo.ground.packs.parts import HEAD, ROLES
from jizuo.ground.packs.studio import plain

Rename = Callable[[str], str]
#: Where a name stands as a value: folder -> words.
_VALUES: Mapping[str, tuple[str, ...]] = {
    "standards": ("dataset", "code"), "forms": ("over", "code"), "flows": ("into",), "pages": ("data", "sheet"),
    "indicators": ("of",), "alerts": ("of",),
}  # fmt: skip
#: Where names stand as keys of a mapping, or as a list.
_KEYS: Mapping[str, tuple[str, ...]] = {
    ROLES: ("read", "write", "open"),
    "examples": ("put", "rows", "no_rows"),
}


def names_of(files: plain.Files, scene: str) -> dict[str, tuple[str, ...]]:
    """folder -> names that belong to the scene by their beginning: its datasets and its code tables."""
    return {
        folder: tuple(
            name for name in plain.names(files, folder) if name == scene or name.startswith(f"{scene}_")
        )
        for folder in ("standards", "codes")
    }


def renamed(
    files: plain.Files, new_id: str, title: str, *, owner: str = "", version: str = "1.0"
) -> dict[str, str]:
    """The files of a pack as a scene of another id. title: its own, '' to keep that of the first. Raises BadPack for a
    file that cannot be read."""
    head = reading.of_yaml(files[HEAD])
    old_id = str(head["id"])
    held = names_of(files, old_id)
    datasets, tables = set(held["standards"]), set(held["codes"])

    def name(value: str) -> str:
        return new_id + value[len(old_id) :]

    def dataset(value: str) -> str:
        return name(value) if value in datasets else value

    def table(value: str) -> str:
        return name(value) if value in tables else value

    found: dict[str, str] = {}
    for path, text in files.items():
        folder, _slash, rest = path.rpartition("/")
        new_path = path
        if folder in ("standards", "codes"):
            stem, dot, end = rest.rpartition(".")
            if stem in held[folder]:
                new_path = f"{folder}/{name(stem)}{dot}{end}"
        if path == HEAD:
            found[path] = reading.to_yaml(
                {
                    **head, "id": new_id, "title": title or head["title"], "version": version, "grade": "draft",
                    **({"owner": owner} if owner else {}),
                }
            )  # fmt: skip
            continue
        if not path.endswith(".yaml"):
            found[new_path] = text
            continue
        told = reading.of_yaml(text)
        changed = _walked(told, folder or path, dataset, table)
        found[new_path] = text if changed == told else reading.to_yaml(changed)
    return dict(sorted(found.items()))


def _walked(told: Any, folder: str, dataset: Rename, table: Rename) -> Any:
    if isinstance(told, list):
        return [_walked(one, folder, dataset, table) for one in told]
    if not isinstance(told, Mapping):
        return told
    found: dict[str, Any] = {}
    for word, value in told.items():
        if word in _KEYS.get(folder, ()):
            found[word] = _named(value, folder, dataset, table)
        elif word in _VALUES.get(folder, ()) and isinstance(value, str):
            found[word] = table(value) if word == "code" else dataset(value)
        elif folder == "forms" and word == "of" and told.get("kind") == "row":
            found[word] = dataset(str(value))
        elif folder == "pages" and word == "known" and isinstance(value, list) and value:
            found[word] = [dataset(str(value[0])), *value[1:]]
        elif folder == "items" and word == "known" and isinstance(value, str) and "." in value:
            first, _dot, rest = value.partition(".")
            found[word] = f"{dataset(first)}.{rest}"
        else:
            found[word] = _walked(value, folder, dataset, table)
    return found


def _named(value: Any, folder: str, dataset: Rename, table: Rename) -> Any:
    if isinstance(value, Mapping):
        return {dataset(str(key)): one for key, one in value.items()}
    if isinstance(value, list):
        return [dataset(one) if isinstance(one, str) else one for one in value]
    return _walked(value, folder, dataset, table)


def is_copyable(files: plain.Files) -> bool:
    """Whether every file can be read, so that references can be found."""
    try:
        for path, text in files.items():
            if path.endswith(".yaml"):
                reading.of_yaml(text)
    except BadPack:
        return False
    return True
