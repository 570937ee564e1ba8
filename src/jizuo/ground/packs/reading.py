"""A pack read from its files: strict YAML into typed shapes, every fault with its place, what and mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import files as pack_files
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import HEAD, README, ROLES, Pack, Part
from jizuo.ground.packs.plain_yaml import of_yaml, to_yaml
from jizuo.ground.packs.shapes import Roles, SceneHead
from jizuo.plain import typed

__all__ = ["NAME", "Read", "of_yaml", "read", "shaped", "to_yaml"]

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME, LONGEST_ID = 40, 30


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. pack: None when the head itself cannot be read; problems: of reading only, see `checking`."""

    pack: Pack | None
    problems: tuple[Problem, ...]


def read(files: Mapping[str, str]) -> Read:
    """A pack from its files. Every file is read, so that one look names every fault."""
    problems: list[Problem] = []
    head = _of_file(files, HEAD, SceneHead, problems)
    roles = _of_file(files, ROLES, Roles, problems) if ROLES in files else Roles()
    known = parts.all_parts()
    told: dict[str, dict[str, Any]] = {}
    for path in files:
        folder, _slash, rest = path.rpartition("/")
        if not folder:
            if path not in (HEAD, ROLES, README):
                problems.append(_strange(path, path, [HEAD, ROLES, README]))
            continue
        part = known.get(folder)
        if part is None:
            problems.append(_strange(path, folder, list(known)))
            continue
        name = rest.removesuffix(part.suffix)
        if name == rest or not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            problems.append(
                Problem(
                    path, _("文件名不合规"), _("小写英文名加 %(end)s，如 %(like)s")
                    % {"end": part.suffix, "like": f"{folder}/leave{part.suffix}"},
                )
            )  # fmt: skip
            continue
        found = _of_part(part, path, name, files[path], problems)
        if found is not None:
            told.setdefault(folder, {})[name] = found
    if not isinstance(head, SceneHead):
        return Read(None, tuple(problems))
    problems += _head_problems(head)
    pack = Pack(
        head, roles if isinstance(roles, Roles) else Roles(), told, dict(files), pack_files.digest_of(files)
    )
    return Read(pack, tuple(problems))


def shaped(part: Part, text: str) -> Any:
    """What one file of a part says. Raises `files.BadPack` with the places inside the file."""
    if part.read is not None:
        return part.read("", text)
    told = of_yaml(text)
    if part.prepare is not None:
        told = part.prepare(told)
    return _converted(told, part.shape)


def _of_part(part: Part, path: str, name: str, text: str, problems: list[Problem]) -> Any:
    try:
        return part.read(name, text) if part.read is not None else shaped(part, text)
    except pack_files.BadPack as error:
        problems += [Problem(f"{path}: {one.where}", one.what, one.fix) for one in error.problems]
    return None


def _of_file(
    files: Mapping[str, str], path: str, shape: type[msgspec.Struct], problems: list[Problem]
) -> Any:
    if path not in files:
        problems.append(
            Problem(path, _("包里没有这个文件"), _("用 jizuo scene new 生成一个，或照别的场景写"))
        )
        return None
    try:
        return _converted(of_yaml(files[path]), shape)
    except pack_files.BadPack as error:
        problems += [Problem(f"{path}: {one.where}", one.what, one.fix) for one in error.problems]
    return None


def _converted(told: Any, shape: type[msgspec.Struct] | None) -> Any:
    if shape is None or not isinstance(told, Mapping):
        raise pack_files.BadPack([Problem("yaml", _("内容应是“词: 值”"), _("照别的场景的同类文件写"))])
    try:
        return typed.convert(told, shape)
    except msgspec.ValidationError as error:
        raise pack_files.BadPack([_in_words(str(error), shape, told)]) from None


_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<at>.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(.*)`")
_MISSING = re.compile(r"missing required field `(.*)`")
_EXPECTED = re.compile(r"Expected `(.*?)`(?:, got `(.*?)`)?")
_KINDS = {
    "str": "文字", "int": "整数", "float": "数字", "bool": "true 或 false", "array": "列表", "object": "一组“词: 值”",
    "null": "空",
}  # fmt: skip


def _in_words(said: str, shape: type[msgspec.Struct], told: Any) -> Problem:
    """The library's words as a person's."""
    match = _AT.match(said)
    what, where = (match["what"], match["at"] or "") if match else (said, "")
    if unknown := _UNKNOWN.search(what):
        words = _words_of(shape)
        return Problem(
            where or unknown[1], _("不认识的词：%(word)s") % {"word": unknown[1]}, _near(unknown[1], words)
        )
    if missing := _MISSING.search(what):
        return Problem(where or missing[1], _("缺少：%(word)s") % {"word": missing[1]}, _("补上这一项"))
    if expected := _EXPECTED.search(what):
        wanted = " / ".join(_KINDS.get(one.strip(), one.strip()) for one in expected[1].split("|"))
        return Problem(where, _("应是%(kind)s") % {"kind": wanted}, _("文字里有冒号或像数字时加引号"))
    return Problem(where, what[:200], _("照别的场景的同类文件写"))


def _words_of(shape: Any) -> list[str]:
    """Every word that a shape and what it holds knows."""
    found: set[str] = set()
    seen: set[Any] = set()

    def walk(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType):
            if kind.cls in seen:
                return
            seen.add(kind.cls)
            for one in kind.fields:
                found.add(one.encode_name)
                walk(one.type)
        for name in ("item_type", "value_type"):
            inner = getattr(kind, name, None)
            if inner is not None:
                walk(inner)
        for inner in getattr(kind, "types", ()) or ():
            walk(inner)

    walk(msgspec.inspect.type_info(shape))
    return sorted(found)


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(word), list(known), 1)
    if near:
        return _("是不是 %(name)s？") % {"name": near[0]}
    return _("可以用：%(words)s") % {"words": "、".join(known)[:200]}


def _strange(path: str, word: str, known: list[str]) -> Problem:
    return Problem(path, _("不认识的文件或文件夹：%(word)s") % {"word": word}, _near(word, known))


def _head_problems(head: SceneHead) -> list[Problem]:
    found = []
    if not NAME.fullmatch(head.id) or len(head.id) > LONGEST_ID:
        found.append(
            Problem(
                f"{HEAD}: id", _("场景名不合规：%(id)s") % {"id": head.id[:40]}, _("小写英文，如 sports_day")
            )
        )
    if not re.fullmatch(r"[1-9]\d?\.\d{1,3}", head.version):
        found.append(Problem(f"{HEAD}: version", _("版本号应像 1.0"), _('加引号写：version: "1.0"')))
    if not head.title.strip() or len(head.title) > 80 or len(head.icon) > 1:
        found.append(Problem(f"{HEAD}: title", _("要有中文名，最长 80 个字；图标是一个字")))
    return found
