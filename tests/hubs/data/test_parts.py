"""Standards and code tables of a pack: read, written back, checked and settled."""

from __future__ import annotations

import pytest

from tests.hubs.data.queries.test_scene_rows import PACK
from tests.scenes import given
from tests.scenes.given import files_of, minimal, shipped, within

HEAD = 'dataset: visit\ntitle: 来访\nenglish: Visit\nversion: "1.0"\n'


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def faults(standard, roles="roles: {clerk: {read: {visit: unit}}}\n", **more):
    from jizuo.ground.packs import checking

    files = minimal() | {"standards/visit.yaml": HEAD + standard, "roles.yaml": roles} | more
    return [(one.where, one.what, one.fix) for one in checking.check_files(files)[1]]


def has(found, where, word=""):
    return [one for one in found if one[0].startswith(where) and word in one[1] + one[2]]


@pytest.mark.parametrize("scene", shipped())
def test_there_and_back(scene):
    from jizuo.hubs.data import parts

    for path, text in files_of(scene).items():
        name = path.rpartition("/")[2].partition(".")[0]
        if path.startswith("standards/"):
            told = parts.read_standard(name, text)
            assert parts.read_standard(name, parts.write_standard(told)) == told
        if path.startswith("codes/"):
            table = parts.read_codes(name, text)
            assert parts.read_codes(name, parts.write_codes(table)) == table and table.title


def test_what_a_reach_is_measured_by():
    from jizuo.hubs.data import parts

    told = parts.read_standard("sport", PACK["standards/sport.yaml"])
    assert (told.subject, told.klass, told.mine) == ("pupil_id", "class_id", "")
    assert (
        told.column_of("child") == told.column_of("self") == "pupil_id"
        and told.column_of("class") == "class_id"
    )
    assert told.column_of("unit") == told.column_of("mine") == ""
    said = parts.read_standard("sport", "subject: ''\nmine: pupil_id\n" + PACK["standards/sport.yaml"])
    assert said.mine == "pupil_id"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("code,name,english\na,甲,A\n", "第 1 行"),
        ("# 事由\ncode,name,english\n,甲,A\n", "第 3 行"),
        ("# 事由\ncode,name,english\na,甲,A\na,乙,B\n", "csv"),
        ("# 事由\ncode,name,english\n" + "x" * 30 + ",甲,A\n", "第 3 行"),
    ],
)
def test_a_code_table_that_cannot_be(text, where):
    from jizuo.ground.packs.files import BadPack
    from jizuo.hubs.data import parts

    with pytest.raises(BadPack) as caught:
        parts.read_codes("visit_kind", text)
    assert caught.value.problems[0].where == where


def test_names_are_the_packs_own():
    found = faults("fields: {}\n", **{"codes/sex.csv": "# 性别\ncode,name\n1,男\n"})
    assert has(found, "codes/sex.csv", "codes/visit_sex.csv")
    other = minimal()
    other["standards/person.yaml"] = other.pop("standards/visit.yaml").replace(
        "dataset: visit", "dataset: person"
    )
    from jizuo.ground.packs import checking

    assert has(
        [(o.where, o.what, o.fix) for o in checking.check_files(other)[1]], "standards/person.yaml: dataset"
    )


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("income: {title: 家庭年收入, english: Income, type: integer, grade: 3}", "不能收集"),
        ("id_no: {title: 身份证号, english: Document, type: text, length: 18, grade: 4}", "证件号"),
        ("left: {title: 是否留守儿童, english: Left, type: boolean, grade: 4}", "特殊身份"),
        ("symptom: {title: 不适症状, english: Symptom, type: text, length: 40, grade: 2}", "分级太低"),
        ("score: {title: 成绩, english: Score, type: integer, grade: 2}", "分级太低"),
        ("who: {title: 学生, english: Pupil, type: person, grade: 1}", "分级太低"),
        ("kind: {title: 种类, english: Kind, type: code, code: visit_none, grade: 2}", ""),
    ],
)
def test_a_field_that_may_not_be(field, word):
    key = field.partition(":")[0]
    assert has(faults(f"fields:\n  {field}\n"), f"standards/visit.yaml: fields.{key}", word) or has(
        faults(f"fields:\n  {field}\n"), "standards/visit.yaml", word
    )


FIELDS = """fields:
  pupil_id: {title: 学生, english: Pupil, type: person, grade: 3}
  note: {title: 内容, english: Note, type: text, length: 40, grade: 2}
"""


@pytest.mark.parametrize(
    ("roles", "where"),
    [
        ("roles: {guardian: {read: {visit: unit}}}", "roles.yaml: guardian.read.visit"),
        ("roles: {pupil: {write: {visit: unit}}}", "roles.yaml: pupil.write.visit"),
        ("roles: {homeroom_teacher: {read: {visit: class}}}", "roles.yaml: homeroom_teacher.read.visit"),
        ("roles: {teacher: {read: {visit: mine}}}", "roles.yaml: teacher.read.visit"),
        ("roles: {teacher: {read: {visit: unit}, open: {visit: [nots]}}}", "roles.yaml: teacher.open.visit"),
    ],
)
def test_a_reach_that_cannot_be_measured_or_is_too_far(roles, where):
    assert has(faults(FIELDS, roles), where)


def test_a_subject_that_is_no_person():
    assert has(faults("subject: note\n" + FIELDS), "standards/visit.yaml: subject")
    assert has(faults("class: pupil_id\n" + FIELDS), "standards/visit.yaml: class")
    assert has(faults("subject: nobody\n" + FIELDS), "standards/visit.yaml: subject")
    assert has(faults("master: true\n" + FIELDS), "standards/visit.yaml", "主数据")


def test_what_is_marked_is_known():
    from jizuo.hubs.data import parts

    text = HEAD + FIELDS + "  symptom: {title: 症状, english: Symptom, type: text, length: 9, grade: 4}\n"
    assert parts.marked_of(parts.read_standard("visit", text)) == {"symptom": "health"}


def test_codes_and_standards_are_settled_once(base):
    from jizuo.hubs.data import codes

    unit = base.unit()
    files = minimal("visitp", kind="{title: 种类, english: Kind, type: code, code: visitp_kind, grade: 2}")
    files["codes/visitp_kind.csv"] = "# 种类\ncode,name,english\na,甲,A\n"
    given.installed(base, unit, files)
    assert within(base, unit, lambda: [one.name for one in codes.tables()["visitp_kind"]]) == ["甲"]

    def editions():
        with base.owner() as owner:
            return owner.execute(
                "select (select count(*) from code_edition where code_table = 'visitp_kind'),"
                " (select count(*) from standard_version where name = 'visitp')"
            ).fetchone()

    given.installed(base, base.unit(), files)
    assert editions() == (1, 1)
    more = files | {"codes/visitp_kind.csv": files["codes/visitp_kind.csv"] + "b,乙,B\n"}
    more["scene.yaml"] = more["scene.yaml"].replace('"1.0"', '"1.1"')
    given.installed(base, unit, more)
    assert within(base, unit, lambda: [one.name for one in codes.tables()["visitp_kind"]]) == ["甲", "乙"]
    assert editions()[1] == 1
