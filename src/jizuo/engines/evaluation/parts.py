"""The indicators of a pack as a part, checked against its standards."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jizuo.engines.evaluation.shapes import Indicator
from jizuo.ground.errors import Problem
from jizuo.ground.packs import parts
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack, Part
from jizuo.hubs.data.parts import SceneStandard, marked_of
from jizuo.hubs.data.scene_wheres import column_problems, data_problems, standard_of, where_problems

NUMERIC = ("integer", "decimal")
#: Divisions that are no column of the dataset.
WORDS = frozenset({"unit", "class", "grade"})
#: What is never compared between classes or schools (school-practice, section 6).
NOT_COMPARED = frozenset({"score", "rank", "remark"})


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the indicators of a pack."""
    found: list[Problem] = []
    for name, told in pack.part("indicators").items():
        where = f"indicators/{name}.yaml"
        found += data_problems(pack, told.of, f"{where}: of")
        standard = standard_of(pack, told.of)
        if standard is not None:
            found += indicator_problems(pack, told, standard, where)
        if not told.definition.strip():
            found.append(Problem(f"{where}: definition", _("没有写怎么算的"), _("用一句话写清数的是什么")))
        if not told.zero and not told.missing.strip():
            found.append(
                Problem(f"{where}: missing", _("没有写没有数据是什么意思"), _("写 missing，或写 zero: true"))
            )
    return found


def indicator_problems(pack: Pack, told: Indicator, standard: SceneStandard, where: str) -> list[Problem]:
    """What is wrong with one indicator over its standard."""
    found: list[Problem] = []
    if told.measure in ("count", "share"):
        if told.column:
            found.append(
                Problem(
                    f"{where}: column", _("%(measure)s 不用 column") % {"measure": told.measure}, _("去掉它")
                )
            )
    else:
        found += column_problems(standard, [told.column], f"{where}: column", NUMERIC)
    if told.distinct:
        found += column_problems(standard, [told.distinct], f"{where}: distinct")
    if (told.measure == "percentile") != (1 <= told.percentile <= 99):
        found.append(
            Problem(f"{where}: percentile", _("百分位应在 1 到 99 之间，只用于 percentile"), "percentile: 90")
        )
    if (told.measure == "share") != bool(told.part):
        found.append(Problem(f"{where}: part", _("share 要写 part，别的不写"), "part: [[kind, eq, sick]]"))
    found += where_problems(pack, standard, told.where, f"{where}: where")
    found += where_problems(pack, standard, told.part, f"{where}: part")
    for by in told.by:
        if by in ("class", "grade") and not standard.klass:
            found.append(
                Problem(
                    f"{where}: by", _("数据集没有班级，不能按 %(by)s 分") % {"by": by}, _("在标准里写 class")
                )
            )
        elif by not in WORDS:
            found += by_problems(standard, by, where)
    if told.on:
        found += column_problems(standard, [told.on], f"{where}: on", ["date"])
    elif told.period:
        found.append(Problem(f"{where}: on", _("写了 period 就要写按哪个日期"), "on: from_on"))
    return found + compared(standard, told, where)


def by_problems(standard: SceneStandard, by: str, where: str) -> list[Problem]:
    """A division by a column that is none, or that names people."""
    known = {one.key: one for one in standard.body.elements}
    fitting = [*WORDS, *(one.key for one in known.values() if one.type in ("org", "code"))]
    if by not in known or known[by].type not in ("org", "code"):
        return [Problem(f"{where}: by", _("不能按“%(by)s”分") % {"by": by[:40]}, near(by, fitting))]
    return []


def compared(standard: SceneStandard, told: Indicator, where: str) -> list[Problem]:
    """Scores, ranks and remarks are compared between nobody."""
    marked = marked_of(standard)
    measured = [told.column, *(one.column for one in (*told.where, *told.part))]
    wrong = next((key for key in measured if marked.get(key) in NOT_COMPARED), "")
    if not wrong or not told.by:
        return []
    title = next(one.title for one in standard.body.elements if one.key == wrong)
    what = _("“%(title)s”不能按班级或学校比") % {"title": title}
    return [Problem(f"{where}: by", what, _("去掉 by，只看一个数"))]


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("indicators", "指标", Indicator, check=check, order=50))
