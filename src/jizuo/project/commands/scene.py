"""场景：新建、检查、试跑、打包、启用、升级、停用 / scenes: new, check, try, pack, install, upgrade, remove"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import scenes, walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _

#: What `new` writes, with SCENE for its id and TITLE for its name.
TEMPLATE = Path(scenes.__file__).with_name("new_scene")
OFFLINE = ("new", "check", "try", "pack", "key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | new ID | check WHAT | try WHAT | pack FOLDER | key FILE | trust NAME KEY | install WHAT | upgrade WHAT |
    remove SCENE."""
    below = parser.add_subparsers(dest="act", required=True)
    below.add_parser("list", help=_("场景清单：自带的和已收下的，本单位启用了哪些"))
    new_ = below.add_parser("new", help=_("生成一个能通过检查的新场景文件夹"))
    new_.add_argument("id", help=_("小写英文，如 sports_day"))
    new_.add_argument("folder", type=Path, nargs="?", help=_("放在哪里，默认是当前文件夹下的同名文件夹"))
    new_.add_argument("--title", default="", help=_("中文名"))
    for name, words in (
        ("check", _("检查文件夹、zip 或自带的场景；不需要数据库")),
        ("try", _("把示例跑一遍，列出每件事走过的步骤；不需要数据库")),
    ):
        one = below.add_parser(name, help=words)
        one.add_argument("what", help=_("文件夹、zip，或自带场景的名字"))
    pack_ = below.add_parser("pack", help=_("检查并打成一个 zip，可以签名"))
    pack_.add_argument("what")
    pack_.add_argument("file", type=Path, nargs="?", help=_("写到哪里，默认 名字-版本.zip"))
    pack_.add_argument("--key", type=Path, help=_("私钥文件（jizuo scene key 生成）"))
    pack_.add_argument("--signer", default="", help=_("签名单位的名称，和登记的一致"))
    key_ = below.add_parser("key", help=_("生成一把签名私钥，打印要登记的公钥"))
    key_.add_argument("file", type=Path)
    trust_ = below.add_parser("trust", help=_("登记一个签名人的公钥；--not 停用"))
    trust_.add_argument("name")
    trust_.add_argument("public_key")
    trust_.add_argument("--not", dest="is_not", action="store_true", help=_("不再收它签名的包"))
    install_ = below.add_parser("install", help=_("收下并启用，等建表完成"))
    install_.add_argument("what", help=_("自带场景的名字、文件夹或 zip"))
    upgrade_ = below.add_parser("upgrade", help=_("先看会改变什么，再换到新版本"))
    upgrade_.add_argument("what", help=_("场景名（换到最新的版本）、文件夹或 zip"))
    upgrade_.add_argument("--yes", action="store_true", help=_("不询问"))
    for one in (install_, upgrade_):
        one.add_argument("--below", action="store_true", help=_("下属单位也用"))
        one.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help=_("设置，可以写几次")
        )
        one.add_argument("--wait", type=float, default=60.0, help=_("最多等多少秒"))
    remove_ = below.add_parser("remove", help=_("停用；数据保留，可先存成表格带走"))
    remove_.add_argument("scene")
    remove_.add_argument("--rows", type=Path, help=_("停用前把全部数据写进这个 xlsx"))
    for name, act in below.choices.items():
        if name not in OFFLINE:
            act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts; those that change the base act as the base itself over the unit's reach."""
    acts = {
        "list": listed, "new": new, "check": check, "try": try_, "pack": pack, "key": key, "trust": trust,
        "install": install, "upgrade": upgrade, "remove": remove,
    }  # fmt: skip
    if args.act in OFFLINE:
        set_up("app")
        return acts[args.act](args)
    with bootstrap.opened():
        set_up("app")
        from jizuo.ground import scope as scopes

        with scopes.use(walking.scope_of_unit(args.unit)):
            return acts[args.act](args)


