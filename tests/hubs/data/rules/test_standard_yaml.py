"""A standard goes out as text and comes back without a difference; what is no standard is refused by place."""

from __future__ import annotations

from datetime import date

import pytest

from tests.hubs.data.standing import element, visits


@pytest.fixture(scope="module")
def text(base):
    from jizuo.hubs.data.rules import standard_yaml

    return standard_yaml


def test_a_standard_goes_out_and_comes_back(text):
    told = visits(
        "visit", element("money", "金额", type="decimal", precision=8, scale=2, rule="财务", to_check="位数", is_retired=True),
        label="visitor", is_master=True, source="JY/T 0633", english="Visits", to_check="整表",
        known_to="family", cycle="year",
    )  # fmt: skip
    written = text.write(told, "2.3", effective_on=date(2027, 9, 1), notes="加了金额")
    read = text.read(written)
    assert (read.body, read.major, read.minor, read.notes) == (told, 2, 3, "加了金额")
    assert (read.effective_on, read.until_on) == (date(2027, 9, 1), None)
    assert text.write(read.body, "2.3", effective_on=read.effective_on, notes=read.notes) == written


def test_every_shipped_standard_is_of_this_shape(text):
    from jizuo.hubs.data import datasets
    from jizuo.project import rooms

    rooms.plates()
    for known in datasets.shipped().values():
        told = text.of_dataset(known)
        assert text.read(text.write(told, known.version)).body == told, known.name


def test_the_shipped_spelling_is_understood(text):
    told = text.read(
        "dataset: x\ntitle: 甲\nversion: '1.0'\nfields:\n  a: {title: 甲, english: A, grade: 2, kind: date}\n"
        "  b: {title: 乙, grade: 2, code: sex}\n  c: {title: 丙, grade: 4, kind: phone}\n"
    ).body
    assert [(one.type, one.length) for one in told.elements] == [
        ("date", None),
        ("code", None),
        ("text", 200),
    ]


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("[1, 2]", "yaml"), ("a: [", "行"), ("dataset: x", "yaml"), ("x" * 500_000, "yaml"),
        ("dataset: x\ntitle: 甲\nversion: abc\nfields: {}", "version"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\nfoo: 1\nfields: {}", "foo"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\nfields: {a: 3}", "fields.a"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\nfields: {a: {title: 甲, type: picture}}", "fields.a"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\nfields: {a: {title: 甲, sql: drop}}", "fields.a"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\neffective_on: soon\nfields: {}", "yaml"),
        ("dataset: x\ntitle: 甲\nversion: '1.0'\nkey: 3\nfields: {}", "yaml"),
        ("!!python/object/apply:os.system ['true']", "行"),
        ("a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nfields: 3", "yaml"),
    ],
)  # fmt: skip
def test_what_is_no_standard_is_refused_by_place(text, written, where):
    with pytest.raises(text.BadYaml) as refused:
        text.read(written)
    assert any(where in one.where for one in refused.value.problems), refused.value.problems
