"""Thirty planted mistakes: each is found, with its place and its mend, and none costs more than a second."""

# ruff: noqa: E501  a mistake is one line
from __future__ import annotations

import io
import json
import stat
import time
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.scenes import given
from tests.scenes.given import within

HEAD = 'id: trip\ntitle: 外出\nenglish: Trip\nowner: school\nversion: "1.0"\n'
GOOD = {
    "scene.yaml": HEAD + "settings: {most: {title: 最多, kind: number, value: 5}}\n",
    "README.md": "# 外出\n",
    "roles.yaml": """
roles:
  guardian: {start: [trip], read: {trip: child}, pages: [mine]}
  homeroom_teacher: {start: [trip], read: {trip: class}, pages: [all]}
  clerk: {read: {trip: unit}, write: {trip: unit}, manage: true, pages: [all]}
""",
    "codes/trip_kind.csv": "# 种类\ncode,name,english\nfar,远,Far\nnear,近,Near\n",
    "standards/trip.yaml": """
dataset: trip
title: 外出
english: Trip
version: "1.0"
key: [pupil_id, on_day]
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  kind: {title: 种类, english: Kind, type: code, code: trip_kind, grade: 2}
  on_day: {title: 日期, english: Day, type: date, required: true, grade: 2}
  cost: {title: 费用, english: Cost, type: integer, grade: 2}
  symptom: {title: 不适症状, english: Symptom, type: text, length: 40, grade: 4}
""",
    "forms/trip.yaml": """
title: 外出
over: trip
pages:
  - fields:
      - {key: pupil_id, of: pupil, prefill: child}
      - {key: on_day, default: today, check: 'form.on_day >= today', say: 不能早于今天}
      - kind
      - {key: cost, kind: number}
""",
    "flows/trip.yaml": """
title: 外出
form: trip
subject: pupil_id
steps:
  - {key: teacher, title: 班主任, who: [homeroom_teacher_of_subject], do: approve}
  - {key: office, title: 教务, who: [clerk], do: approve, when: 'form.cost > settings.most'}
  - {key: keep, auto: write, into: trip, set: {pupil_id: form.pupil_id, on_day: form.on_day, kind: form.kind, cost: form.cost}}
  - {key: say, auto: tell, to: [applicant], words: 已批准}
""",
    "indicators/going.yaml": "title: 外出人数\nunit: 人\nof: trip\nmeasure: count\ndefinition: 登记的人数\nzero: true\n",
    "alerts/far.yaml": """
title: 去得远
of: trip
where: [[kind, eq, far]]
each: pupil_id
tell: [homeroom_teacher_of_subject]
words: 有学生去得远
""",
    "pages/all.yaml": """
title: 全部
blocks:
  - {kind: number, number: going}
  - {kind: table, data: trip, columns: [pupil_id, kind, on_day]}
""",
    "pages/mine.yaml": "title: 我的\nblocks:\n  - {kind: form, form: trip}\n  - {kind: steps, flow: trip}\n",
    "examples/one.yaml": """
title: 批准
today: 2026-09-16
play:
  - {as: guardian, start: trip, with: {pupil_id: 陈以宁, on_day: 2026-09-17, kind: near, cost: 3}, called: a}
  - {as: homeroom_teacher, take: approve, on: a}
expect: {state: {a: done}}
""",
}


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def faults(files):
    """Every problem as (where, what, fix), found within a second."""
    from jizuo.ground.packs import checking

    begun = time.monotonic()
    found = [(one.where, one.what, one.fix) for one in checking.check_files(files)[1]]
    assert time.monotonic() - begun < 1
    return found


