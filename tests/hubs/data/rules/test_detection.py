"""What looks sensitive is found: at least 99 of 100 on a generated set, by name, by code and by content alone.

The set: for each kind, headings as schools write them and as systems call them, with and without a telling heading; values
from the demonstration's own generators (id numbers with check digit, phones, names of all shapes, addresses), a fifth of
the cells empty, some with blanks and full-width digits.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from jizuo.hubs.data.rules import detection
from jizuo.plain import idnumber

HEADS = {
    "document": ["身份证件号", "身份证号码", "公民身份证", "证件号码", "护照号", "SFZJH", "id_number", "idCard", "学籍号"],
    "phone": ["联系电话", "家长手机", "手机号", "父亲联系方式", "LXDH", "mobilePhone", "tel", "紧急联系电话"],
    "address": ["家庭住址", "现住址", "户籍地址", "JTZZ", "home_address", "居住地详细"],
    "name": ["姓名", "学生姓名", "XM", "fullName", "曾用名", "联系人"],
    "guardian": ["监护人1", "家长姓名", "父亲姓名", "母亲工作单位", "guardianName", "JHRXM"],
    "health": ["血型", "过敏史", "既往病史", "左眼视力", "身高", "体检结论", "疫苗接种", "allergies", "是否残疾", "心理健康等级"],
    "score": ["语文成绩", "数学得分", "总分", "期末分数", "gpa", "体育成绩"],
    "rank": ["班级名次", "年级排名", "rank", "位次"],
    "comment": ["班主任评语", "操行评语", "综合评价"],
    "aid": ["资助类别", "是否低保", "贫困等级", "留守儿童", "营养餐补助"],
    "discipline": ["处分情况", "违纪记录", "discipline"],
    "faith": ["民族", "宗教信仰", "政治面貌", "MZM"],
    "birth": ["出生日期", "生日", "birthDate", "CSRQ"],
}  # fmt: skip
BLANK_HEADS = ["备注1", "col_7", "字段三", "数据", "x2"]
HARMLESS = {
    "学校名称": ["启明小学", "北寨小学"], "班号": ["1", "2"], "课程名称": ["语文", "数学"], "学科": ["语文", "体育"],
    "入学年份": ["2024", "2025"], "教室": ["3 号楼 201", "操场"], "办学规模": ["24", "36"], "座号": ["1", "40"],
    "学校办公电话": ["021-62345678"], "项目名称": ["足球节"], "标识码": ["3101000001"], "学期": ["第一学期"],
    "设备名称": ["投影仪"], "图书名称": ["论语"],
}  # fmt: skip


def name_of(rng):
    surname = rng.choice("王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗欧阳") if rng.random() < 0.9 else "欧阳"
    if rng.random() < 0.05:
        return "阿卜杜拉·买买提"
    return surname + "".join(
        rng.choice("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚") for _n in range(rng.choice((1, 2)))
    )


def value_of(what, rng):
    if what == "document":
        day = date(rng.randint(1950, 2020), rng.randint(1, 12), rng.randint(1, 28))
        text = idnumber.make("310105", day, rng.randint(1, 999))
        return rng.choice([text, text, f" {text}", text.lower(), f"G{text}"])
    if what == "phone":
        text = f"1{rng.choice('3456789')}{rng.randrange(10**9):09d}"
        return rng.choice(
            [
                text,
                text,
                f"{text[:3]} {text[3:7]} {text[7:]}",
                f"+86{text}",
                f"021-6{rng.randrange(10**7):07d}",
            ]
        )
    if what == "address":
        place, road = (
            rng.choice(["长宁区", "上海市闵行区", "澜江市北寨镇"]),
            rng.choice(["仙霞", "虹桥", "人民"]),
        )
        lane, house = rng.choice(["弄", "号"]), rng.choice(["号", "室", "栋"])
        return f"{place}{road}路{rng.randint(1, 900)}{lane}{rng.randint(1, 40)}{house}"
    return name_of(rng) if what == "name" else ""


def column(what, rng):
    found = [value_of(what, rng) for _n in range(rng.randint(5, 40))]
    return ["" if rng.random() < 0.2 else one for one in found]


def found_by(head, samples=()):
    is_code = head.isascii()
    return detection.examine(key=head if is_code else "c1", title="" if is_code else head, samples=samples)


def test_recall_on_a_generated_set():
    rng = random.Random(20261122)
    missed, asked = [], 0
    for what, heads in HEADS.items():
        for head in heads:
            for _n in range(20):
                asked += 1
                found = found_by(head, column(what, rng))
                if what not in {one.what for one in found}:
                    missed.append((what, head))
    for what in ("document", "phone", "address", "name"):
        for head in BLANK_HEADS:
            for _n in range(60):
                asked += 1
                samples = column(what, rng)
                if not any(samples):
                    continue
                if what not in {one.what for one in found_by(head, samples)}:
                    missed.append((what, head, samples))
    recall = 1 - len(missed) / asked
    assert asked > 2000 and recall >= 0.99, (recall, missed[:5])


def test_precision_on_what_is_harmless():
    wrong = [
        (head, [one.what for one in found_by(head, values)])
        for head, values in HARMLESS.items()
        if found_by(head, values)
    ]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(
    ("code_table", "what"), [("blood", "health"), ("ethnic", "faith"), ("sex", "sex"), ("subject", None)]
)
def test_a_code_table_tells(code_table, what):
    found = detection.examine(key="c1", title="甲", code_table=code_table)
    assert ([one.what for one in found] or [None])[0] == what


def test_one_proposal_takes_the_highest():
    found = detection.proposal(detection.examine(key="c1", title="母亲手机", samples=["13812345678"]))
    assert (found.grade, found.kind) == (4, "phone") and "监护人" in found.title and "电话" in found.title
    score = detection.proposal(detection.examine(key="math_score", title="数学成绩"))
    assert score.nature == "score" and score.grade == 4
    assert detection.proposal([]) is None


def test_a_finding_holds_no_value():
    found = detection.examine(key="c1", title="备注", samples=["13812345678", "身份证 310105200101010019"])
    assert found and all("138" not in str(one) and "3101" not in str(one) for one in found)
