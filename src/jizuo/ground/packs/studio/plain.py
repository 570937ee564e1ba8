"""A draft's files as plain data, and back: only the file that was changed is written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import reading
from jizuo.ground.packs.files import BadPack
from jizuo.plain import pinyin

Files = Mapping[str, str]
Changes = dict[str, str | None]


def told(files: Files, path: str) -> dict[str, Any]:
    """What a YAML file says as plain data; empty when it is not there or cannot be read."""
    if path not in files:
        return {}
    try:
        found = reading.of_yaml(files[path])
    except BadPack:
        return {}
    return dict(found) if isinstance(found, Mapping) else {}


def is_readable(files: Files, path: str) -> bool:
    """Whether an editor can open the file: it is not there yet, or it is a list of words."""
    try:
        return path not in files or isinstance(reading.of_yaml(files[path]), Mapping)
    except BadPack:
        return False


def names(files: Files, folder: str) -> list[str]:
    """The names in one folder, in order."""
    return [path.partition("/")[2].rpartition(".")[0] for path in files if path.startswith(f"{folder}/")]


def listed(value: Any) -> list[Any]:
    """A list as it stands, anything else as none."""
    return list(value) if isinstance(value, list) else []


def mapped(value: Any) -> dict[str, Any]:
    """A mapping as it stands, anything else as none."""
    return dict(value) if isinstance(value, Mapping) else {}


def title_of(files: Files, folder: str, name: str) -> str:
    """The Chinese title of one file's thing, its name where it has none."""
    return str(told(files, f"{folder}/{name}.yaml").get("title") or name)


def choices(files: Files, folder: str) -> list[tuple[str, str]]:
    """(name, title) of everything in a folder."""
    return [(name, title_of(files, folder, name)) for name in names(files, folder)]


def form_fields(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field of a form in order; a bare word as ``{key: word}``."""
    return [field_of(one) for page in listed(form.get("pages")) for one in listed(mapped(page).get("fields"))]


def field_of(one: Any) -> dict[str, Any]:
    """One field of a form as a mapping."""
    return {"key": one} if isinstance(one, str) else mapped(one)


def bare(field: Mapping[str, Any]) -> Any:
    """A field as people write it: a bare word when it says nothing beside its key."""
    return field["key"] if set(field) == {"key"} else dict(field)


def elements(files: Files, dataset: str) -> dict[str, dict[str, Any]]:
    """The elements of a dataset of the draft by key."""
    fields = told(files, f"standards/{dataset}.yaml").get("fields")
    return {str(key): mapped(one) for key, one in mapped(fields).items()}


def element_choices(
    files: Files, dataset: str, types: Iterable[str] = (), *, none: str = ""
) -> list[tuple[str, str]]:
    """(key, title) of a dataset's elements, of these types when named; first the empty one when `none` says its words."""
    wanted = set(types)
    found = [
        (key, str(one.get("title") or key))
        for key, one in elements(files, dataset).items()
        if not wanted or one.get("type", "text") in wanted
    ]
    return [("", none), *found] if none else found


def tidy(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: as people leave out what is as usual."""
    return {key: one for key, one in value.items() if one not in ("", None, [], {}, False)}


def key_from(title: str, taken: Iterable[str], least: str = "item") -> str:
    """A name for a new thing out of its title: the initials of its pinyin, letters as they are; never one that is taken."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_ ]{1,38}", title.strip()):
        made = re.sub(r"[^a-z0-9]+", "_", title.strip().lower()).strip("_")
    else:
        made = re.sub(r"[^a-z0-9]", "", pinyin.initials(title))[:30].lstrip("0123456789")
    base = made if len(made) >= 2 else f"{least}_{made}" if made else least
    held, number, found = set(taken), 2, base
    while found in held:
        found, number = f"{base}_{number}", number + 1
    return found


def number_of(text: str, *, usual: int | float = 0) -> int | float:
    """A number that was typed; the usual one for anything else."""
    try:
        found = float(text.strip())
    except ValueError:
        return usual
    return int(found) if found == int(found) else found


def unnamed() -> str:
    """What a thing is called before it has a name."""
    return _("未命名")
