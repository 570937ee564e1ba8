"""Which elements look sensitive: by name, by code table and by what their values look like. Pure.

It proposes and never decides; it would rather propose once too often than miss a number of a child. A finding says by
what it was found and holds no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE
from jizuo.plain import idnumber
from jizuo.plain.names import COMPOUND_SURNAMES
from jizuo.plain.text import half_width


@dataclass(frozen=True, slots=True)
class Finding:
    """What an element looks like. what: document | phone | address | name | ...; kind: how masks show it, '' for none;
    nature: kind of value that no group may see; by: name | code | content."""

    what: str
    title: str
    grade: int
    kind: str
    nature: str
    by: str


#: what -> (title, grade, kind of its mask, nature, words in a name, words of its English or pinyin-initial name).
#: The words of a name are looked for anywhere in it, the others as whole parts.
SIGNS: dict[str, tuple[str, int, str, str, str, str]] = {
    "document": (
        "证件号", SENSITIVE, "document", "",
        "身份证 证件号 证号 护照号 通行证号 居住证号 学籍号 残疾证",
        "idcard idno identity passport sfzh sfzjh xjh zjhm idnumber",
    ),
    "guardian": (
        "监护人", SENSITIVE, "", "",
        "监护人 家长 父亲 母亲 爸爸 妈妈 祖父 祖母 亲属 家庭成员",
        "guardian parent father mother jhr jhrxm fqxm mqxm",
    ),
    "phone": (
        "电话", SENSITIVE, "phone", "",
        "电话 手机 联系方式 移动号码",
        "phone mobile tel telephone lxdh sjhm dhhm",
    ),
    "address": (
        "住址", SENSITIVE, "", "",
        "住址 地址 户籍地 户口所在 居住地 家庭所在 门牌 楼栋",
        "address addr zz xzz jtzz hkszd",
    ),
    "birth": (
        "出生日期", SENSITIVE, "date", "",
        "出生 生日",
        "birth birthday birthdate dob csrq csny",
    ),
    "health": (
        "健康", SENSITIVE, "", "health",
        "健康 病史 疾病 病种 过敏 血型 视力 身高 体重 体检 心理 残疾 残障 疫苗 接种 用药 诊断 肺活量 龋齿 "
        "近视 抑郁 传染 症状",
        "health disease allergy allergies blood vision height weight disability vaccine diagnosis medical "
        "mental xxm jkzk",
    ),
    "aid": (
        "资助", SENSITIVE, "", "aid",
        "资助 助学 低保 贫困 困难 脱贫 特困 孤儿 留守 优抚 补助 减免 奖助",
        "aid subsidy poverty grant_in_aid zz_je",
    ),
    "discipline": (
        "处分", SENSITIVE, "", "discipline",
        "处分 违纪 惩戒 处罚 警告 记过 欺凌",
        "discipline punishment offence offense",
    ),
    "score": (
        "成绩", SENSITIVE, "", "score",
        "成绩 分数 得分 总分 均分 平均分 考分 等第 绩点 卷面",
        "score marks gpa exam_result cj zf",
    ),
    "rank": (
        "名次", SENSITIVE, "", "rank",
        "名次 排名 位次 班排 年级排 校排",
        "rank ranking position_in_class mc pm",
    ),
    "comment": (
        "评语", SENSITIVE, "", "comment",
        "评语 评价内容 操行 班主任寄语 综合评价",
        "comment remark_of_teacher py",
    ),
    "account": (
        "银行账号", SENSITIVE, "document", "",
        "银行卡 银行账 卡号 账户号 开户",
        "bankcard bank_account card_no",
    ),
    "faith": (
        "宗教、民族与政治面貌", SENSITIVE, "", "",
        "民族 宗教 信仰 政治面貌",
        "ethnic ethnicity religion political mzm zzmmm",
    ),
    "name": (
        "姓名", PERSONAL, "name", "",
        "姓名 曾用名 名字 联系人",
        "name fullname full_name realname xm cym",
    ),
    "sex": (
        "性别", PERSONAL, "", "",
        "性别",
        "sex gender xbm xb",
    ),
    "email": (
        "电子邮箱", PERSONAL, "", "",
        "邮箱 电邮 微信 QQ号",
        "email mail wechat weixin dzxx",
    ),
}  # fmt: skip
#: Code tables whose values say this much of a person.
CODES = {
    "ethnic": "faith", "political": "faith", "blood": "health", "health": "health", "disability": "health",
    "sex": "sex", "family_relation": "guardian",
}  # fmt: skip
#: Names that say "name" and mean a thing: 学校名称, 课程名, name of a class.
_NOT_OF_PEOPLE = re.compile(
    r"名称|(学校|单位|班级|课程|学科|项目|校区|社团|场馆|设备|年级|产品|文件|图书|活动|奖项)(的)?(名|地址|电话|联系电话)"
    r"|(school|unit|class|course|org|file|item|book|project)[ _]?(name|address|phone)",
    re.IGNORECASE,
)
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季"
    "俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍"
    "翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸"
)
_ID = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_ROLL = re.compile(r"(?<![A-Za-z])[GJLgjl][1-9][0-9]{16}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])0[1-9][0-9]{1,2}[- ][2-9][0-9]{6,7}(?![0-9])")
_ADDRESS = re.compile(
    r"[一-鿿]{2,}(省|市|区|县|镇|乡|村|街道|路|街|弄|巷|里|胡同|小区|新村|大道)"
    r".*?[0-9一二三四五六七八九十百]+ ?(号|弄|室|栋|幢|单元|组|楼)"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_HAN_NAME = re.compile(r"[一-鿿㐀-䶿]{2,4}")
_DOT_NAME = re.compile(r"[一-鿿]{2,}[·•・‧][一-鿿]{2,}")
_HEALTH = re.compile(
    r"过敏|哮喘|癫痫|近视|心脏|残疾|肥胖|糖尿|贫血|骨折|抑郁|自闭|多动|先天|疫苗|青霉素|花生|海鲜"
)
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
#: A kind of content that may turn up in other columns by chance is believed from this share of the values on.
LEAST_SHARE = 0.2
MOST_SAMPLES = 500
#: So much of a value is looked at: enough for any sign, and no expression grows with a text.
LONGEST = 200


def examine(
    *,
    key: str,
    title: str,
    english: str = "",
    initials: str = "",
    code_table: str = "",
    samples: Sequence[str] = (),
    aliases: Sequence[str] = (),
) -> list[Finding]:
    """What an element looks like, the highest grade first; [] when nothing is sensitive. samples: values as text."""
    found = {one.what: one for one in _by_content(samples)}
    for what in (*_by_code(code_table), *_by_name(key, title, english, initials, aliases)):
        found[what[0]] = _finding(*what)
    # A guardian's phone is found as both; the mask of the phone is what counts.
    return sorted(found.values(), key=lambda one: (-one.grade, one.kind == "", one.nature == "", one.what))


def proposal(findings: Sequence[Finding]) -> Finding | None:
    """One finding for all: the highest grade, the first kind and nature any of them has."""
    if not findings:
        return None
    first = findings[0]
    return Finding(
        what=first.what,
        title="、".join(dict.fromkeys(one.title for one in findings)),
        grade=max(one.grade for one in findings),
        kind=next((one.kind for one in findings if one.kind), ""),
        nature=next((one.nature for one in findings if one.nature), ""),
        by="、".join(dict.fromkeys(one.by for one in findings)),
    )


def _finding(what: str, by: str) -> Finding:
    title, grade, kind, nature, _words, _parts = SIGNS[what]
    return Finding(what, title, grade, kind, nature, by)


def _by_code(code_table: str) -> Iterable[tuple[str, str]]:
    if code_table in CODES:
        yield CODES[code_table], "code"


def _by_name(
    key: str, title: str, english: str, initials: str, aliases: Sequence[str]
) -> Iterable[tuple[str, str]]:
    words = " ".join((title, *aliases)).replace(" ", "")
    parts = {part.lower() for text in (key, english, initials) for part in _PARTS.findall(text)}
    parts |= {key.lower(), initials.lower(), english.lower().replace(" ", "_")}
    is_thing = _NOT_OF_PEOPLE.search(f"{title} {english} {key}") is not None
    for what, (_title, _grade, _kind, _nature, chinese, others) in SIGNS.items():
        if is_thing and what in ("name", "address", "phone"):
            continue
        if any(word in words for word in chinese.split()) or parts & set(others.split()):
            yield what, "name"


def _by_content(samples: Sequence[str]) -> Iterable[Finding]:
    values = [half_width(one[:LONGEST]).strip() for one in samples[:MOST_SAMPLES] if one and one.strip()]
    if not values:
        return
    if any(_holds_id(one) for one in values):
        yield _finding("document", "content")
    tests = {
        "phone": lambda one: bool(_MOBILE.search(one) or _LANDLINE.search(one)) and not _ID.search(one),
        "address": lambda one: bool(_ADDRESS.search(one)),
        "email": lambda one: bool(_MAIL.search(one)),
        "health": lambda one: bool(_HEALTH.search(one)),
        "name": is_like_a_name,
    }
    for what, test in tests.items():
        least = 0.6 if what == "name" else LEAST_SHARE
        if sum(map(test, values)) >= max(1, least * len(values)):
            yield _finding(what, "content")


def _holds_id(text: str) -> bool:
    for found in (*_ID.findall(text), *(one[1:] for one in _ROLL.findall(text))):
        digits = found.upper()
        month, day = int(digits[10:12]), int(digits[12:14])
        if idnumber.check_digit(digits[:17]) == digits[17] and 1 <= month <= 12 and 1 <= day <= 31:
            return True
    return False


def is_like_a_name(text: str) -> bool:
    """Whether a value looks like a Chinese person's name."""
    if _DOT_NAME.fullmatch(text):
        return True
    plain = text.replace(" ", "")
    return _HAN_NAME.fullmatch(plain) is not None and (
        plain[0] in _SURNAMES or plain[:2] in COMPOUND_SURNAMES
    )
