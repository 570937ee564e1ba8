"""一数一源：字段归属、不一致、来源 / one source per field: owners, differences, sources"""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _

GROUP = ("owner", "source", "cause", "held", "claimed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list DATASET | sources | add NAME | effect FIELD SOURCE | set FIELD SOURCE | conflicts | show FIELD | settle FIELD |
    rules | forget RULE."""
    below = parser.add_subparsers(dest="act", required=True)
    list_ = below.add_parser("list", help=_("每一项由谁说了算"))
    list_.add_argument("dataset")
    below.add_parser("sources", help=_("数据来源，先被相信的在前"))
    add_ = below.add_parser("add", help=_("登记一个来源"))
    add_.add_argument("name")
    add_.add_argument("--title", required=True)
    add_.add_argument("--english", default="")
    add_.add_argument("--kind", default="system", choices=("system", "office", "unit", "person"))
    add_.add_argument("--rank", type=int, default=500)
    for name, words in (("effect", _("换来源会改什么，不写入")), ("set", _("确定权威来源并重算"))):
        act = below.add_parser(name, help=words)
        act.add_argument("element", help=_("数据集.字段，如 person.sex"))
        act.add_argument("source")
        act.add_argument("--of-unit", type=int, help=_("只对这个单位"))
    below.choices["set"].add_argument("--reason", required=True)
    below.choices["set"].add_argument("--from", dest="begin_on", type=date.fromisoformat)
    conflicts_ = below.add_parser("conflicts", help=_("不一致，按原因分组"))
    conflicts_.add_argument("dataset", nargs="?", default="")
    show_ = below.add_parser("show", help=_("一项的不一致，逐条"))
    show_.add_argument("element")
    show_.add_argument("--state", default="open", choices=("open", "settled", "withdrawn"))
    settle_ = below.add_parser("settle", help=_("处理一组不一致"))
    settle_.add_argument("element")
    for key in GROUP:
        settle_.add_argument(f"--{key}", default="", required=key in ("owner", "source"))
    settle_.add_argument("--verdict", required=True, choices=("keep", "take"))
    settle_.add_argument("--remember", action="store_true", help=_("以后同样的也这样处理"))
    settle_.add_argument("--reason", default="")
    below.add_parser("rules", help=_("记住的做法"))
    forget_ = below.add_parser("forget", help=_("停用记住的做法"))
    forget_.add_argument("rule", type=UUID)
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Do one of the acts as the base itself at the unit."""
    with bootstrap.opened():
        set_up("app")
        from jizuo.ground import scope as scopes

        acts = {
            "list": listed, "sources": spoken, "add": add, "effect": effect, "set": name_owner, "conflicts": conflicts,
            "show": show, "settle": settle, "rules": remembered, "forget": forget,
        }  # fmt: skip
        args.scope = walking.scope_of_unit(args.unit)
        with scopes.use(args.scope):
            return acts[args.act](args)


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    import msgspec

    return msgspec.to_builtins(value)


def element_of(text: str) -> tuple[str, str]:
    """``person.sex`` as (dataset, field)."""
    dataset, _dot, field = text.partition(".")
    return dataset, field


def listed(args: argparse.Namespace) -> int:
    """Who is believed about each field."""
    from jizuo.hubs.data.queries.owning import owned_fields

    found = owned_fields(dataset=args.dataset)
    for one in found:
        args.out.say(f"{one.field:<24}{one.title}  {one.owner_word or '—'}  → {' → '.join(one.order)}")
    args.out.result(fields=plain(found))
    return Exit.OK


def spoken(args: argparse.Namespace) -> int:
    """The sources, the most believed first."""
    from jizuo.hubs.data.queries.owning import source_list

    found = source_list()
    for one in found:
        args.out.say(f"{one.rank:>4}  {one.name:<22}{one.title}  {one.owns}")
    args.out.result(sources=plain(found))
    return Exit.OK


def add(args: argparse.Namespace) -> int:
    """Make a source known."""
    from jizuo.hubs.data.actions.owning import add_source

    add_source(name=args.name, title=args.title, english=args.english, kind=args.kind, rank=args.rank)
    args.out.say(_("已登记。"))
    args.out.result(name=args.name)
    return Exit.OK


def effect(args: argparse.Namespace) -> int:
    """What another owner would change."""
    from jizuo.hubs.data.queries.owning import owner_effect

    dataset, field = element_of(args.element)
    found = owner_effect(dataset=dataset, field=field, source=args.source, unit_no=args.of_unit)
    args.out.say(
        _("共 {all} 条：{changed} 条的值会变，{silent} 条新来源没有说过").format(
            all=found.records, changed=found.changed, silent=found.silent
        )
    )
    args.out.result(**plain(found))
    return Exit.OK


def name_owner(args: argparse.Namespace) -> int:
    """Name the owner and wait for the replay."""
    from jizuo.hubs.data.actions.owning import set_owner

    dataset, field = element_of(args.element)
    ref = set_owner(
        dataset=dataset, field=field, source=args.source, reason=args.reason, unit_no=args.of_unit,
        begin_on=args.begin_on,
    )  # fmt: skip
    if ref is None:
        args.out.say(_("已登记，到那一天起生效。"))
        args.out.result(job_id=None)
        return Exit.OK
    job = walking.see_through(ref.job_id, args.scope, args.out, ref.title)
    if job.state != "done":
        return unfinished(args, job)
    done = job.result
    args.out.say(
        _("已改，重算 {n} 条，{changed} 条变了。").format(n=done["records"], changed=done["changed"])
    )
    args.out.result(job_id=str(ref.job_id), **done)
    return Exit.OK


def unfinished(args: argparse.Namespace, job: Any) -> int:
    """Say why a job came to no good end."""
    args.out.complain(_("没有完成：{error}").format(error=job.error or job.state))
    args.out.result(ok=False, state=job.state)
    return Exit.DATA


def conflicts(args: argparse.Namespace) -> int:
    """Open differences by cause."""
    from jizuo.hubs.data.queries.conflicts import conflict_groups
    from jizuo.hubs.data.rules.settling import CAUSES

    found = conflict_groups(dataset=args.dataset)
    for one in found:
        args.out.say(
            f"{one.count:>8}  {one.dataset}.{one.field}  {one.owner_word} / {one.source_word}  {CAUSES.get(one.cause, '')}"
        )
    args.out.result(groups=plain(found))
    return Exit.OK


def show(args: argparse.Namespace) -> int:
    """The differences of one field."""
    from jizuo.hubs.data.queries.conflicts import conflict_list

    dataset, field = element_of(args.element)
    page = conflict_list(dataset=dataset, field=field, state=args.state, limit=200)
    for one in page.rows:
        args.out.say(f"{one.label}  {one.held}  /  {one.claimed}")
    args.out.result(conflicts=plain(page.rows), next=page.next)
    return Exit.OK


def settle(args: argparse.Namespace) -> int:
    """Decide a group; a large one as a job that is waited for."""
    from jizuo.ground.shapes import JobRef
    from jizuo.hubs.data.actions.settling import Group, settle_group

    dataset, field = element_of(args.element)
    group = Group(dataset, field, **{key: getattr(args, key) for key in GROUP})
    done = settle_group(group=group, verdict=args.verdict, remember=args.remember, reason=args.reason)
    if isinstance(done, JobRef):
        job = walking.see_through(done.job_id, args.scope, args.out, done.title)
        if job.state != "done":
            return unfinished(args, job)
        done = job.result["settled"]
    args.out.say(_("已处理 {n} 处。").format(n=done))
    args.out.result(settled=done)
    return Exit.OK


def remembered(args: argparse.Namespace) -> int:
    """Remembered ways to settle."""
    from jizuo.hubs.data.queries.conflicts import settle_rules

    found = settle_rules()
    for one in found:
        args.out.say(
            f"{one.rule_id}  {one.dataset}.{one.field}  {one.source_word}  {one.verdict}  {one.reason}"
        )
    args.out.result(rules=plain(found))
    return Exit.OK


def forget(args: argparse.Namespace) -> int:
    """Forget a remembered way."""
    from jizuo.hubs.data.actions.settling import end_rule

    end_rule(rule_id=args.rule)
    args.out.say(_("已停用。"))
    args.out.result(rule_id=str(args.rule))
    return Exit.OK
