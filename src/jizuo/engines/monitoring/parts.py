"""The alerts of a pack as a part, checked against its standards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from django.utils.translation import gettext as _

from jizuo.engines.monitoring.rules import FAMILY_WORDS, STAFF_WORDS
from jizuo.engines.monitoring.shapes import Alert
from jizuo.ground.errors import Problem
from jizuo.ground.packs import parts
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack, Part
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.scene_wheres import column_problems, data_problems, standard_of, where_problems

MOST_STEPS = 5
MOST_WORDS = 80


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the alerts of a pack."""
    found: list[Problem] = []
    for name, told in pack.part("alerts").items():
        where = f"alerts/{name}.yaml"
        found += data_problems(pack, told.of, f"{where}: of")
        standard = standard_of(pack, told.of)
        if standard is not None:
            found += rows_problems(pack, told, standard, where)
            found += who_problems(pack, told.tell, told, standard, f"{where}: tell")
            for place, step in enumerate(told.then):
                found += who_problems(pack, step.tell, told, standard, f"{where}: then[{place}].tell")
        found += clock_problems(pack, told, where)
        found += step_problems(pack, told, where)
    return found


def rows_problems(pack: Pack, told: Alert, standard: SceneStandard, where: str) -> list[Problem]:
    """What is wrong with which rows make a case."""
    found = column_problems(
        standard, [told.each], f"{where}: each", ["person", "org", "code", "text", "date"]
    )
    found += where_problems(pack, standard, told.where, f"{where}: where")
    if told.least < 1:
        found.append(Problem(f"{where}: least", _("至少一行"), "least: 1"))
    if not 0 <= told.within_days <= 366:
        found.append(Problem(f"{where}: within_days", _("天数应在 0 到 366 之间"), "within_days: 3"))
    if told.within_days:
        found += column_problems(standard, [told.on], f"{where}: on", ["date"])
    return found


def who_problems(
    pack: Pack, words: Sequence[str], told: Alert, standard: SceneStandard, where: str
) -> list[Problem]:
    """Who-words that are not known, that name no post of the pack, or that tell families of others' children."""
    known = [*FAMILY_WORDS, *STAFF_WORDS, *(f"post.{key}" for key in pack.roles.posts)]
    found = []
    for word in words:
        if word not in known:
            found.append(
                Problem(where, _("不认识要告诉的人：%(word)s") % {"word": word[:60]}, near(word, known))
            )
        elif word in FAMILY_WORDS and (not standard.subject or told.each != standard.subject):
            found.append(
                Problem(where, _("家庭只能听到自己孩子的事"), f"each: {standard.subject or 'pupil_id'}")
            )
        elif word == "homeroom_teacher_of_subject" and not standard.klass:
            found.append(Problem(where, _("数据集没有班级，找不到班主任"), _("在标准里写 class")))
    return found


def clock_problems(pack: Pack, told: Alert, where: str) -> list[Problem]:
    """A time of day that is none, or a setting that is no time."""
    if not told.at:
        return []
    if told.at.startswith("$"):
        setting = pack.head.settings.get(told.at[1:])
        if setting is None or setting.kind != "time":
            times = [f"${key}" for key, one in pack.head.settings.items() if one.kind == "time"]
            return [
                Problem(
                    f"{where}: at", _("没有这项时间设置：%(at)s") % {"at": told.at[:40]}, near(told.at, times)
                )
            ]
        return []
    try:
        time.fromisoformat(told.at)
    except ValueError:
        return [Problem(f"{where}: at", _("时间写得不对：%(at)s") % {"at": told.at[:20]}, '"08:30"')]
    return []


def step_problems(pack: Pack, told: Alert, where: str) -> list[Problem]:
    """Words, forms and minutes of what follows."""
    found = []
    if not told.words.strip() or len(told.words) > MOST_WORDS:
        found.append(Problem(f"{where}: words", _("要写一句话，最多 %(n)s 字") % {"n": MOST_WORDS}))
    if len(told.then) > MOST_STEPS:
        found.append(Problem(f"{where}: then", _("最多 %(n)s 步") % {"n": MOST_STEPS}))
    before = -1
    for place, step in enumerate(told.then):
        at = f"{where}: then[{place}]"
        if step.after_minutes < max(before, 0):
            found.append(Problem(f"{at}.after_minutes", _("分钟数要一步比一步大"), _("从开始算起")))
        before = step.after_minutes
        if len(step.words) > MOST_WORDS:
            found.append(Problem(f"{at}.words", _("最多 %(n)s 字") % {"n": MOST_WORDS}))
        if step.form and step.form not in pack.part("forms"):
            what = _("包里没有表单：%(name)s") % {"name": step.form[:60]}
            found.append(Problem(f"{at}.form", what, near(step.form, pack.part("forms"))))
    if not told.tell and not any(step.tell or step.phone_list for step in told.then):
        found.append(Problem(f"{where}: tell", _("没有人会知道"), _("写 tell，或在 then 里写告诉谁")))
    return found


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("alerts", "预警", Alert, check=check, order=55))
