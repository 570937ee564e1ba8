"""数据标准：查看、起草、试用、发布、导出 / data standards: list, draft, try, publish, export"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _

PAUSE_SECONDS = 0.3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | show NAME | check FILE | draft FILE | publish NAME | discard NAME | export NAME [FILE]."""
    below = parser.add_subparsers(dest="act", required=True)
    listed = below.add_parser("list", help=_("标准清单；可用中文、拼音或首字母查找"))
    listed.add_argument("text", nargs="?", default="")
    show_ = below.add_parser("show", help=_("一个标准的字段和版本"))
    show_.add_argument("name")
    check_ = below.add_parser("check", help=_("检查一个标准文件，或草稿能不能发布；--rows 用样例试"))
    check_.add_argument("what", help=_("YAML 文件，或标准名"))
    check_.add_argument("--rows", type=Path, help=_("样例表格：Excel、WPS 或 CSV"))
    draft_ = below.add_parser("draft", help=_("把一个标准文件收为草稿"))
    draft_.add_argument("file", type=Path)
    publish_ = below.add_parser("publish", help=_("发布草稿并等建表完成"))
    publish_.add_argument("name")
    publish_.add_argument("--wait", type=float, default=60.0, help=_("最多等多少秒"))
    discard_ = below.add_parser("discard", help=_("放弃草稿"))
    discard_.add_argument("name")
    export_ = below.add_parser("export", help=_("把标准写成 YAML"))
    export_.add_argument("name")
    export_.add_argument("file", type=Path, nargs="?")
    export_.add_argument("--draft", action="store_true", help=_("草稿，而不是使用中的版本"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, as the base itself over the unit's reach."""
    with bootstrap.opened():
        set_up("app")
        from jizuo.ground import scope as scopes

        acts = {
            "list": listed, "show": show, "check": check, "draft": draft, "publish": publish, "discard": discard,
            "export": export,
        }  # fmt: skip
        with scopes.use(walking.scope_of_unit(args.unit)):
            return acts[args.act](args)


def listed(args: argparse.Namespace) -> int:
    """Every standard, or those that answer to a text."""
    from jizuo.hubs.data.queries import standards

    found = standards.standard_list(text=args.text)
    for one in found:
        args.out.say(f"{one.name:<30} {one.number:<6} {one.state:<10} {one.elements:>4}  {one.title}")
    args.out.result(ok=True, standards=[vars_of(one) for one in found])
    return Exit.OK


def vars_of(one: Any) -> dict[str, Any]:
    """A value of a door as plain data."""
    import msgspec

    return msgspec.to_builtins(one)


def show(args: argparse.Namespace) -> int:
    """The elements and versions of one standard."""
    from jizuo.hubs.data.queries import standards

    view = standards.standard_view(name=args.name)
    args.out.say(f"{view.body.title} {view.number}  {view.table or '—'}")
    for one in view.body.elements:
        args.out.say(
            f"  {one.key:<30} {one.initials or '—':<12} {one.type:<12} {'*' if one.required else ' '} {one.grade}  {one.title}"
        )
    for version in view.versions:
        args.out.say(f"{version.number}  {version.state}  {version.table_state}  {version.why}".rstrip())
    args.out.result(ok=True, standard=vars_of(view))
    return Exit.OK


def draft_of(name: str) -> Any:
    """The draft of a standard. Raises NotFound."""
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import standards

    view = standards.standard_view(name=name)
    for one in view.versions:
        if one.state == "draft":
            return one
    raise NotFound(
        _("“{name}”没有草稿。").format(name=name), fix=_("先用 jizuo standard draft 收下一个标准文件。")
    )


def check(args: argparse.Namespace) -> int:
    """Why a file or a draft cannot be published, and what is wrong with sample rows; 1 when something is."""
    from jizuo.hubs.data import codes, datasets
    from jizuo.hubs.data.queries import standards
    from jizuo.hubs.data.rules import standard_yaml
    from jizuo.hubs.data.rules import standards as rules

    path = Path(args.what)
    if path.is_file():
        try:
            body = standard_yaml.read(path.read_text(encoding="utf-8-sig")).body
        except standard_yaml.BadYaml as error:
            return say_problems(args, error.problems)
        problems = rules.problems_of(body, codes.tables(), datasets.shipped())
    else:
        found = standards.standard_draft(version_id=draft_of(args.what).version_id)
        body, problems = found.version.body, found.faults
    faults = try_rows(args, body) if args.rows else 0
    return say_problems(args, problems, faults)


def try_rows(args: argparse.Namespace, body: Any) -> int:
    """Lay a workbook's first sheet against a standard; the number of faults."""
    from jizuo.ground import acting
    from jizuo.hubs.data import codes
    from jizuo.hubs.data.rules import trial
    from jizuo.plain.workbook import read as books

    sheet = books.read(args.rows).visible[0]
    rows = [(number, [cell.text for cell in row]) for number, row in enumerate(sheet.rows, 1)]
    rows = [(number, row) for number, row in rows if any(row)]
    found = trial.check_rows(body, rows[0][1] if rows else [], rows[1:], codes.tables(), acting.today())
    for one in found.faults:
        args.out.say(f"{one.row_no}{one.column}  {one.label}  {one.value}  {one.reason}  {one.fix}")
    for title in found.missing:
        args.out.say(_("表里没有必填的列：{title}").format(title=title))
    for head in found.unknown:
        args.out.say(_("没有对应的字段，会被略过：{head}").format(head=head))
    args.out.say(_("{rows} 行，{good} 行没有问题。").format(rows=found.rows, good=found.good))
    return len(found.faults) + len(found.missing)


def say_problems(args: argparse.Namespace, problems: Any, faults: int = 0) -> int:
    """Each problem in words; 1 when there is one."""
    for one in problems:
        args.out.say(f"{one.where}: {one.what}" + (f" → {one.fix}" if one.fix else ""))
    if not problems and not faults:
        args.out.say(_("没有问题。"))
    args.out.result(
        ok=not problems and not faults, problems=[vars_of(one) for one in problems], faults=faults
    )
    return Exit.DATA if problems or faults else Exit.OK


def draft(args: argparse.Namespace) -> int:
    """Take a YAML file in as the draft of its name."""
    from jizuo.hubs.data.actions import standards

    version_id = standards.bring_standard(text=args.file.read_text(encoding="utf-8-sig"))
    args.out.say(_("已成为草稿：{id}").format(id=version_id))
    args.out.result(ok=True, version=version_id)
    return Exit.OK


def publish(args: argparse.Namespace) -> int:
    """Publish a draft and wait for its table; 4 while the builder has not answered."""
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries

    found = queries.standard_impact(version_id=draft_of(args.name).version_id)
    version = found.version
    for one in found.changes:
        args.out.say(f"  {one.what:<8} {one.key:<30} {one.words}".rstrip())
    args.out.say(
        _("触及 {rows} 行，{units} 个单位，{readers} 处在读。").format(
            rows=found.rows, units=len(found.units), readers=len(found.readers)
        )
    )
    standards.publish_standard(version_id=version.version_id, seen=version.seen)
    until = time.monotonic() + args.wait
    while (now := queries.standard_version(version_id=version.version_id)).table_state == "waiting":
        if time.monotonic() > until:
            args.out.say(_("已发布，还在等建表；基座运行时会自动完成。"))
            args.out.result(ok=True, version=version.version_id, table_state="waiting")
            return Exit.HELD
        time.sleep(PAUSE_SECONDS)
    if now.table_state == "refused":
        args.out.complain(_("建表被拒绝：{why}").format(why=now.why))
        args.out.result(ok=False, version=version.version_id, table_state="refused", why=now.why)
        return Exit.DATA
    args.out.say(_("已发布 {number} 版，数据表可以用了。").format(number=version.number))
    args.out.result(ok=True, version=version.version_id, table_state="done")
    return Exit.OK


def discard(args: argparse.Namespace) -> int:
    """Give a draft up."""
    from jizuo.hubs.data.actions import standards

    standards.discard_draft(version_id=draft_of(args.name).version_id)
    args.out.say(_("草稿已放弃。"))
    args.out.result(ok=True)
    return Exit.OK


def export(args: argparse.Namespace) -> int:
    """Write a standard as YAML, to a file or to the terminal."""
    from jizuo.hubs.data.queries import standards

    text = (
        standards.standard_yaml_text(version_id=draft_of(args.name).version_id)
        if args.draft
        else standards.standard_yaml_text(name=args.name)
    )
    if args.file is None:
        args.out.say(text.rstrip())
    else:
        args.file.write_text(text, encoding="utf-8")
        args.out.say(_("已写入 {file}。").format(file=args.file))
    args.out.result(ok=True, text=text)
    return Exit.OK
