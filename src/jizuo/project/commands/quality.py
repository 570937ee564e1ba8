"""数据质量：检查、报告、规则 / data quality: check, report, rules"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """check | report | rules."""
    below = parser.add_subparsers(dest="act", required=True)
    check = below.add_parser("check", help=_("检查各库：上次以后改过的，或全部"))
    check.add_argument("--full", action="store_true", help=_("每一条记录都再查一遍"))
    report = below.add_parser("report", help=_("质量报告：文字，或写成 PDF"))
    report.add_argument("--pdf", type=Path, help=_("写到这个文件"))
    rules = below.add_parser("rules", help=_("规则清单；试算或写一条"))
    rules.add_argument("--try", dest="tried", type=Path, help=_("试算 YAML 文件里的一条规则，不保存"))
    rules.add_argument("--write", type=Path, help=_("启用 YAML 文件里的一条规则"))
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts."""
    with bootstrap.opened():
        set_up("app")
        return {"check": check, "report": report, "rules": rules}[args.act](args)


def check(args: argparse.Namespace) -> int:
    """Check the tree of a unit, showing how far it is; exit 1 when the check came to no end."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import quality_asking
    from jizuo.hubs.data.queries.quality import quality_now

    asked = walking.scope_of_unit(args.unit)
    (root, *_more) = quality_asking.roots_of(asked.unit_no)
    scope = acting.base_job_scope(root)
    connection.close()
    with scopes.use(scope):
        job = quality_asking.start_check(is_full=args.full)
    seen = walking.see_through(job.job_id, scope, args.out, _("检查数据质量"))
    with scopes.use(asked):
        now = quality_now(unit_no=None)
    say(args, now)
    args.out.result(
        ok=seen.state == "done",
        state=seen.state,
        score=now.score,
        datasets=(seen.result or {}).get("datasets"),
    )
    return Exit.OK if seen.state == "done" else Exit.DATA


def say(args: argparse.Namespace, now: Any) -> None:
    """Scores and the worst rules as text."""
    from jizuo.hubs.data.rules.quality import scoring

    for one in now.datasets:
        grade = scoring.grade(one.total.score)
        score = "-" if one.total.score is None else f"{one.total.score:.1f}"
        args.out.say(f"{one.title}  {score}  {grade.word if grade else ''}  {one.total.records:,}")
    for rule in now.worst[:10]:
        args.out.say(f"  {rule.title}  {'<' if rule.failing is None else f'{rule.failing:,}'}")


def report(args: argparse.Namespace) -> int:
    """The report as it may be published: of the unit and all below it."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.pages.quality_report import render_pdf
    from jizuo.hubs.data.queries.quality import quality_now

    scope = walking.scope_of_unit(args.unit)
    with scopes.use(scope):
        now = quality_now(unit_no=None, is_published=True)
        name = unit_name(scope.unit_no)
        if args.pdf:
            args.pdf.write_bytes(render_pdf(now, name))
            args.out.say(str(args.pdf))
    say(args, now)
    args.out.result(ok=True, score=now.score, records=now.records, pdf=str(args.pdf or ""))
    return Exit.OK


def unit_name(unit_no: int) -> str:
    """A unit's name."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [unit_no])
        return str(cursor.fetchone()[0])


def rules(args: argparse.Namespace) -> int:
    """The rules, or what one of a file would find, or one switched on."""
    import yaml

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import quality_rules as actions
    from jizuo.hubs.data.queries.quality_rules import quality_rule_list

    scope = walking.scope_of_unit(args.unit)
    path = args.tried or args.write
    if path is None:
        with scopes.use(scope):
            found = quality_rule_list()
        for one in found:
            args.out.say(f"{'+' if one.is_on else '-'} {one.code}  {one.dataset_title}  {one.title}")
        args.out.result(
            ok=True, rules=[{"code": one.code, "is_on": one.is_on, "title": one.title} for one in found]
        )
        return Exit.OK
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        args.out.complain(f"{path}: {error}")
        return Exit.USAGE
    told = told[0] if isinstance(told, list) and told else told
    with scopes.use(scope):
        tried = actions.try_quality_rule(told=told)
        version = actions.write_quality_rule(told=told, state="on") if args.write else 0
    args.out.say(
        _("查了 {records} 条记录，{failing} 条做不到。").format(records=tried.records, failing=tried.failing)
    )
    args.out.result(ok=True, records=tried.records, failing=tried.failing, version=version)
    return Exit.OK