def files_of(what: str) -> tuple[dict[str, str], str]:
    """(files, signature) of what the command line names. Raises BadInput, NotFound."""
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.ground.packs.files import BadPack

    try:
        return scenes.files_of(what)
    except BadPack as error:
        raise BadInput(_("场景包有误"), problems=error.problems) from None
    except FileNotFoundError:
        raise NotFound(
            _("没有“{what}”这个文件夹、zip 或自带的场景。").format(what=what),
            fix=_("自带的有：{names}").format(names="、".join(scenes.shipped())),
        ) from None


def checked(args: argparse.Namespace) -> tuple[Any, list[Any], dict[str, str]]:
    """(pack, problems, files) of what the command line names."""
    from jizuo.ground.errors import Problem
    from jizuo.ground.packs import checking
    from jizuo.project.rooms import plates

    plates()
    files, _signature = files_of(args.what)
    found, problems = checking.check_files(files)
    folder = Path(args.what)
    if found is not None and folder.is_dir() and folder.resolve().name != found.head.id:
        problems = [
            Problem(
                "scene.yaml: id", _("文件夹名和 id 不一样"), f"{folder.resolve().name} / {found.head.id}"
            ),
            *problems,
        ]
    return found, problems, files


def say_problems(args: argparse.Namespace, problems: list[Any], **more: Any) -> int:
    """Each problem in words; 1 when there is one."""
    for one in problems:
        args.out.say(f"{one.where}: {one.what}" + (f" → {one.fix}" if one.fix else ""))
    if not problems:
        args.out.say(_("没有问题。"))
    args.out.result(ok=not problems, problems=[plain(one) for one in problems], **more)
    return Exit.DATA if problems else Exit.OK


def plain(value: Any) -> Any:
    """A value of a door as plain data."""
    import msgspec

    return msgspec.to_builtins(value)


def listed(args: argparse.Namespace) -> int:
    """Every scene that the base has or that ships, and what the unit uses."""
    from jizuo.ground.packs import queries, reading

    found = [plain(one) for one in queries.scene_list()]
    known = {one["scene"] for one in found}
    for scene in scenes.shipped():
        head = reading.read(scenes.files_of(scene)[0]).pack
        if scene not in known and head is not None:
            found.append(
                {
                    "scene": scene,
                    "title": head.head.title,
                    "number": head.head.version,
                    "used": "",
                    "above": False,
                }
            )
    for one in sorted(found, key=lambda one: str(one["scene"])):
        used = one["used"] or "—"
        args.out.say(f"{one['scene']:<24} {one['number']:<6} {used:<6} {one['title']}")
    args.out.result(ok=True, scenes=found)
    return Exit.OK


def new(args: argparse.Namespace) -> int:
    """Write a small scene that passes the check: one form, one step, one table, one page, one example."""
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.ground.packs import reading

    folder = args.folder or Path(args.id)
    if not reading.NAME.fullmatch(args.id) or len(args.id) > reading.LONGEST_ID or folder.name != args.id:
        raise BadInput(
            _("场景名要用小写英文、数字和下划线，并和文件夹同名。"), fix="jizuo scene new sports_day"
        )
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(_("文件夹不是空的：{folder}").format(folder=folder), fix=_("换一个名字，或先移走它"))
    title = args.title or args.id
    for path in sorted(TEMPLATE.rglob("*.*")):
        told = folder / path.relative_to(TEMPLATE).as_posix().replace("SCENE", args.id)
        told.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        told.write_text(text.replace("SCENE", args.id).replace("TITLE", title), encoding="utf-8")
    args.out.say(_("已写入 {folder}。下一步：jizuo scene check {folder}").format(folder=folder))
    args.out.result(ok=True, folder=str(folder))
    return Exit.OK


def check(args: argparse.Namespace) -> int:
    """Everything that is wrong with a pack: where, what, how to mend; 1 when something is. Where a base runs here, also
    whether it knows other content under the pack's number."""
    found, problems, _files = checked(args)
    return say_problems(args, problems or taken_problems(found))


