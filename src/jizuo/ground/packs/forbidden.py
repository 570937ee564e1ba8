"""What no scene may collect or show (school-practice 3 and 6): by the words of a field's title, its aliases and its key.

A field of a *marked* kind (成绩, 名次, 评语, 健康, 资助, 处分) may be kept, and is shown to the child's own family and to those
whose duty it is only: never to a group.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem

#: (words of a title, why). Matched without blanks and punctuation.
NEVER: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (
            r"(父|母|家长|监护人|爸|妈|家庭).{0,4}(职务|职业|收入|工资|学历|文化程度|工作单位|单位|政治面貌)",
            "family",
        ),
        (r"家庭(年|月)?(总)?收入|家庭经济|户主职业", "family"),
        (r"宗教|信仰|教派", "belief"),
        (r"人脸|面部(特征|模板)|指纹|声纹|虹膜|步态|掌纹|生物特征", "body"),
        (r"情绪(识别|分析|值)|专注度|抬头率|微表情", "mind"),
        (r"密码|口令|验证码|银行卡(号)?密码", "secret"),
        (r"父母(婚姻|离异)|是否(单亲|离异)|单亲|离异", "family"),
    )
)
SPECIAL = re.compile(r"随迁|留守|孤儿|事实无人抚养|残疾|低保|特困|脱贫|贫困|建档立卡|优抚|受资助|困境儿童")
DOCUMENT = re.compile(r"身份证|证件号|学籍号|护照号|户口簿号|社保号")
MARKED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"成绩|分数|得分|总分|均分|等第|等级分|考分", "score"),
        (r"名次|排名|位次|排位", "rank"),
        (r"评语|操行|品行鉴定", "remark"),
        (r"健康|症状|病(名|情|因|史)|诊断|疾病|过敏|用药|体温|视力|心理|传染|因病|伤情|体检", "health"),
        (r"资助|补助|助学|减免", "aid"),
        (r"处分|违纪|惩戒|警告", "punishment"),
    )
)
MARKED_KEYS = re.compile(
    r"(^|_)(score|rank|grade_point|remark|symptom|illness|diagnosis|disease|health|aid|punish\w*)(_|$)"
)


def plain(title: str) -> str:
    """A title without blanks and punctuation."""
    return re.sub(r"[\s·,，.。:：;；()（）\[\]【】/、\-_]+", "", title)


def why(kind: str) -> str:
    """Why a kind of `NEVER` is never collected."""
    return {
        "family": _("父母的职务、收入、学历等不能收集"), "belief": _("宗教信仰不能收集"), "body": _("人脸、指纹、声纹等不能收集"),
        "mind": _("不测情绪和专注度"), "secret": _("不能收集密码和验证码"),
    }[kind]  # fmt: skip


def problems_of(where: str, key: str, titles: tuple[str, ...], kind: str = "") -> list[Problem]:
    """Why a field may not be in a scene; empty when it may. kind: of the field, '' when unknown."""
    found = []
    for title in map(plain, titles):
        for pattern, kind_of in NEVER:
            if pattern.search(title):
                found.append(Problem(where, f"{why(kind_of)}：{title}", _("去掉这个字段")))
        if SPECIAL.search(title):
            found.append(
                Problem(
                    where, _("特殊身份不能在场景里收集：%(title)s") % {"title": title},
                    _("由“特殊身份”的职责办理，依据、来源和期限都在那里"),
                )
            )  # fmt: skip
        if DOCUMENT.search(title) and kind not in ("person", "note", "file", "photo"):
            found.append(
                Problem(
                    where, _("证件号不能当文字收：%(title)s") % {"title": title},
                    _("改成选人（person），号码由基座保管；要核对时由核验服务做"),
                )
            )  # fmt: skip
    return list(dict.fromkeys(found))


def marked(key: str, titles: tuple[str, ...], grade: int = 1) -> str:
    """The kind of a marked field, '' for any other. grade: what is sensitive by its grade counts as marked."""
    for title in map(plain, titles):
        for pattern, kind in MARKED:
            if pattern.search(title):
                return kind
    if MARKED_KEYS.search(key):
        return "score"
    return "sensitive" if grade >= 4 else ""