def changed(path, old, new):
    """The good pack with one place of one file otherwise."""
    assert old in GOOD[path], (path, old)
    return GOOD | {path: GOOD[path].replace(old, new, 1)}


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def linked():
    entry = zipfile.ZipInfo("trip/forms/a.yaml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_the_good_pack_has_none():
    assert faults(GOOD) == []


FILES = {
    "1 out of the pack": ([("trip/../../x.yaml", "a: 1")], "外面"),
    "2 absolute": ([("/etc/x.yaml", "a: 1")], "外面"),
    "3 backslash": ([("forms\\x.yaml", "a: 1")], "外面"),
    "4 link": ([(linked(), "/etc/passwd")], "链接"),
    "5 same name": ([("trip/forms/a.yaml", "a: 1"), ("trip/forms/A.yaml", "a: 2")], "重名"),
    "6 bomb": ([("trip/forms/a.yaml", b"a" * 40_000_000)], "太大"),
    "7 too many": ([(f"trip/forms/a{n}.yaml", "a: 1") for n in range(400)], "太大"),
    "8 not UTF-8": ([("trip/forms/a.yaml", "来访".encode("gb18030"))], "UTF-8"),
    "9 a program": ([("trip/forms/a.py", "print()")], "不收程序"),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_are_no_pack(what):
    from jizuo.ground.packs import files

    entries, word = FILES[what]
    content = zipped(entries)
    begun = time.monotonic()
    with pytest.raises(files.BadPack) as caught:
        files.of_zip(content)
    assert time.monotonic() - begun < 1
    (problem, *_rest) = caught.value.problems
    assert word in problem.what + problem.fix and problem.where and problem.fix


LAUGHS = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a]\n" for n in range(9))
LONG = "form.cost > 0" + " && form.cost > 0" * 60
DEEP = "(" * 30 + "form.cost" + ")" * 30 + " > 0"
OVER = """
title: 谁批
inputs: [{key: cost, of: form.cost}]
outputs: [who]
rules:
  - {when: {cost: '<= 10'}, then: {who: clerk}}
  - {when: {cost: '<= 20'}, then: {who: head, whom: x}}
"""
MISTAKES = {
    # what: (files, where it is, words of what or fix)
    "10 folder": (GOOD | {"from/a.yaml": "a: 1\n"}, "from/a.yaml", "是不是 forms？"),
    "11 aliases": (GOOD | {"forms/trip.yaml": LAUGHS}, "forms/trip.yaml", "引用"),
    "12 tag": (GOOD | {"forms/trip.yaml": "title: !!python/object/apply:os.system [ls]\n"}, "forms/trip.yaml", "标记"),
    "13 key twice": (changed("forms/trip.yaml", "title: 外出", "title: 外出\ntitle: 又"), "forms/trip.yaml: 第 3 行", "两次"),
    "14 unknown key": (changed("forms/trip.yaml", "prefill:", "prefil:"), "forms/trip.yaml: pages[0].fields[0]", "是不是 prefill？"),
    "15 kind of value": (changed("flows/trip.yaml", "form: trip", "form: [trip]"), "flows/trip.yaml: form", "文字"),
    "16 id": (changed("scene.yaml", "id: trip", "id: Trip-1"), "scene.yaml: id", "小写英文"),
    "17 another's dataset": (
        {path: text for path, text in GOOD.items() if path != "standards/trip.yaml"}
        | {"standards/person.yaml": GOOD["standards/trip.yaml"].replace("dataset: trip", "dataset: person")},
        "standards/person.yaml: dataset", "场景名开头",
    ),
    "18 code table": (changed("standards/trip.yaml", "code: trip_kind", "code: trip_kinds"), "standards/trip.yaml", "trip_kind"),
    "19 field": (changed("forms/trip.yaml", "- kind\n", "- kinds\n"), "forms/trip.yaml: pages[0].fields[2]", "kind"),
    "20 form": (changed("flows/trip.yaml", "form: trip", "form: trips"), "flows/trip.yaml: form", "trip"),
    "21 long": (changed("flows/trip.yaml", "form.cost > settings.most", LONG), "flows/trip.yaml: steps[1].when", "太长"),
    "21 deep": (changed("flows/trip.yaml", "form.cost > settings.most", DEEP), "flows/trip.yaml: steps[1].when", "套得太深"),
    "22 macro in macro": (
        changed("flows/trip.yaml", "form.cost > settings.most", "form.a.all(x, form.b.all(y, y > x))"),
        "flows/trip.yaml: steps[1].when", "一次",
    ),
    "23 name": (changed("flows/trip.yaml", "settings.most", "setings.most"), "flows/trip.yaml: steps[1].when", "settings"),
    "23 function": (changed("forms/trip.yaml", "form.on_day >= today", "open(today)"), "forms/trip.yaml: pages[0].fields[1].check", "函数"),
    "23 setting": (changed("flows/trip.yaml", "settings.most", "settings.mosst"), "flows/trip.yaml: steps[1].when", "most"),
    "24 endless": (changed("flows/trip.yaml", "who: [clerk], do: approve", "who: [clerk], do: approve, next: {approve: teacher}"), "flows/trip.yaml: steps[1].next.approve", "走不完"),
    "25 unreachable": (changed("flows/trip.yaml", "do: approve}", "do: approve, next: {approve: end, refuse: refused}}"), "flows/trip.yaml: steps[1]", "走不到"),
    "26 who": (changed("flows/trip.yaml", "homeroom_teacher_of_subject", "homeroom_techer_of_subject"), "flows/trip.yaml: steps[0].who", "homeroom_techer_of_subject"),
    "26 post": (changed("flows/trip.yaml", "who: [clerk]", "who: [post.porter]"), "flows/trip.yaml: steps[1].who", "porter"),
    "27 role": (changed("roles.yaml", "clerk:", "clark:"), "roles.yaml: roles.clark", "是不是 clerk？"),
    "27 door": (changed("roles.yaml", "roles:", "doors: [data.rows]\nroles:"), "roles.yaml: doors", "data.rows"),
    "28 forbidden field": (changed("standards/trip.yaml", "title: 费用", "title: 父母收入"), "standards/trip.yaml: fields.cost", "不能收集"),
    "28 forbidden in a form": (changed("forms/trip.yaml", "{key: cost, kind: number}", "{key: pay, kind: number, title: 家庭年收入}"), "forms/trip.yaml: pages[0].fields[3]", "不能收集"),
    "29 marked on a screen": (
        GOOD | {"pages/screen.yaml": "title: 屏\nplace: screen\nblocks: [{kind: table, data: trip, columns: [symptom]}]\n"},
        "pages/screen.yaml", "不适症状",
    ),
    "31 indicator": (changed("pages/all.yaml", "number: going", "number: gone"), "pages/all.yaml: blocks[0].number", "going"),
    "32 block": (changed("pages/all.yaml", "kind: table", "kind: tabel"), "pages/all.yaml: blocks[1].kind", "table"),
    "33 column": (changed("pages/all.yaml", "columns: [pupil_id, kind", "columns: [pupil_id, kinds"), "pages/all.yaml: blocks[1].columns", "kind"),
    "34 form of a page": (changed("pages/mine.yaml", "form: trip", "form: trips"), "pages/mine.yaml: blocks[0].form", "trip"),
    "35 flow of a page": (changed("pages/mine.yaml", "flow: trip", "flow: trips"), "pages/mine.yaml: blocks[1].flow", "trip"),
    "36 dataset of a number": (changed("indicators/going.yaml", "of: trip", "of: trips"), "indicators/going.yaml: of", "trip"),
    "37 column of an alert": (changed("alerts/far.yaml", "[kind, eq", "[kinds, eq"), "alerts/far.yaml: where", "kind"),
    "38 who of an alert": (changed("alerts/far.yaml", "homeroom_teacher_of_subject", "everybody"), "alerts/far.yaml: tell", "everybody"),
    "39 element of a write": (changed("flows/trip.yaml", "cost: form.cost}", "costs: form.cost}"), "flows/trip.yaml: steps[2].set", "cost"),
    "40 decision": (GOOD | {"decisions/who.yaml": OVER}, "decisions/who.yaml", "whom"),
    "41 example": (changed("examples/one.yaml", "take: approve", "takes: approve"), "examples/one.yaml: play[1]", "是不是 take？"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_a_planted_mistake_is_found_where_it_is(what):
    files, where, word = MISTAKES[what]
    found = faults(files)
    here = [one for one in found if one[0].startswith(where)]
    assert here, found
    assert any(word in said + fix for _where, said, fix in here), here
    assert all(fix for _where, _said, fix in here), here


def test_30_a_signature_that_does_not_count(base):
    from jizuo.ground.packs import signing

    key = Ed25519PrivateKey.generate()
    good = signing.sign(GOOD, "外地", key)
    for signature, word in (
        (good, "不认识"), ("", "没有签名"), (good.replace('"digest": "', '"digest": "0'), "对不上"),
        (json.dumps(json.loads(good) | {"signature": "00" * 64}), "对不上"),
    ):  # fmt: skip
        begun = time.monotonic()
        signer, problems = within(base, base.unit(), lambda told=signature: signing.problems_of(GOOD, told))
        assert time.monotonic() - begun < 1 and signer == ""
        assert word in problems[0].what and problems[0].fix


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5_000, "a: {" * 3_000, "? " * 20_000, "- " * 50_000, '"' + "\\" * 100_000, "a: " + "x" * 250_000,
        "a:\n" + "".join(f"  k{n}: v\n" for n in range(30_000)), "&a " * 10_000, "%YAML 9.9\n---\n" * 500,
        "a: 0x" + "f" * 100_000, "a: " + "1" * 200_000, "a: " + "1_" * 50_000, "a: 1:" + "2:" * 20_000,
    ],
    ids=range(13),
)  # fmt: skip
def test_hostile_yaml_costs_little(text):
    found = faults(GOOD | {"forms/trip.yaml": text, "examples/one.yaml": text})
    assert found and all(where and fix for where, _what, fix in found if "yaml: 第" in where)


@pytest.mark.parametrize(
    "text", ["form.cost > 0 " + "|| form.cost > 0" * 20, "form.a.b.c.d.e.f.g.h", "x" * 399, "-" * 399, "!" * 399,
             "'" * 399, "[" * 20 + "]" * 20, "form.a.map(x, x).size()", "1/0 > 0", "9" * 390],
)  # fmt: skip
def test_hostile_expressions_cost_little(text):
    faults(changed("flows/trip.yaml", "form.cost > settings.most", text.replace("'", "''")))


def test_a_pack_that_is_as_large_as_may_be_is_checked_in_time():
    many = "".join(f"      - {{key: f{n}, kind: text, title: 字段{n}, length: 20}}\n" for n in range(150))
    files = GOOD | {f"forms/form_{n}.yaml": f"title: 表{n}\npages:\n  - fields:\n{many}" for n in range(40)}
    from jizuo.ground.packs import checking

    begun = time.monotonic()
    checking.check_files(files)
    assert time.monotonic() - begun < 5


def test_what_is_refused_is_not_kept(base):
    from jizuo.ground.errors import BadInput

    def kept():
        with base.owner() as owner:
            return owner.execute("select count(*) from scene_version where scene = 'trip'").fetchone()

    before = kept()
    with pytest.raises(BadInput) as caught:
        given.installed(base, base.unit(), MISTAKES["28 forbidden field"][0])
    assert caught.value.problems[0].fix
    assert kept() == before
