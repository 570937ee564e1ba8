"""What is wrong with the flows of a pack: where, what, and how to mend it."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from jizuo.engines.matter import rules, who
from jizuo.engines.matter.forms import asked, rows
from jizuo.engines.matter.shapes import VERBS, Flow, Step, Undo
from jizuo.engines.matter.starting import number_of
from jizuo.ground import doors
from jizuo.ground.errors import Problem
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data.parts import marked_of
from jizuo.plain import expression
from jizuo.plain.expression import BadExpression

MOST_STEPS = 60
#: Kinds of fields by which no two applications are the same.
NEVER_SAME = asked.FILE_KINDS | {"note"}
#: What an automatic step cannot do without.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "write": ("into", "set"), "tell": ("to", "words"), "decide": ("by",), "call": ("door",), "start": ("start",),
    "publish": ("publish",),
}  # fmt: skip


def check(pack: Pack) -> list[Problem]:
    """Everything wrong with the flows of a pack, and flows that begin each other for ever."""
    found: list[Problem] = []
    for name, flow in pack.part("flows").items():
        found += flow_problems(f"flows/{name}.yaml", pack, flow)
    for name in pack.part("flows"):
        if name in _begun(pack, name, set()):
            found.append(
                Problem(
                    f"flows/{name}.yaml: steps",
                    _("流程走不完：它发起的流程又发起它自己"),
                    _("去掉其中一步 start"),
                )
            )
    return found


def _begun(pack: Pack, name: str, seen: set[str]) -> set[str]:
    """The flows that a flow begins, and those they begin."""
    flow: Flow | None = pack.part("flows").get(name)
    for step in flow.steps if flow else ():
        if step.start and step.start.flow not in seen:
            seen.add(step.start.flow)
            _begun(pack, step.start.flow, seen)
    return seen


def keys_of(pack: Pack, form: str) -> set[str]:
    """The keys of a form's fields; none for a form that is not there."""
    told = pack.part("forms").get(form)
    fields = [field for page in told.pages for field in page.fields] if told else []
    return {field.key for field in fields} | {
        f"{field.key}{rows.SUFFIX}" for field in fields if field.kind == "row"
    }


def flow_problems(where: str, pack: Pack, flow: Flow) -> list[Problem]:
    """What is wrong with one flow."""
    forms = pack.part("forms")
    fields = keys_of(pack, flow.form)
    found: list[Problem] = []
    if flow.form not in forms:
        found.append(
            Problem(
                f"{where}: form",
                _("包里没有这张表单：%(name)s") % {"name": flow.form[:40]},
                near(flow.form, forms),
            )
        )
    elif flow.subject and flow.subject not in fields:
        found.append(
            Problem(
                f"{where}: subject",
                _("表单里没有这个字段：%(key)s") % {"key": flow.subject},
                near(flow.subject, fields),
            )
        )
    if not flow.steps or len(flow.steps) > MOST_STEPS:
        found.append(
            Problem(f"{where}: steps", _("流程要有 1 到 %(n)s 步") % {"n": MOST_STEPS}, _("分成几个流程"))
        )
    found += once_problems(where, pack, flow, fields)
    if flow.number:
        found += number_problems(f"{where}: number", flow.number)
    found += _expression(f"{where}: about", flow.about, flow, pack)
    found += marked_problems(f"{where}: about", flow.about, flow, pack)
    seen: set[str] = set()
    for place, step in enumerate(flow.steps):
        spot = f"{where}: steps[{place}]"
        if step.key in seen or not step.key.isidentifier():
            found.append(
                Problem(
                    f"{spot}.key",
                    _("“%(key)s”写了两次，或不是英文名") % {"key": step.key[:40]},
                    _("换一个名字"),
                )
            )
        seen.add(step.key)
        found += step_problems(spot, pack, flow, step, fields)
    found += [
        Problem(f"{where}: {one.where}", one.what, one.fix)
        for one in (*rules.endless(flow), *rules.unreachable(flow))
    ]
    return found + (undo_problems(f"{where}: undo", pack, flow, flow.undo, seen) if flow.undo else [])


def once_problems(where: str, pack: Pack, flow: Flow, fields: Iterable[str]) -> list[Problem]:
    """What is wrong with what a flow takes once only."""
    spot, found = f"{where}: once", []
    form = pack.part("forms").get(flow.form)
    held = {field.key: field for page in form.pages for field in page.fields} if form else {}
    for key in flow.once:
        if key not in fields:
            what = _("只能报一次的“%(key)s”不在表单上") % {"key": key[:40]}
            fix = _("不勾它，或在表单上加这一项。%(near)s") % {"near": near(key, fields)}
            found.append(Problem(spot, what, fix))
        elif key in held and held[key].kind in NEVER_SAME:
            what = _("“%(title)s”没有两次是一样的，勾了它等于不限") % {"title": held[key].title or key}
            found.append(Problem(spot, what, _("不勾它，勾学生、学期、社团这样的项目")))
    if flow.once and any(
        step.start and pack.part("flows").get(step.start.flow) is flow
        for other in pack.part("flows").values()
        for step in other.steps
    ):
        what = _("这个流程由别的流程发起，不能因为报过了就不收")
        found.append(Problem(spot, what, _("一项也不勾（去掉 once），在发起它的流程里限一次")))
    return found