def taken_problems(found: Any) -> list[Any]:
    """That the base has other content under the number of a pack; nothing where no base runs."""
    from django.db import Error

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import DoorError, Problem
    from jizuo.ground.packs import actions, queries

    try:
        with bootstrap.opened(starting=False), scopes.use(acting.base_job_scope(scopes.BASE_UNIT)):
            held = queries.version_digest(scene=found.head.id, number=found.head.version)
    except (bootstrap.Trouble, DoorError, Error, OSError):
        return []
    if held in ("", found.digest):
        return []
    return [Problem("scene.yaml: version", actions.taken_words(found), actions.raise_words(found))]


def try_(args: argparse.Namespace) -> int:
    """Play every example over the declarations; 1 when one ends otherwise than it says."""
    from jizuo.project import trying

    found, problems, _files = checked(args)
    if found is None or problems:
        return say_problems(args, problems, examples=[])
    played = [trying.play(found, one) for _name, one in sorted(found.part("examples").items())]
    for one in played:
        args.out.say(one.title)
        for line in one.lines:
            args.out.say(f"  {line}")
        for line in one.wrong:
            args.out.say(f"  ✗ {line}")
    is_wrong = any(one.wrong for one in played)
    args.out.result(ok=not is_wrong, problems=[], examples=[dataclasses.asdict(one) for one in played])
    return Exit.DATA if is_wrong else Exit.OK


def pack(args: argparse.Namespace) -> int:
    """Check and write a zip; with a key file, signed."""
    from jizuo.ground.errors import BadInput
    from jizuo.ground.packs import files as pack_files
    from jizuo.ground.packs import signing

    found, problems, files = checked(args)
    if found is None or problems:
        return say_problems(args, problems)
    if args.key and not args.signer.strip():
        raise BadInput(_("签名要写签名单位的名称。"), fix="--signer")
    signature = signing.sign(files, args.signer.strip(), private_of(args.key)) if args.key else ""
    target = args.file or Path(f"{found.head.id}-{found.head.version}.zip")
    target.write_bytes(pack_files.to_zip(files, found.head.id, signature))
    args.out.say(_("已写入 {file}。").format(file=target))
    args.out.result(ok=True, file=str(target), digest=found.digest, is_signed=bool(signature), problems=[])
    return Exit.OK


def private_of(path: Path) -> Any:
    """The Ed25519 key of a PEM file. Raises BadInput."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from jizuo.ground.errors import BadInput

    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise BadInput(_("读不出私钥：{file}").format(file=path), fix="jizuo scene key FILE")
    return found


def key(args: argparse.Namespace) -> int:
    """Make a key file, readable by its owner only, and say its public half. Never writes over a file."""
    import os

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    from jizuo.ground.errors import Conflict

    private = Ed25519PrivateKey.generate()
    try:
        handle = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(_("已有这个文件：{file}").format(file=args.file), fix=_("换一个文件名")) from None
    with os.fdopen(handle, "wb") as stream:
        stream.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    args.out.say(_("私钥在 {file}，不要外传。公钥（请对方登记）：").format(file=args.file))
    args.out.say(public)
    args.out.result(ok=True, file=str(args.file), public_key=public)
    return Exit.OK


def trust(args: argparse.Namespace) -> int:
    """Tell a signer's key, or that it counts no more. Who has the machine needs no second factor."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions

    with scopes.use(dataclasses.replace(scopes.current(), stepped_up=True)):
        actions.add_signer(name=args.name, public_key=args.public_key, is_trusted=not args.is_not)
    args.out.say(_("已登记。"))
    args.out.result(ok=True)
    return Exit.OK


def settings_told(args: argparse.Namespace, known: Any) -> dict[str, Any]:
    """The settings of the command line, each of the kind that the pack says."""
    from jizuo.ground.errors import BadInput, Problem

    found: dict[str, Any] = {}
    problems = []
    for one in args.set:
        name, _sign, text = one.partition("=")
        kind = known[name].kind if name in known else "text"
        try:
            found[name] = (
                text == "true" if kind == "yes_no" and text in ("true", "false")
                else (float(text) if "." in text else int(text)) if kind == "number"
                else text
            )  # fmt: skip
        except ValueError:
            problems.append(Problem(name, _("应是数字"), f"--set {name}=3"))
    if problems:
        raise BadInput(_("设置有误"), problems=problems)
    return found


