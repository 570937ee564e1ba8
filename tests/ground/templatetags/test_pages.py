from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from django.utils import translation

from jizuo.ground.pages.parts import Action, Cell, Entry, Number, ProblemRow, Progress, Sheet, Tab, Todo
from jizuo.ground.scope import CLERK, Scope

pytestmark = pytest.mark.usefixtures("base")


def draw(source: str, **values) -> str:
    with translation.override("zh-hans"):
        return engines["django"].from_string("{% load pages %}" + source).render(values)


def test_here_builds_the_address_of_the_acting_role():
    scope = Scope(CLERK, 1, (1,), grant_no=12)
    assert draw("{% here 'people' id %}", scope=scope, id=7) == "/as/12/people/7"
    assert draw("{% here %}", scope=scope) == "/as/12/"
    with pytest.raises(TemplateSyntaxError, match="acting role"):
        draw("{% here 'people' %}", scope=None)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action("看", href="/a?b=1&c=2"), 'href="/a?b=1&amp;c=2"'),
        (Action("应用", post="/a", fields=(("batch", "7"),)), 'name="batch" value="7"'),
        (Action("应用", opens="confirm"), 'data-opens="confirm"'),
        (Action("应用", post="/a", because="还有 3 行要改"), 'aria-disabled="true" title="还有 3 行要改"'),
    ],
)
def test_action(action, words):
    html = draw("{% action a %}", a=action)
    assert words in html
    if action.because:
        assert "<form" not in html


def test_number_without_data_is_said():
    html = draw("{% number n %}", n=Number("校车覆盖", None, "%"))
    assert "无数据" in html
    assert ">0<" not in html


def test_number_carries_definition_and_change_in_words():
    html = draw(
        "{% number n %}",
        n=Number("到校率", 98.6, "%", decimals=1, shift=-0.3, better="up", definition="口径说明"),
    )
    assert "98.6" in html
    assert "口径说明" in html
    assert '<span class="visually-hidden">降</span>0.3' in html
    assert "is-zhu" in html


def test_blocks_escape_once():
    html = draw("{% card t %}<p>{{ x }}</p>{% endcard %}", t="<学校>", x="<b>")
    assert "<h2>&lt;学校&gt;</h2>" in html
    assert "<p>&lt;b&gt;</p>" in html


def test_steps_say_where_one_stands():
    html = draw("{% steps 'preview' is_stuck=True %}")
    assert html.count('aria-current="step"') == 1
    assert "（需要处理）" in html


def test_progress_asks_again_only_while_it_lives():
    running = draw("{% progress p %}", p=Progress("检查", 62, 95, poll="/p"))
    assert 'hx-get="/p"' in running
    assert "62%" in running
    assert "还要 2 分钟" in running
    assert "hx-get" not in draw("{% progress p %}", p=Progress("检查", 100, state="done", poll="/p"))


def test_change_is_said_aloud():
    html = draw("{% change a b %}", a="汉族", b="回族")
    assert '<del class="was"><span class="visually-hidden">原值</span>汉族</del>' in html
    assert "<del" not in draw("{% change a b %}", a=None, b="回族")


def test_problem_rows_mark_the_cell():
    rows = [
        ProblemRow(
            "一年级!C37", [Cell("张若曦"), Cell("3.1E+17", True)], "被 Excel 改坏。", "请用文本格式重填"
        )
    ]
    html = draw("{% problems h r %}", h=["姓名", "证件号"], r=rows)
    assert html.count("cell-wrong") == 1
    assert 'data-label="证件号"' in html
    assert "被 Excel 改坏。请用文本格式重填" in html


def test_entries_name_the_owner_and_missing_values():
    html = draw("{% entries e %}", e=[Entry("血型", "", "家长本人"), Entry("民族", "回族", was="汉族")])
    assert "无数据" in html
    assert "家长本人" in html
    assert "<del" in html


def test_tabs_mark_the_current():
    html = draw("{% tabs t %}", t=[Tab("要改的", "?a", True, 3), Tab("新来", "?b", count=1236)])
    assert html.count('aria-current="page"') == 1
    assert "1,236" in html


def test_todo_without_matters_says_so():
    assert "今天没有要处理的事。" in draw("{% todo t %}", t=[])
    assert "逾期 1 天" in draw("{% todo t %}", t=[Todo("缺 46 人", "逾期 1 天", "zhu")])


class Form(forms.Form):
    name = forms.CharField(label="姓名", help_text="与户口簿一致")
    lives = forms.ChoiceField(label="就读方式", choices=[("1", "走读")], widget=forms.RadioSelect)
    may = forms.BooleanField(label="可接送", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, initial="s")


def test_form_puts_faults_beside_their_fields():
    html = draw("{% form_body f %}", f=Form({"lives": "1", "secret": "s"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name-hint id_name-wrong"' in html
    assert 'id="id_name-wrong"' in html
    assert 'id="id_name-hint"' in html
    assert "有 1 处要改" in html
    assert html.count("form-check-input") == 2
    assert '<label class="form-label" for="id_secret"' not in html


def test_paste_grid_escapes_its_column_names():
    assert 'data-columns="[&quot;姓名&quot;, &quot;&lt;b&gt;&quot;]"' in draw(
        "{% paste_grid 'p' c %}", c=["姓名", "<b>"]
    )


def test_sheet_and_watermark():
    assert "7K2M" in draw("{% sheet_head s %}{% sheet_foot s %}", s=Sheet("名册", "启明小学", "7K2M"))
    html = draw("{% watermark w %}", w="沈知远 <10:32>")
    assert "沈知远 &lt;10:32&gt;" in html
    assert "style=" not in html


def test_filters():
    assert draw("{{ n|figure }} {{ d|prose_day }} {{ d|table_day }}", n=1234, d=date(2026, 9, 16)) == (
        "1,234 九月十六日 2026-09-16"
    )