def undo_problems(where: str, pack: Pack, flow: Flow, undo: Undo, seen: set[str]) -> list[Problem]:
    """What is wrong with how a matter is taken back. seen: keys of the flow's own steps."""
    found = _expression(f"{where}.when", undo.when, flow, pack)
    written = {step.into for step in flow.steps if step.auto == "write"}
    if not written:
        found.append(Problem(where, _("这个流程没有写入数据，没有什么可以取消"), _("去掉 undo，用 withdraw")))
    found += _expression(f"{where}.until", undo.until, flow, pack)
    if (undo.when or undo.until) and not undo.say:
        found.append(Problem(f"{where}.say", _("没有写什么时候不能取消"), _("如 say: 过了那天不能取消")))
    if not any(step.auto == "write" for step in undo.steps):
        found.append(
            Problem(f"{where}.steps", _("取消以后数据没有改"), _("加一步 auto: write, change: true"))
        )
    for place, step in enumerate(undo.steps):
        spot = f"{where}.steps[{place}]"
        if step.auto not in ("write", "tell"):
            found.append(Problem(f"{spot}.auto", _("取消时只能改数据和发消息"), "write、tell"))
            continue
        if step.key in seen or not step.key.isidentifier():
            what = _("“%(key)s”写了两次，或不是英文名") % {"key": step.key[:40]}
            found.append(Problem(f"{spot}.key", what, _("换一个名字")))
        seen.add(step.key)
        if step.auto == "write" and (
            not step.change or step.into not in written or step.places or step.free_by
        ):
            found.append(
                Problem(
                    f"{spot}.into",
                    _("取消时只能改这个流程写过的那一行"),
                    "change: true、" + "、".join(sorted(written)),
                )
            )
        found += step_problems(spot, pack, flow, step, keys_of(pack, flow.form))
    return found


def number_problems(where: str, pattern: str) -> list[Problem]:
    """A pattern that gives no number of its own to each."""
    try:
        names = {
            name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name is not None
        }
        number_of(pattern, 2026, 1)
    except ValueError:
        names = set()
    if "n" not in names or names - {"n", "year"}:
        return [Problem(where, _("编号的写法不对"), "QJ{year}{n:05}")]
    return []


def step_problems(spot: str, pack: Pack, flow: Flow, step: Step, fields: Iterable[str]) -> list[Problem]:
    """What is wrong with one step."""
    found = _expression(f"{spot}.when", step.when, flow, pack)
    found += _expression(f"{spot}.until", step.until, flow, pack)
    for verb in step.next:
        known = ("done",) if step.auto else VERBS[step.do]
        if verb not in known:
            found.append(
                Problem(
                    f"{spot}.next.{verb}", _("这一步没有“%(verb)s”") % {"verb": verb[:20]}, "、".join(known)
                )
            )
    words = [(f"{spot}.who[{n}]", word) for n, word in enumerate(step.who)]
    words += [(f"{spot}.to[{n}]", word) for n, word in enumerate(step.to)]
    if step.late:
        words += [(f"{spot}.late.tell[{n}]", word) for n, word in enumerate(step.late.tell)]
        words += [(f"{spot}.late.hand_to[{n}]", word) for n, word in enumerate(step.late.hand_to)]
    for place, word in words:
        if wrong := who.fault_of(word, pack, fields):
            found.append(
                Problem(place, wrong, near(word, [*who.WORDS, *(f"post.{key}" for key in pack.roles.posts)]))
            )
    if not step.auto:
        return found + human_problems(spot, pack, step)
    if step.who:
        found.append(Problem(f"{spot}.who", _("自动的一步没有人办"), _("去掉 who，或去掉 auto")))
    for key in NEEDS.get(step.auto, ()):
        if not getattr(step, key):
            found.append(
                Problem(
                    f"{spot}.{key}", _("auto: %(auto)s 要写 %(key)s") % {"auto": step.auto, "key": key}, ""
                )
            )
    for key, text in step.set.items():
        found += _expression(f"{spot}.set.{key}", text, flow, pack)
    return found + auto_problems(spot, pack, flow, step)


