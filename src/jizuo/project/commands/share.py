"""数据共享：申请、答复、合约、为什么能看 / sharing: requests, answers, contracts, who sees what and why"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from jizuo.ground import bootstrap
from jizuo.project import walking
from jizuo.project.exits import Exit
from jizuo.project.start import set_up
from jizuo.project.words import _

ANSWERS = ("approve", "refuse", "more", "answer", "withdraw", "dispute", "allow", "uphold")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | show ID | request DATASET | approve ID | say VERB ID | end ID | why DATASET.FIELD | scan."""
    below = parser.add_subparsers(dest="act", required=True)
    below.add_parser("list", help=_("可申请的数据、申请和合约"))
    show_ = below.add_parser("show", help=_("一份申请或合约；合约可以写编号"))
    show_.add_argument("what")
    show_.add_argument("--yaml", type=Path, help=_("把合约写成 YAML"))
    request_ = below.add_parser("request", help=_("以 --unit 的名义向 --owner 申请"))
    request_.add_argument("dataset")
    request_.add_argument("--owner", required=True, help=_("提供方：单位编号或全称"))
    request_.add_argument("--fields", required=True, help=_("列，用逗号隔开"))
    request_.add_argument("--purpose", required=True, help=_("用途"))
    request_.add_argument("--basis", required=True, help=_("法律、法规或文件依据"))
    request_.add_argument(
        "--until", required=True, type=date.fromisoformat, help=_("最后一天，如 2027-08-31")
    )
    request_.add_argument("--role", default="", help=_("哪种身份来读，默认为管理人员"))
    request_.add_argument("--purposes", default="", help=_("为哪些用途看明文，如 roster,contact"))
    request_.add_argument("--masked", default="", help=_("遮盖也行的列"))
    request_.add_argument("--pulls", type=int, default=10, help=_("每个周期最多读取几次"))
    request_.add_argument("--period", default="day", choices=("day", "week", "month"))
    request_.add_argument("--floor", type=int, default=0, help=_("质量不低于多少分"))
    approve_ = below.add_parser("approve", help=_("同意一份申请"))
    approve_.add_argument("request", type=UUID)
    approve_.add_argument("--words", default="")
    say_ = below.add_parser("say", help=_("答复一份申请：拒绝、补充、争议、裁定"))
    say_.add_argument("verb", choices=ANSWERS)
    say_.add_argument("request", type=UUID)
    say_.add_argument("--words", default="")
    end_ = below.add_parser("end", help=_("结束一份合约"))
    end_.add_argument("what")
    end_.add_argument("--reason", required=True)
    why_ = below.add_parser("why", help=_("谁看得到哪一项，为什么"))
    why_.add_argument("element", help=_("数据集.字段，如 pupil.address"))
    why_.add_argument("--grant", type=int, help=_("身份编号"))
    why_.add_argument("--contract", default="", help=_("合约编号"))
    why_.add_argument("--record", type=UUID, help=_("哪一条记录"))
    scan_ = below.add_parser("scan", help=_("扫描敏感数据，建议分级"))
    scan_.add_argument("dataset", nargs="?", default="")
    for act in below.choices.values():
        act.add_argument("--unit", default="", help=_("单位编号或全称，默认为区教育局"))
        act.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("只输出一个 JSON 对象")
        )


def run(args: argparse.Namespace) -> int:
    """Dispatch to one of the acts, as the base itself at the unit."""
    with bootstrap.opened():
        set_up("app")
        from jizuo.ground import scope as scopes

        acts = {
            "list": listed, "show": show, "request": request, "approve": approve, "say": say, "end": end, "why": why,
            "scan": scan,
        }  # fmt: skip
        with scopes.use(walking.scope_of_unit(args.unit)):
            return acts[args.act](args)


def plain(value: Any) -> Any:
    """A value of a door as plain data."""
    import msgspec

    return msgspec.to_builtins(value, enc_hook=str)


def listed(args: argparse.Namespace) -> int:
    """What can be asked for, the requests and the contracts of the unit's reach."""
    from jizuo.hubs.data.queries import sharing

    offered, requests = sharing.share_datasets(), sharing.share_requests(limit=200)
    contracts = sharing.share_contracts(limit=200)
    for one in offered:
        args.out.say(f"{one.name:<24} {one.share_type:<7} {one.grade}  {one.title}")
    for asked in requests:
        told = asked.terms
        args.out.say(
            f"{asked.request_id} {asked.state:<10} {told.reader_name} → {told.owner_name} {told.title} {asked.due_on or ''}"
        )
    for held in contracts:
        told = held.terms
        args.out.say(
            f"{held.number} {held.state:<7} {told.reader_name} ← {told.owner_name} {told.title} {told.end_on}"
        )
    args.out.result(ok=True, datasets=plain(offered), requests=plain(requests), contracts=plain(contracts))
    return Exit.OK


