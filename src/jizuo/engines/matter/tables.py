"""What is wrong with the decision tables of a pack."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jizuo.engines.matter import rules
from jizuo.ground.errors import Problem
from jizuo.ground.packs.parts import Pack
from jizuo.plain import decision_check, expression
from jizuo.plain.decisions import DecisionTable
from jizuo.plain.expression import BadExpression


def check(pack: Pack) -> list[Problem]:
    """Flaws of each table, inputs that cannot be worked out, and steps that name no table."""
    found = []
    tables: dict[str, DecisionTable] = dict(pack.part("decisions"))
    for name, table in tables.items():
        where = f"decisions/{name}.yaml"
        found += [
            Problem(f"{where}: {flaw.where}", flaw.what, flaw.fix) for flaw in decision_check.check(table)
        ]
        found += [Problem(f"{where}: {place}", error.what, error.fix) for place, error in _unread(table)]
    for name, flow in pack.part("flows").items():
        for place, step in enumerate(flow.steps):
            if step.auto == "decide" and step.by not in tables:
                told = _("decisions 里有：%(names)s") % {"names": "、".join(sorted(tables)) or _("没有表")}
                what = _("没有这张决策表：%(name)s") % {"name": step.by or _("没有写 by")}
                found.append(Problem(f"flows/{name}.yaml: steps[{place}].by", what, told))
    return found


def _unread(table: DecisionTable) -> Iterator[tuple[str, BadExpression]]:
    """Inputs whose expression does not read what a matter knows."""
    for place, one in enumerate(table.inputs):
        try:
            expression.compile(one.of or one.key, rules.NAMES)
        except BadExpression as error:
            yield f"inputs[{place}].of", error