def human_problems(spot: str, pack: Pack, step: Step) -> list[Problem]:
    """A human step without people, without a title or with a form that is not there."""
    found = []
    if not step.who:
        found.append(Problem(f"{spot}.who", _("没有写谁来办"), _("如 who: [head]")))
    if not step.title:
        found.append(Problem(f"{spot}.title", _("没有写这一步的名称"), _("如 校长审批")))
    if step.form and step.form not in pack.part("forms"):
        what = _("包里没有这张表单：%(name)s") % {"name": step.form[:40]}
        found.append(Problem(f"{spot}.form", what, near(step.form, pack.part("forms"))))
    if step.do == "fill" and not step.form:
        found.append(Problem(f"{spot}.form", _("填写的一步要写填哪张表"), _("写 form")))
    return found


def auto_problems(spot: str, pack: Pack, flow: Flow, step: Step) -> list[Problem]:
    """What an automatic step names that is not there, or may not be named."""
    found = []
    standards, tables, flows = pack.part("standards"), pack.part("decisions"), pack.part("flows")
    if step.into:
        standard = standards.get(step.into)
        if standard is None:
            what = _("包里没有这个数据集：%(name)s") % {"name": step.into[:40]}
            found.append(Problem(f"{spot}.into", what, near(step.into, standards)))
        else:
            keys = {one.key: one for one in standard.body.elements}
            found += [
                Problem(f"{spot}.set.{key}", _("标准里没有这个字段：%(key)s") % {"key": key}, near(key, keys))
                for key in step.set
                if key not in keys
            ]
            found += [
                Problem(
                    f"{spot}.free_by",
                    _("写的时候没有填这个字段：%(key)s") % {"key": key},
                    near(key, step.set),
                )
                for key in step.free_by
                if key not in step.set
            ]
            if not step.change:
                found += [
                    Problem(
                        f"{spot}.set",
                        _("没有写必填的“%(title)s”") % {"title": one.title},
                        f"{key}: form.{key}",
                    )
                    for key, one in keys.items()
                    if one.required and key not in step.set
                ]
    found += _expression(f"{spot}.places", step.places, flow, pack)
    found += _expression(f"{spot}.place_of", step.place_of, flow, pack)
    if step.by and step.by not in tables:
        found.append(
            Problem(
                f"{spot}.by",
                _("包里没有这张决策表：%(name)s") % {"name": step.by[:40]},
                near(step.by, tables),
            )
        )
    if step.door:
        door = doors.all_doors().get(step.door)
        if door is None or not door.for_scenes:
            may = [name for name, one in doors.all_doors().items() if one.for_scenes]
            found.append(Problem(f"{spot}.door", _("场景不能使用这个动作"), near(step.door, may)))
        elif step.door not in pack.roles.doors:
            found.append(
                Problem(f"{spot}.door", _("roles.yaml 的 doors 里没有写它"), f"doors: [{step.door}]")
            )
    if step.start:
        if step.start.flow not in flows:
            what = _("包里没有这个流程：%(name)s") % {"name": step.start.flow[:40]}
            found.append(Problem(f"{spot}.start.flow", what, near(step.start.flow, flows)))
        if step.start.each and step.start.each not in keys_of(pack, flow.form):
            what = _("表单里没有这个字段：%(key)s") % {"key": step.start.each[:40]}
            found.append(Problem(f"{spot}.start.each", what, near(step.start.each, keys_of(pack, flow.form))))
        for key, text in step.start.with_.items():
            found += _expression(f"{spot}.start.with.{key}", text, flow, pack, rules.NAMES | {"each"})
    return found


def _expression(
    where: str, text: str, flow: Flow, pack: Pack, names: frozenset[str] = rules.NAMES
) -> list[Problem]:
    """What is wrong with an expression: of the language, or a name behind ``form.``, ``steps.`` or ``settings.``."""
    if not text:
        return []
    try:
        read = expression.compile(text, names).names
    except BadExpression as error:
        return [Problem(where, error.what, error.fix)]
    known = {
        "form": keys_of(pack, flow.form), "steps": {step.key for step in flow.steps}, "settings": set(pack.head.settings),
        "subject": {"person_id", "org_id", "name", "class_id"}, "applicant": {"role", "person_id"},
    }  # fmt: skip
    found = []
    for name in sorted(read):
        first, _dot, field = name.partition(".")
        if field and first in known and field not in known[first]:
            what = _("没有这个名字：%(name)s") % {"name": name}
            found.append(Problem(where, what, near(field, known[first])))
    return found


def marked_problems(where: str, text: str, flow: Flow, pack: Pack) -> list[Problem]:
    """Words of a title that would tell what only the own family may know: a title stands in lists and messages."""
    form = pack.part("forms").get(flow.form)
    standard = pack.part("standards").get(form.over) if form else None
    if not text or standard is None:
        return []
    try:
        read = expression.compile(text, rules.NAMES).names
    except BadExpression:
        return []
    marked = marked_of(standard)
    return [
        Problem(where, _("标题里不能有“%(key)s”（%(kind)s）：标题会写进列表和消息") % {"key": key, "kind": marked[key]},
                _("只写事项和日期"))
        for key in sorted(marked)
        if f"form.{key}" in read
    ]  # fmt: skip