def contract_of(what: str) -> UUID | None:
    """The id of a contract named by number or id; None when there is none in reach."""
    from jizuo.hubs.data.queries import sharing

    found = sharing.share_contracts(limit=200)
    return next((one.contract_id for one in found if what in (one.number, str(one.contract_id))), None)


def show(args: argparse.Namespace) -> int:
    """One contract or request with its terms."""
    from jizuo.hubs.data.queries import sharing

    contract_id = contract_of(args.what)
    if contract_id is not None:
        contract = sharing.share_contract(contract_id=contract_id)
        if args.yaml:
            args.yaml.write_text(sharing.share_contract_yaml(contract_id=contract_id), encoding="utf-8")
        args.out.say(f"{contract.number} {contract.state}")
        say_terms(args, contract.terms)
        args.out.result(ok=True, contract=plain(contract))
        return Exit.OK
    asked = sharing.share_request(request_id=id_of(args.what))
    args.out.say(f"{asked.request_id} {asked.state}")
    say_terms(args, asked.terms)
    for step in asked.steps:
        args.out.say(f"  {step.at:%Y-%m-%d %H:%M} {step.verb} {step.by} {step.words}")
    args.out.result(ok=True, request=plain(asked))
    return Exit.OK


def id_of(text: str) -> UUID:
    """A request's id; a text that is none answers like one that is not there."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def say_terms(args: argparse.Namespace, terms: Any) -> None:
    """The terms in lines."""
    args.out.say(f"  {terms.reader_name} {terms.reader_role} ← {terms.owner_name}  {terms.title}")
    args.out.say(f"  {terms.purpose} | {terms.legal_basis}")
    args.out.say(f"  {terms.begin_on} .. {terms.end_on}  {terms.most_pulls}/{terms.period}")
    for key, title, grade, how in terms.columns:
        args.out.say(f"    {key:<24} {grade} {how:<8} {title}")


def parts(text: str) -> list[str]:
    """Keys separated by commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


def request(args: argparse.Namespace) -> int:
    """Ask for the unit."""
    from jizuo.hubs.data.actions import sharing
    from jizuo.hubs.data.sharing_shapes import Wish

    wish = Wish(
        dataset=args.dataset,
        owner_no=walking.scope_of_unit(args.owner).unit_no,
        fields=parts(args.fields),
        purpose=args.purpose,
        legal_basis=args.basis,
        end_on=args.until + timedelta(days=1),
        reader_role=args.role,
        purposes=parts(args.purposes),
        masked=parts(args.masked),
        period=args.period,
        most_pulls=args.pulls,
        quality_floor=args.floor,
    )
    request_id = sharing.request_share(wish=wish)
    args.out.say(_("已提交：{request}").format(request=request_id))
    args.out.result(ok=True, request_id=str(request_id))
    return Exit.OK


def approve(args: argparse.Namespace) -> int:
    """Approve as the unit: the owner, or the level above."""
    args.verb = "approve"
    return say(args)


def say(args: argparse.Namespace) -> int:
    """Say a verb to a request."""
    from jizuo.hubs.data.actions import sharing

    contract_id = sharing.examine_share(request_id=args.request, verb=args.verb, words=args.words)
    if contract_id is not None:
        from jizuo.hubs.data.queries import sharing as queries

        number = queries.share_contract(contract_id=contract_id).number
        args.out.say(_("合约 {number} 已生效。").format(number=number))
        args.out.result(ok=True, contract_id=str(contract_id), number=number)
        return Exit.OK
    args.out.say(_("已记下。"))
    args.out.result(ok=True, contract_id=None)
    return Exit.OK


def end(args: argparse.Namespace) -> int:
    """End a contract as one of its sides."""
    from jizuo.hubs.data.actions import sharing

    contract_id = contract_of(args.what)
    if contract_id is None:
        args.out.complain(_("没有合约 {what}。").format(what=args.what))
        return Exit.DATA
    sharing.end_contract(contract_id=contract_id, reason=args.reason)
    args.out.say(_("已结束。"))
    args.out.result(ok=True)
    return Exit.OK


def why(args: argparse.Namespace) -> int:
    """Whether a grant or a contract's reader sees an element, and why, door by door."""
    from jizuo.hubs.data.queries import explaining

    dataset, _dot, field = args.element.partition(".")
    answers = explaining.why_visible(
        dataset=dataset,
        field=field,
        record_id=args.record,
        grant_no=args.grant,
        contract_id=contract_of(args.contract) or id_of(args.contract) if args.contract else None,
    )
    for one in answers:
        args.out.say(f"{one.door}: {one.words}")
        for reason in one.reasons:
            args.out.say(f"  {'+' if reason.is_met else '-'} {reason.words}")
    args.out.result(ok=True, answers=plain(answers))
    return Exit.OK


def scan(args: argparse.Namespace) -> int:
    """Look for what looks sensitive in drafts and made tables."""
    from jizuo.hubs.data.actions import grading

    count = grading.scan_grades(dataset=args.dataset)
    args.out.say(_("新增 {count} 条分级建议。").format(count=count))
    args.out.result(ok=True, proposals=count)
    return Exit.OK
