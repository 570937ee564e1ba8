"""Words and decisions about new pupils: states, what no list may bring, which class year they enter. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy

from jizuo.hubs.organisation import turns
from jizuo.plain import dividing
from jizuo.plain.school_year import SCHEMES, SchoolYear, Stage, entry_year_of

ADMITTED, REPORTED, ABSENT, WITHDRAWN = "admitted", "reported", "absent", "withdrawn"
STATES = (ADMITTED, REPORTED, ABSENT, WITHDRAWN)
STATE_TITLES = {
    ADMITTED: gettext_lazy("待报到"), REPORTED: gettext_lazy("已报到"), ABSENT: gettext_lazy("未报到"),
    WITHDRAWN: gettext_lazy("不来了"),
}  # fmt: skip
#: Between which states a clerk moves a child who has no class yet.
MOVES = {
    ADMITTED: (REPORTED, ABSENT, WITHDRAWN), REPORTED: (ADMITTED,), ABSENT: (REPORTED, ADMITTED, WITHDRAWN),
    WITHDRAWN: (ADMITTED, REPORTED),
}  # fmt: skip
DESK, BY_CODE = "desk", "code"

PROPOSED, FROZEN, DRAWN, APPLIED, UNDONE, DROPPED = (
    "proposed",
    "frozen",
    "drawn",
    "applied",
    "undone",
    "dropped",
)
DIVISION_TITLES = {
    PROPOSED: gettext_lazy("等校长批准"), FROZEN: gettext_lazy("名单已锁定，等抽签"), DRAWN: gettext_lazy("已抽签，等应用"),
    APPLIED: gettext_lazy("已应用"), UNDONE: gettext_lazy("已撤销"), DROPPED: gettext_lazy("已作废"),
}  # fmt: skip
WISHES = {
    "": gettext_lazy("没有意愿"), dividing.TOGETHER: gettext_lazy("同班"), dividing.APART: gettext_lazy("不同班"),
}  # fmt: skip
WAYS = {
    dividing.DRAWN: gettext_lazy("抽签"), dividing.FIXED: gettext_lazy("指定"), dividing.BOUND: gettext_lazy("多胞胎意愿"),
    dividing.SPREAD: gettext_lazy("均衡分布"),
}  # fmt: skip

#: Stages in which nobody may be divided by score (义务教育法; 学前 as well).
SCORELESS = frozenset({Stage.KINDERGARTEN.value, Stage.PRIMARY.value, Stage.JUNIOR.value})
#: No rule may allow more: above it begins 大班额.
MOST = turns.LARGE - 1
_SCORES = """
    成绩 分数 总分 得分 均分 名次 排名 等第 绩点 考试 测试 测评 面试 笔试 竞赛 获奖
"""
_SCORE_WORDS = tuple(_SCORES.split())


def is_score(heading: str) -> bool:
    """True for the heading of a column that tells how well a child did somewhere."""
    bare = "".join(heading.split())
    return any(word in bare for word in _SCORE_WORDS)


def stages_of(schemes: Iterable[str]) -> list[str]:
    """The stages that a school of these 学制 takes new pupils into, in the order of schooling."""
    found = {step.stage for code in schemes if code in SCHEMES for step in SCHEMES[code].steps}
    return [stage.value for stage in Stage if stage in found]


def next_stage(schemes: Iterable[str], finished: str) -> str:
    """The stage that graduates of another school's `finished` stage enter in a school of these 学制; '' for none. Of a
    stage that is not known, the first that the school has."""
    order = [stage.value for stage in Stage]
    after = order.index(finished) if finished in order else -1
    return next((stage for stage in stages_of(schemes) if order.index(stage) > after), "")


def cohort(schemes: Sequence[str], stage: str, year: SchoolYear) -> tuple[str, int] | None:
    """(学制, entry year) of the classes that new pupils of `stage` enter in autumn of `year`; None where no 学制 has
    the stage. The first that begins with the stage, else the first that has it."""
    held = [code for code in schemes if code in SCHEMES and stage in stages_of([code])]
    held.sort(key=lambda code: SCHEMES[code].steps[0].stage.value != stage)
    for code in held:
        entry_year = entry_year_of(code, Stage(stage), 1, year)
        if entry_year is not None:
            return code, entry_year
    return None


def usual_most(stage: str) -> int:
    """Pupils in a class of a stage by standard; a school may set less, or more up to MOST."""
    return turns.STANDARD_SIZE.get(Stage(stage), 50) if stage in set(Stage) else 50


def classes_needed(pupils: int, most: int) -> int:
    """The fewest classes of at most `most` pupils."""
    return max(-(-pupils // most), 1)
