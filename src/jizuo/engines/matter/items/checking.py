"""What is wrong with the items of a pack, and with the steps of its flows that give papers out or show something. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import asked, known
from jizuo.engines.matter.items import documents, publishing
from jizuo.engines.matter.shapes import Flow, Item
from jizuo.ground.errors import Problem
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Use

MOST_DAYS = 250


def check(pack: Pack) -> list[Problem]:
    """Everything wrong with a pack's items and with the `document` and `publish` steps of its flows."""
    found: list[Problem] = []
    codes: dict[str, str] = {}
    for name, item in pack.part("items").items():
        where = f"items/{name}.yaml"
        found += item_problems(where, pack, item)
        if item.code in codes:
            found.append(
                Problem(
                    f"{where}: code",
                    _("和 %(other)s 的编码一样") % {"other": codes[item.code]},
                    _("一项一个编码"),
                )
            )
        codes.setdefault(item.code, name)
    for name, flow in pack.part("flows").items():
        found += step_problems(f"flows/{name}.yaml", pack, flow)
    return found


def item_problems(where: str, pack: Pack, item: Item) -> list[Problem]:
    """What is wrong with one item."""
    found = []
    for key in ("title", "code", "basis"):
        if not getattr(item, key).strip():
            found.append(Problem(f"{where}: {key}", _("没有写"), _("办事指南上要有")))
    if not 0 < item.promise_days <= item.limit_days <= MOST_DAYS:
        found.append(
            Problem(
                f"{where}: promise_days", _("承诺时限要在 1 天和法定时限之间"),
                _("都按工作日写，如 promise_days: 3, limit_days: 5"),
            )
        )  # fmt: skip
    flow: Flow | None = pack.part("flows").get(item.flow)
    if flow is None:
        found.append(
            Problem(
                f"{where}: flow", _("包里没有这个流程：%(name)s") % {"name": item.flow[:40]},
                near(item.flow, pack.part("flows")),
            )
        )  # fmt: skip
        return found
    if flow.limit != item.promise_days:
        found.append(
            Problem(
                f"{where}: promise_days", _("和流程的时限（%(n)s 天）不一样") % {"n": flow.limit},
                _("流程的 limit 就是承诺的工作日"),
            )
        )  # fmt: skip
    if not flow.rate:
        found.append(Problem(f"flows/{item.flow}.yaml: rate", _("办事事项要能评价"), "rate: true"))
    if not any(step.do in ("approve", "handle") and not step.auto for step in flow.steps):
        found.append(
            Problem(
                f"flows/{item.flow}.yaml: steps",
                _("没有受理的一步，不能补正"),
                _("加一步 do: handle 或 do: approve"),
            )
        )
    form = pack.part("forms").get(flow.form)
    if form is None:
        return found
    fields = {one.key: one for one in asked.fields_of(asked.asked_of(form, asked.elements_of(pack, form)))}
    for place, material in enumerate(item.materials):
        spot = f"{where}: materials[{place}]"
        if material.known and material.known not in known.WORDS:
            found.append(
                Problem(f"{spot}.known", _("基座里没有这个词：%(word)s") % {"word": material.known[:40]},
                        near(material.known, known.WORDS))
            )  # fmt: skip
        if material.field and material.field not in fields:
            found.append(
                Problem(f"{spot}.field", _("表单里没有这个字段：%(key)s") % {"key": material.field[:40]},
                        near(material.field, fields))
            )  # fmt: skip
        elif material.field and fields[material.field].kind not in asked.FILE_KINDS:
            found.append(
                Problem(f"{spot}.field", _("这个字段不能交材料"), _("用 file、photo 或 signature 的字段"))
            )
    starts = {name for use in _uses(pack) for name in use.start}
    if flow.form not in starts:
        found.append(
            Problem(
                "roles.yaml: roles",
                _("没有身份能申请：%(title)s") % {"title": item.title},
                f"start: [{flow.form}]",
            )
        )
    return found


def _uses(pack: Pack) -> Iterator[Use]:
    yield from pack.roles.roles.values()
    for post in pack.roles.posts.values():
        yield post.use


def step_problems(where: str, pack: Pack, flow: Flow) -> list[Problem]:
    """What is wrong with the steps of a flow that give papers out or show something."""
    found = []
    for place, step in enumerate(flow.steps):
        spot = f"{where}: steps[{place}]"
        if step.auto == "document":
            found += documents.faults_of(spot, step)
        elif step.auto == "publish":
            found += publishing.faults_of(spot, pack, flow, step)
    return found