def brought(what: str) -> UUID:
    """The version that the command line names, taken in when it comes from files; the newest of the base by its name where
    no file says it. Raises BadInput, Conflict, NotFound."""
    from jizuo.ground.packs import actions, queries

    if not Path(what).exists() and what not in scenes.shipped():
        for one in queries.scene_list():
            if one.scene == what:
                return one.version_id
    files, signature = files_of(what)
    return actions.bring_pack(files=files, signature=signature)


def switch(args: argparse.Namespace, version_id: UUID) -> int:
    """Switch a version on and wait for its tables; 4 while the builder has not answered."""
    from jizuo.ground.packs import actions, queries

    preview = queries.upgrade_preview(version_id=version_id)
    known = plain_settings(version_id)
    actions.install_scene(version_id=version_id, is_for_below=args.below, settings=settings_told(args, known))
    with scenes.building():
        tables = scenes.wait_for_tables([version_id], args.wait)
    refused = [one for one in tables if one.state == "refused"]
    waiting = [one for one in tables if one.state == "waiting"]
    for one in refused:
        args.out.complain(_("建表被拒绝：{why}").format(why=f"{one.title} {one.why}"))
    if waiting:
        args.out.say(_("已启用，还在等建表；基座运行时会自动完成。"))
    elif not refused:
        args.out.say(_("“{title}”{number} 版已启用。").format(title=preview.title, number=preview.after))
    args.out.result(
        ok=not refused,
        scene=preview.scene,
        version=version_id,
        number=preview.after,
        tables=[plain(one) for one in tables],
    )
    return Exit.DATA if refused else Exit.HELD if waiting else Exit.OK


def plain_settings(version_id: UUID) -> Any:
    """What a version lets a unit set."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import versions

    with scopes.open_transaction("scene.settings"):
        return versions.pack_of(version_id).head.settings


def install(args: argparse.Namespace) -> int:
    """Take in and switch on."""
    return switch(args, brought(args.what))


def upgrade(args: argparse.Namespace) -> int:
    """Show what changes, ask, switch."""
    from jizuo.ground.packs import queries

    version_id = brought(args.what)
    found = queries.upgrade_preview(version_id=version_id)
    args.out.say(f"{found.title}  {found.before or '—'} → {found.after}")
    for one in found.changes:
        args.out.say(f"  {one.what:<8} {one.part_title}  {one.name}  {one.words}".rstrip())
    for line in found.held:
        args.out.say(f"  {line}")
    if found.problems:
        return say_problems(args, found.problems, preview=plain(found))
    if found.before == found.after:
        args.out.say(_("已经是这个版本。"))
        args.out.result(ok=True, preview=plain(found))
        return Exit.OK
    if not args.yes and (
        not sys.stdin.isatty() or input(_("现在升级？[y/N] ")).strip().lower() not in {"y", "yes", "是"}
    ):
        args.out.complain(_("没有升级。确认后请加 --yes。"))
        args.out.result(ok=False, exit=int(Exit.HELD), preview=plain(found))
        return Exit.HELD
    return switch(args, version_id)


def remove(args: argparse.Namespace) -> int:
    """Switch a scene off; its rows stay, and go into a workbook first when asked."""
    from jizuo.ground.packs import actions
    from jizuo.hubs.data.queries import scene_book

    if args.rows:
        args.rows.write_bytes(scene_book.scene_book(scene=args.scene))
        args.out.say(_("已写入 {file}。").format(file=args.rows))
    actions.remove_scene(scene=args.scene)
    args.out.say(_("已停用，数据保留；再次启用后都在。"))
    if not args.rows:
        args.out.say(_("要带走数据，请先启用，再用 --rows 停用。"))
    args.out.result(ok=True, scene=args.scene, rows=str(args.rows or ""))
    return Exit.OK
