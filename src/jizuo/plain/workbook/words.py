"""The words by which headings, notes, totals and classes are known in school tables."""

from __future__ import annotations

import re
import unicodedata

_BRACKETED = re.compile(r"[（(【\[][^（()）【】\[\]]*[)）】\]]")
_MARKS = re.compile(r"[\s*＊:：_\-—/\\.。、,，;；\"'“”‘’#№]+")
_HALF = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_CJK_GAP = re.compile(r"(?<=[\u2e80-\u9fff（）()])\s+(?=[\u2e80-\u9fff（）()])")

# What stands in headings of rosters, class lists, staff lists and score lists.
_HEADINGS = """
    姓名 名字 曾用名 性别 班级 年级 班号 班次 学校 校名 单位 部门 校区 序号 编号 座号
    座位号 学号 学籍号 考号 工号 身份证 身份证号 证件号 证件号码 证件类型 出生日期
    出生年月 生日 民族 国籍 籍贯 政治面貌 户籍 户口 户籍地址 住址 地址 家庭住址 电话
    手机 手机号 联系电话 联系方式 家长 家长姓名 监护人 关系 父亲 母亲 邮箱 备注 职务
    职称 岗位 学历 学位 学科 科目 课程 任教学科 任教班级 任课教师 教师 班主任 周课时
    编制 编制类型 入学日期 入学年月 入学年份 入学方式 就读方式 来校年月 参加工作 日期 时间
    血型 健康 状态 类型 类别 语文 数学 英语 总分 成绩 得分 照片 签名 xm xb xh
    name sex gender class grade school phone mobile
    birthday id no number email remark
"""
HEADING_WORDS = frozenset(_HEADINGS.split())
_TOTAL = re.compile(
    r"^(?:本页|全班|全校|全年级|人数)?(?:合计|小计|总计|共计|总和|总数|总人数|平均|平均分|最高分|最低分|及格率|优秀率)"
)
_NOTE = re.compile(
    r"^(?:备?注|说明|填表说明|填表人|填报人|制表|制表人|审核|审核人|负责人|联系人|经办人|校长|填报单位|填表日期|日期|"
    r"打印|盖章|签字|班主任签|以上|注意|提示|附)"
)
DITTO = frozenset(
    ("同上", "〃", "″", '"', "”", "“", "''", "〞", "々", "同上。", "do", "ditto", "-同上-", "—〃—")
)

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_GRADE = (
    r"(?:(?:19|20)\d\d[级届]|(?:小学|初中|高中|小|初|高)?[一二三四五六七八九1-9]年级|"
    r"[初高][一二三1-3]|[一二三四五六七八九]|预备?初?|[托小中大]|(?<!\d)\d{1,2})"
)
CLASS = re.compile(rf"{_GRADE}\s*[（(.\-－]?\s*{_NUMBER}\s*[)）]?\s*班")
_SHORT_CLASS = re.compile(
    rf"^(?:{_GRADE}\s*[（(]\s*{_NUMBER}\s*[)）]|[1-9]\d?[.\-]\d{{1,2}}|[1-9]\d{{2}}|(?:[托小中大]|预备)班)$"
)
_BARE_CLASS = re.compile(rf"^第?[（(]?{_NUMBER}[)）]?班?$")
GRADE_ONLY = re.compile(
    r"^(?:(?:小学|初中|高中)?[一二三四五六七八九1-9]年级|[初高][一二三1-3]|预备?初?|(?:19|20)\d\d[级届])$"
)

_SUBJECT_NAMES = """
    语文 数学 英语 外语 道德与法治 道法 品社 品德 思政 政治 思想政治 历史 地理 物理
    化学 生物 生命科学 科学 自然 音乐 美术 艺术 体育 体育与健康 体健 信息 信息科技
    信息技术 劳动 劳技 综合实践 综合 通用技术 书法 心理 心理健康 探究 拓展 班会 写字
    阅读 舞蹈 校本 日语 俄语 德语 法语 西班牙语 国学 编程 健康 班队
    生物学 历史与社会 劳动技术 综合实践活动 心理健康教育 校本课程 地方课程 专题教育 专业课 公共基础课 实训
"""
SUBJECTS = frozenset(_SUBJECT_NAMES.split())


def clean(text: str) -> str:
    """A heading or title for showing: no line breaks, no spaces inside 姓 名, Latin letters half-width."""
    return re.sub(r"\s+", " ", _CJK_GAP.sub("", text.translate(_HALF))).strip()


def normal(text: str) -> str:
    """A heading for comparing: half-width, lower case, without spaces, marks, stars and bracketed remarks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    without = _MARKS.sub("", _BRACKETED.sub("", folded))
    return without or _MARKS.sub("", folded)


def is_heading_word(text: str) -> bool:
    """Whether a cell reads like a heading: a known word, or one with a few letters before or after."""
    if not text or len(text) > 30:
        return False
    word = normal(text)
    if word in HEADING_WORDS:
        return True
    if len(word) > 12 or any(letter.isdigit() for letter in word[2:]):
        return False
    return any(word.endswith(known) or word.startswith(known) for known in HEADING_WORDS if len(known) > 1)


def is_total(text: str) -> bool:
    return len(text) <= 20 and bool(_TOTAL.match(normal(text)))


def is_note(text: str) -> bool:
    return bool(_NOTE.match(text.lstrip("*※（( ")))


def class_in(text: str, *, whole: bool = False) -> str | None:
    """The class named in a title or sheet name (三（2）班花名册 -> 三（2）班), as written; None without one.

    `whole`: the text is nothing but a name (a sheet tab, a cell), so 3.2, 302 and 三(2) count too.
    """
    said = text.strip()
    found = CLASS.search(said)
    if found:
        return found.group(0)
    if whole and _SHORT_CLASS.match(said):
        return said
    return None


def is_class_cell(text: str, *, has_grade: bool = False) -> bool:
    """Whether a cell of a class column names a class; with a grade beside it, 2 and 2班 are enough."""
    return class_in(text, whole=True) is not None or (has_grade and bool(_BARE_CLASS.match(text.strip())))


def is_subject(text: str) -> bool:
    word = normal(text)
    return word in SUBJECTS or (word.endswith(("老师", "教师", "任课")) and word[:-2] in SUBJECTS)
