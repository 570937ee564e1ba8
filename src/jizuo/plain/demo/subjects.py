"""Subjects and the weekly periods of each grade, as ordinary schools of the fictional city teach them."""

from __future__ import annotations

SUBJECTS = {
    "kid": "五大领域活动",
    "chi": "语文",
    "mat": "数学",
    "eng": "英语",
    "mor": "道德与法治",
    "pol": "思想政治",
    "sci": "科学",
    "phy": "物理",
    "che": "化学",
    "bio": "生物学",
    "geo": "地理",
    "his": "历史",
    "spo": "体育与健康",
    "mus": "音乐",
    "art": "美术",
    "ict": "信息科技",
    "lab": "劳动",
    "voc": "专业课",
}
"""Subject key -> Chinese name."""

# who takes the lessons of a subject too small to have a teacher of its own in a school
PARTNER = {
    "mor": "chi",
    "lab": "chi",
    "sci": "mat",
    "ict": "mat",
    "geo": "his",
    "his": "chi",
    "bio": "mat",
    "pol": "chi",
    "art": "mus",
    "mus": "chi",
    "spo": "mat",
    "phy": "mat",
    "che": "mat",
    "eng": "chi",
    "mat": "chi",
    "voc": "chi",
    "kid": "kid",
    "chi": "mat",
}

ELECTIVES = ("phy", "che", "bio", "pol", "his", "geo")
"""Of these six a pupil of grades 11 and 12 takes three, in classes mixed from the year (走班)."""

_TABLE = {
    "low": "chi8 mat4 eng2 mor2 sci1 spo4 mus2 art2",
    "primary": "chi6 mat5 eng4 mor3 sci2 spo3 mus2 art2 ict1 lab1",
    "6": "chi6 mat5 eng5 mor2 sci2 geo2 spo3 mus1 art1 ict2 lab1",
    "7": "chi5 mat5 eng5 mor2 his2 geo2 bio2 spo3 mus1 art1 ict1",
    "8": "chi5 mat5 eng5 mor2 his2 geo2 bio2 phy3 spo3 mus1 art1",
    "9": "chi6 mat6 eng6 mor3 his3 phy4 che4 spo3",
    "10": "chi4 mat4 eng4 phy3 che3 bio2 pol2 his2 geo2 spo3 ict2",
    "senior": "chi4 mat4 eng4 spo3",
    "vocational": "chi3 mat3 eng3 pol2 his1 spo2 ict2 voc10",
}
_PERIODS = {key: {word[:3]: int(word[3:]) for word in text.split()} for key, text in _TABLE.items()}


def periods(stage: str, grade: int) -> dict[str, int]:
    """Subject key -> periods a week that a whole administrative class has together."""
    if stage == "kindergarten":
        return {"kid": 20}
    if stage == "primary":
        return _PERIODS["low" if grade <= 2 else "primary"]
    if stage == "vocational":
        return _PERIODS["vocational"]
    return _PERIODS["senior" if grade > 10 else str(grade)]


ELECTIVE_PERIODS = 4
"""Periods a week of one elective."""


def said(subject: str, stage: str) -> str:
    """The subject's name at a stage (信息科技 is 信息技术 in senior schools)."""
    if subject == "ict" and stage in ("senior", "vocational"):
        return "信息技术"
    return SUBJECTS[subject]
