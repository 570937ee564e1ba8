"""The English catalogue is whole, and the tool that says so can tell when it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import i18n  # noqa: E402

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
_("保存")
gettext_lazy("共 %(n)s 人")
ngettext("一行", "多行", n)
pgettext("brand", "基")
"""
TEMPLATE = """{% load i18n %}{# 注释 #}
<p title="{% trans '标题' %}">{% trans "正文" %}</p>{{ x|default:_("没有") }}
{% blocktrans with name=x %}您好，{{ name }}{% endblocktrans %}
{% blocktrans count n=m %}一处{% plural %}多处{% endblocktrans %}
{% trans "基" context "brand" %}
<p>没放进去</p>
"""


def test_english_is_whole():
    assert i18n.problems(i18n.found(), i18n.read()) == []


def test_templates_hold_no_bare_chinese():
    assert i18n.unmarked() == []


@pytest.fixture
def tree(tmp_path, base, monkeypatch):
    """A small source tree with one module and one template."""
    folder = tmp_path / "room" / "templates"
    folder.mkdir(parents=True)
    (tmp_path / "room" / "words.py").write_text(PYTHON, encoding="utf-8")
    (folder / "page.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    return tmp_path


def ids(path: Path, root: Path) -> list:
    return [(message.msgid, message.context) for message in i18n.messages_of(path, root)]


def test_python_is_read(tree):
    assert ids(tree / "room" / "words.py", tree) == [
        ("保存", None),
        ("共 %(n)s 人", None),
        (("一行", "多行"), None),
        ("基", "brand"),
    ]


def test_templates_are_read(tree):
    assert set(ids(tree / "room" / "templates" / "page.html", tree)) == {
        ("标题", None),
        ("正文", None),
        ("没有", None),
        ("您好，%(name)s", None),
        (("一处", "多处"), None),
        ("基", "brand"),
    }


def test_bare_words_are_named_with_their_line(tree):
    assert i18n.unmarked(tree) == ["room/templates/page.html:6: 「没放进去」没有放进 {% trans %}"]


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("", "没有英文"),
        ("%(m)s people", "占位符"),
        ("people", "占位符"),
        ("%(n)s people", ""),
    ],
)
def test_missing_and_mismatched_english_is_named(english, words):
    marked = Catalog(locale="en")
    marked.add("共 %(n)s 人", locations=[("room/words.py", 0)])
    catalog = Catalog(locale="en")
    catalog.add("共 %(n)s 人", english)
    lines = i18n.problems(marked, catalog)
    assert (words in lines[0] and "room/words.py" in lines[0]) if words else lines == []


def test_compiled_catalogue_speaks_english(tmp_path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        i18n.HEADER + 'msgid "共 %(n)s 人"\nmsgstr "%(n)s people"\n', encoding="utf-8"
    )
    i18n.compile_all(tmp_path)
    import gettext

    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("共 %(n)s 人") == "%(n)s people"
