"""A pack read from its files: strict YAML into typed shapes, every fault with its place, what and mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import files as pack_files
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import HEAD, README, ROLES, Pack, Part
from jizuo.ground.packs.shapes import Roles, SceneHead

MOST_NODES, MOST_DEPTH = 20_000, 12
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME, LONGEST_ID = 40, 30


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. pack: None when the head itself cannot be read; problems: of reading only, see `checking`."""

    pack: Pack | None
    problems: tuple[Problem, ...]


class _Strict(yaml.SafeLoader):
    """YAML without what a declaration does not need: no aliases, no tags, no key twice, no day or time as such."""

    nodes = 0
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(
                None, None, _("不能用引用（* 和 &）"), self.peek_event().start_mark
            )
        event = self.peek_event()
        if getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(None, None, _("不能用引用（* 和 &）"), event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.composer.ComposerError(None, None, _("不能用标记（!）"), event.start_mark)
        self.nodes += 1
        self.depth += 1
        if self.nodes > MOST_NODES or self.depth > MOST_DEPTH:
            raise yaml.composer.ComposerError(None, None, _("内容太多或套得太深"), event.start_mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, _("同一个词写了两次：%(key)s") % {"key": str(key)[:40]}, key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


#: Days stay text and `on`, `off`, `yes` and `no` are words: only true and false are a truth.
_Strict.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge")
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class _Plain(yaml.SafeDumper):
    """YAML as people write it: lists indented, texts that look like days or truths in quotes by the loader's own rules."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def of_yaml(text: str) -> Any:
    """Plain data of a YAML text. Raises `files.BadPack` with the line."""
    if len(text) > pack_files.MOST_FILE:
        raise pack_files.BadPack([Problem("yaml", _("文件太大"), _("一个文件最大 256 KB"))])
    try:
        return yaml.load(text, _Strict)  # noqa: S506  it is the safe loader with less
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("第 %(line)s 行") % {"line": mark.line + 1} if mark else "yaml"
        what = getattr(error, "problem", "") or _("不是正确的 YAML")
        raise pack_files.BadPack([Problem(where, what, _("检查缩进、冒号和引号"))]) from None
    except (RecursionError, ValueError):
        raise pack_files.BadPack([Problem("yaml", _("不是正确的 YAML"), _("检查缩进和冒号"))]) from None


def to_yaml(told: Any) -> str:
    """The text of plain data or of a shape, as the studio writes it; `of_yaml` gives the same back."""
    return yaml.dump(msgspec.to_builtins(told), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)


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
        return msgspec.convert(told, shape)
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
