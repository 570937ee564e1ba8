"""An item of a pack that nobody uses yet, as its guide will read, and what a newer version changes in one."""

from __future__ import annotations

from datetime import date

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jizuo.engines.matter import days
from jizuo.engines.matter.forms import known
from jizuo.engines.matter.forms.asked import said
from jizuo.engines.matter.items import pages
from jizuo.engines.matter.items.lines import Guide, GuideStep, ItemLine, MaterialLine
from jizuo.engines.matter.shapes import Flow, Item, Material
from jizuo.ground import acting
from jizuo.ground.packs.parts import Pack
from jizuo.plain import workdays


def guide_html(pack: Pack, name: str, role: str) -> str:
    """The guide of an item as HTML, every known material taken as held; '' for a role that may not apply. Raises KeyError for
    no such item."""
    item: Item = pack.part("items")[name]
    flow: Flow | None = pack.part("flows").get(item.flow)
    use = pack.roles.roles.get(role)
    if flow is None or use is None or flow.form not in use.start:
        return ""
    today: date = acting.today()
    due_on = workdays.add(today, item.promise_days)
    line = ItemLine(
        pack.head.id, name, said(item.title, item.english), item.code, item.subject, item.about, item.promise_days,
        item.limit_days, item.fee, item.result, "", pack.head.icon,
    )  # fmt: skip
    steps = [
        GuideStep(said(one.title, one.english) or one.key, one.within, bool(one.when))
        for one in flow.steps
        if not one.auto
    ]
    guide = Guide(
        line, item.basis, [_material(one) for one in item.materials], steps, item.where, item.hours, item.phone, item.channels,
        due_on, days.is_known(due_on), "", None, [],
    )  # fmt: skip
    return render_to_string("matter/items/_guide.html", pages.guide_context(guide))


def _material(one: Material) -> MaterialLine:
    title = said(one.title, one.english)
    if one.known in known.WORDS:
        return MaterialLine(title, "known", False, str(known.WORDS[one.known]))
    return MaterialLine(title, "upload" if one.field else "bring", one.required, one.note)


def compare(was: Item, now: Item) -> str:
    """What is different in an item, in words."""
    told = (
        (_("编码"), was.code, now.code), (_("承诺工作日"), was.promise_days, now.promise_days),
        (_("法定工作日"), was.limit_days, now.limit_days), (_("费用"), was.fee, now.fee), (_("依据"), was.basis, now.basis),
    )  # fmt: skip
    words = [f"{title}：{old} → {new}" for title, old, new in told if old != new]
    old, new = {one.title for one in was.materials}, {one.title for one in now.materials}
    if new - old:
        words.append(_("多要：%(names)s") % {"names": "、".join(sorted(new - old))})
    if old - new:
        words.append(_("不再要：%(names)s") % {"names": "、".join(sorted(old - new))})
    return "；".join(words)
