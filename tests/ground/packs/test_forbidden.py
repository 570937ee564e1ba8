"""What no scene may collect, and what is marked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture(autouse=True)
def words(base):
    """Problems are told in the language in force."""


@pytest.mark.parametrize(
    "title",
    ["父亲职务", "母亲学历", "家长 收入", "家庭年收入", "宗教信仰", "人脸照片", "指纹", "专注度", "微信密码",
     "是否单亲", "是否留守儿童", "残疾证", "低保户", "身份证号", "学籍号"],
)  # fmt: skip
def test_what_may_not_be_asked(title):
    from jizuo.ground.packs import forbidden

    found = forbidden.problems_of("forms/x.yaml", "a", (title,))
    assert found and found[0].fix


@pytest.mark.parametrize(
    "title",
    ["姓名", "请假事由", "单位", "家长电话", "家长签名", "项目", "信息来源", "学生", "入校时间", "设备密级"],
)
def test_what_may_be_asked(title):
    from jizuo.ground.packs import forbidden

    assert forbidden.problems_of("forms/x.yaml", "a", (title,)) == []
    assert forbidden.marked("a", (title,)) == ""


@pytest.mark.parametrize(
    ("title", "kind"),
    [("数学成绩", "score"), ("班级名次", "rank"), ("期末评语", "remark"), ("不适症状", "health"), ("体温", "health"),
     ("资助金额", "aid"), ("处分", "punishment")],
)  # fmt: skip
def test_what_is_marked(title, kind):
    from jizuo.ground.packs import forbidden

    assert forbidden.marked("a", (title,)) == kind


def test_what_is_sensitive_by_grade_or_key_is_marked_too():
    from jizuo.ground.packs import forbidden

    assert forbidden.marked("a", ("说明",), 4) == "sensitive"
    assert forbidden.marked("final_score", ("总评",)) == "score"
    # A person is chosen, not typed: then the number is the base's.
    assert forbidden.problems_of("x", "a", ("身份证号",), "person") == []


def test_the_words_are_there_without_a_base():
    """A tool that looks at a pack's titles needs no settings."""
    bare = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    told = "from jizuo.ground.packs import forbidden; print(forbidden.marked('a', ('期末成绩',)))"
    done = subprocess.run([sys.executable, "-c", told], env=bare, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "score", done.stderr
