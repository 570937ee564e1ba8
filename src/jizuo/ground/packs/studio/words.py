"""The plain words of the studio for what the files say: kinds of fields, who, when, how far."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: kind -> (words, kind of the form field, element of the standard or None for what stays on the form alone).
FIELD_KINDS: dict[str, tuple[Any, str, dict[str, Any] | None]] = {
    "text": (_("一行文字"), "", {"type": "text", "length": 100}),
    "long_text": (_("一段文字"), "long_text", {"type": "text", "length": 500}),
    "integer": (_("整数"), "", {"type": "integer"}),
    "decimal": (_("小数"), "", {"type": "decimal", "precision": 10, "scale": 2}),
    "money": (_("金额（元）"), "money", {"type": "integer"}),
    "date": (_("日期"), "", {"type": "date"}),
    "moment": (_("日期和时间"), "", {"type": "timestamptz"}),
    "yes_no": (_("是或否"), "", {"type": "boolean"}),
    "choice": (_("选一个"), "", {"type": "code"}),
    "pupil": (_("学生"), "", {"type": "person", "grade": 3}),
    "staff": (_("教职工"), "", {"type": "person", "grade": 3}),
    "class": (_("班级"), "", {"type": "org"}),
    "photo": (_("照片"), "photo", None),
    "file": (_("文件"), "file", None),
    "signature": (_("手写签名"), "signature", None),
    "place": (_("地点"), "place", None),
    "note": (_("一段说明（不用填）"), "note", None),
}
GRADES: dict[str, Any] = {
    "1": _("可以公开"), "2": _("看得到这张表的人"), "3": _("有职责的人，别人只看到遮住的"),
    "4": _("只有本人、家长和负责人"),
}  # fmt: skip
ROLES: dict[str, Any] = {
    "guardian": _("家长"), "pupil": _("学生"), "homeroom_teacher": _("班主任"), "teacher": _("教师"),
    "clerk": _("教务员"), "head": _("校长"), "district_steward": _("区数据管理员"),
    "district_leader": _("区领导"), "district_admin": _("区管理员"),
}  # fmt: skip
REACHES: dict[str, Any] = {
    "": _("看不到"), "self": _("只看关于自己的"), "child": _("只看自己孩子的"), "mine": _("只看自己填的"),
    "class": _("看本班的"), "unit": _("看全校的"),
}  # fmt: skip
WRITES: dict[str, Any] = {
    "": _("不能直接改"),
    "mine": _("改自己填的"),
    "class": _("改本班的"),
    "unit": _("改全校的"),
}
WHO: dict[str, Any] = {
    "applicant": _("申请人"), "subject": _("本人"), "guardians_of_subject": _("学生的家长"),
    "homeroom_teacher_of_subject": _("学生的班主任"), "teachers_of_subject": _("学生的任课教师"),
    "head": _("校长"), "clerk": _("教务员"), "district_steward": _("区数据管理员"),
    "district_leader": _("区领导"), "district_admin": _("区管理员"),
}  # fmt: skip
DEEDS: dict[str, Any] = {
    "approve": _("审批（同意或不同意）"), "sign": _("签字"), "handle": _("办理"), "fill": _("补填"), "read": _("阅知"),
}  # fmt: skip
PASSES: dict[str, Any] = {
    "any": _("有一个人办就行"),
    "all": _("每个人都要办（会签）"),
    "half": _("过半的人同意"),
}
STEP_KINDS: dict[str, Any] = {
    "person": _("有人办"),
    "write": _("自动：记入一张表"),
    "tell": _("自动：发消息"),
}
LATER_STEPS: dict[str, Any] = {
    "decide": _("自动：按决策表判断"), "call": _("自动：调用一个门"), "start": _("自动：开始子流程"),
    "wait": _("自动：等子流程都办完"), "document": _("自动：出证明"), "publish": _("自动：公示或发布"),
    "end": _("自动：结束"),
}  # fmt: skip
OPERATORS: dict[str, Any] = {
    "eq": _("等于"), "ne": _("不等于"), "gt": _("大于"), "ge": _("不小于"), "lt": _("小于"), "le": _("不大于"),
}  # fmt: skip
FILTERS: dict[str, Any] = OPERATORS | {"in": _("是其中之一"), "prefix": _("开头是"), "empty": _("没有填")}
MOMENTS: dict[str, str] = {
    "今天": "$today", "昨天": "$yesterday", "本周一": "$week_begin", "本月一日": "$month_begin",
    "学期第一天": "$term_begin", "学年第一天": "$year_begin", "现在": "$now", "我": "$me",
    "我的孩子": "$my_children", "我的班": "$my_class", "本校": "$unit",
}  # fmt: skip
BLOCKS: dict[str, Any] = {
    "form": _("填表的按钮"), "steps": _("我办的事到哪一步"), "todo": _("等我办的"), "table": _("表格"),
    "record": _("一条记录"), "number": _("数字"), "chart": _("图"), "calendar": _("日历"), "board": _("看板"),
    "list": _("名单"), "text": _("说明文字"), "roll": _("点名"),
}  # fmt: skip
PLACES: dict[str, Any] = {
    "menu": _("放在场景的菜单里"), "home": _("也放在首页"), "screen": _("放在教室大屏"), "public": _("公开给所有人"),
    "none": _("只从别的页面点进来"),
}  # fmt: skip
MEASURES: dict[str, Any] = {
    "count": _("有几条"), "sum": _("加起来"), "share": _("占百分之几"), "mean": _("平均"), "median": _("中位数"),
    "percentile": _("百分位"),
}  # fmt: skip
CATEGORIES: tuple[str, ...] = ("学生", "教师", "教务", "后勤", "家校", "公开", "收数")
PREFILLS: dict[str, Any] = {
    "": _("空着"), "child": _("家长的孩子"), "me": _("填表人自己"), "today": _("今天"), "subject.class_id": _("学生的班级"),
    "me.phone": _("填表人的电话"), "school.name": _("学校名称"), "last": _("上次填的"),
}  # fmt: skip
AGAIN: dict[str, Any] = {
    "never": _("不能"), "own": _("照自己上次填的"), "unit": _("照本单位上次填的"),
}  # fmt: skip
#: Kinds of fields that nobody takes over from another time, whatever the form says.
ANEW = frozenset({"date", "moment", "photo", "file", "signature", "note"})
FOLDERS: dict[str, Any] = {
    "standards": _("表"), "flows": _("流程"), "pages": _("页面"), "indicators": _("数字"), "alerts": _("提醒"),
}  # fmt: skip
