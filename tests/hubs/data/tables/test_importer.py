import time

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from tests.hubs.data.tables.given import bring, messy, workbook
from tests.hubs.organisation.importers.given import rows_of


def courses(base, unit_no):
    return rows_of(
        base,
        unit_no,
        "select code, title, subject_code from course where unit_no = %s order by code",
        unit_no,
    )


def test_a_messy_list_of_three_thousand_rows_arrives_clean(base):
    unit_no = base.unit()
    content = workbook(messy(3000))
    began = time.process_time()
    walked = bring(base, unit_no, content)
    assert time.process_time() - began < 20
    assert walked.state == "ready", (walked.batch.error, walked.problems()[:5])
    assert walked.batch.counts["course"]["new"] == 3000
    walked.apply()
    assert walked.state == "applied", walked.batch
    held = courses(base, unit_no)
    assert len(held) == 3000
    assert held[4][0] == "KC00004" and held[4][1] == "课程 4"
    assert {subject for _code, _title, subject in held} == {held[0][2]}


def test_every_changed_value_keeps_its_original(base):
    from jizuo.hubs.data import stages
    from jizuo.hubs.data.jobs.walk import batch_row
    from jizuo.hubs.data.tables.checking import ORIGINALS

    walked = bring(base, base.unit(), workbook(messy(6)))
    with scopes.use(walked.scope):
        kept = stages.table(batch_row(batch_id=walked.batch_id)["stage_file_sha256"], ORIGINALS)
    by_place = {(row["row_no"], row["field"]): row for row in kept.iter_rows(named=True)}
    code = by_place[3, "code"]
    assert (code["original"], code["value"]) == (" ＫＣ00000\u200b", "KC00000")
    assert code["steps"] == "invisible half_width collapse"
    ditto = by_place[4, "subject_code"]
    assert ditto["original"] == "同上" and ditto["steps"].startswith("fill_down")
    assert walked.batch.options["cleaned"] == kept.height
    assert any("原值" in note for note in walked.batch.options["notes"])


def test_the_same_file_again_is_nothing_and_a_changed_one_changes(base):
    unit_no = base.unit()
    rows = [["课程代码", "课程名称", "学科"], ["A1", "语文一", "语文"], ["A2", "数学一", "数学"]]
    bring(base, unit_no, workbook(rows)).apply()
    again = bring(base, unit_no, workbook([*rows, ["A3", "音乐", "音乐"]]))
    assert again.batch.counts["course"] == {"new": 1, "changed": 0, "same": 2, "gone": 0}
    rows[1][1] = "语文上"
    changed = bring(base, unit_no, workbook(rows))
    assert changed.batch.counts["course"] == {"new": 0, "changed": 1, "same": 1, "gone": 0}
    changed.apply()
    assert courses(base, unit_no)[0][1] == "语文上"
    changed.undo()
    assert courses(base, unit_no)[0][1] == "语文一"


def test_doubles_are_an_error_at_both_rows_and_repeats_are_taken_once(base):
    rows = [["课程代码", "课程名称"], ["A1", "语文"], ["A1", "数学"], ["A2", "美术"], ["A2", "美术"]]
    walked = bring(base, base.unit(), workbook(rows))
    assert walked.state == "faulty"
    errors = walked.problems("error")
    assert [(one.code, one.row_no, one.column) for one in errors] == [("double", 2, "A"), ("double", 3, "A")]
    assert "第 3 行" in errors[0].reason and "第 2 行" in errors[1].reason
    assert [(one.code, one.row_no) for one in walked.problems("warn")] == [("repeated", 5)]


def test_faults_name_row_column_reason_fix_and_suggestion(base):
    rows = [
        ["课程代码", "课程名称", "学科"],
        ["A1", "语文", "语问"],
        [None, "数学", "数学"],
        [3.1e17, "美术", None],
    ]
    walked = bring(base, base.unit(), workbook(rows))
    found = {(one.row_no, one.column): one for one in walked.problems("error")}
    code = found[2, "C"]
    assert (code.code, code.field, code.value, code.suggestion) == ("unknown_code", "学科", "语问", "语文")
    assert found[3, "A"].code == "empty" and found[3, "A"].fix
    assert found[4, "A"].code == "broken_number" and "被 Excel 改坏" in found[4, "A"].reason
    mended = walked.mend(("课程", 2, "C", "语文"), ("课程", 3, "A", "A2"), ("课程", 4, "A", "A3"))
    assert mended.state == "ready", walked.problems()


def test_columns_are_proposed_by_name_alias_initials_and_content(base):
    from jizuo.hubs.data import mends, stages
    from jizuo.hubs.data.pages import columns as page
    from jizuo.hubs.data.queries import imports as queries

    rows = [
        ["KCDM", "课程名", "甲"],
        ["A1", "语文一", "语文"],
        ["A2", "数学一", "数学"],
        ["A3", "英语一", "英语"],
    ]
    walked = bring(base, base.unit(), workbook(rows))
    with scopes.use(walked.scope):
        batch, opened, _problems = queries.raw_of(batch_id=walked.batch_id)
        offered = mends.columns_of("table")
        (sheet,) = page.read(batch, offered, opened.sha256, opened.name)
        fields = dict(offered.fields_for(batch.options))
    assert [(one.field, one.sure) for one in sheet.columns] == [
        ("code", "sure"), ("title", "sure"), ("subject_code", "doubtful"),
    ]  # fmt: skip
    assert all(one.why for one in sheet.columns)
    assert fields["subject_code"] == "学科"
    assert stages  # the raw file is read, not the stage


def test_a_chosen_mapping_is_remembered_by_the_shape_of_the_sheet(base):
    from jizuo.hubs.data.actions import walk

    unit_no = base.unit()
    rows = [["一", "二"], ["A1", "剪纸"], ["A2", "合唱"]]
    walked = bring(base, unit_no, workbook(rows))
    assert walked.state == "faulty" and walked.problems("error")[0].code == "no_column"
    chosen = {"A": "code", "B": "title"}
    key = shape_key(walked)
    with scopes.use(walked.scope):
        walk.remember(kind="columns", importer="table", key=key, value=chosen)
    assert walked.step("recheck_batch").state == "ready"
    again = bring(base, unit_no, workbook([["一", "二"], ["A9", "陶艺"]]))
    assert again.state == "ready", again.problems()
    other = bring(base, base.unit(), workbook(rows))
    assert other.state == "faulty"


def shape_key(walked):
    from jizuo.hubs.data import mends
    from jizuo.hubs.data.pages import columns as page
    from jizuo.hubs.data.queries import imports as queries

    with scopes.use(walked.scope):
        batch, opened, _problems = queries.raw_of(batch_id=walked.batch_id)
        (sheet,) = page.read(batch, mends.columns_of("table"), opened.sha256, opened.name)
    return sheet.fingerprint


def test_declared_steps_and_constants(base):
    unit_no = base.unit()
    rows = [["课程代码", "课程名称"], ["语文/A1", "语文一"], ["数学/A2", "数学一"]]
    options = {
        "steps": {"code": [{"step": "split", "by": "/", "take": 2}]},
        "constants": {"subject_code": "语文"},
    }
    walked = bring(base, unit_no, workbook(rows), options=options)
    assert walked.state == "ready", walked.problems()
    walked.apply()
    assert [code for code, _title, _subject in courses(base, unit_no)] == ["A1", "A2"]
    assert len({subject for _code, _title, subject in courses(base, unit_no)} - {""}) == 1


def test_a_wrong_declaration_is_told(base):
    walked = bring(
        base,
        base.unit(),
        workbook([["课程代码", "课程名称"], ["A1", "x"]]),
        options={"steps": {"code": ["datee"]}},
    )
    assert walked.state == "failed" and "清洗步骤" in walked.batch.error


def test_a_machine_s_file_has_no_notes_and_no_totals(base):
    unit_no = base.unit()
    content = "课程代码,课程名称\n合计,合计\n注：A,同上\n".encode("utf-8-sig")
    walked = bring(base, unit_no, content, "来源.csv", options={"is_plain": True})
    assert walked.state == "ready", walked.problems()
    walked.apply()
    assert {code for code, _title, _subject in courses(base, unit_no)} == {"合计", "注：A"}


@pytest.mark.parametrize("dataset", ["person", "nothing", ""])
def test_only_a_unit_s_keyed_dataset_takes_sheets(base, dataset):
    walked = bring(base, base.unit(), workbook([["课程代码"], ["A1"]]), dataset=dataset)
    assert walked.state == "failed" and walked.batch.error


def test_the_dataset_must_be_named():
    from jizuo.hubs.data.tables.importer import dataset_of
    from jizuo.hubs.data.tables.wanted import dataset_called

    with pytest.raises(BadInput):
        dataset_of({})
    with pytest.raises(NotFound):
        dataset_called("nothing")


def test_another_school_s_records_are_not_met(base):
    ours, theirs = base.unit(), base.unit()
    rows = [["课程代码", "课程名称"], ["A1", "语文"]]
    bring(base, theirs, workbook(rows)).apply()
    walked = bring(base, ours, workbook(rows))
    assert walked.batch.counts["course"]["new"] == 1
    walked.apply()
    assert len(courses(base, theirs)) == len(courses(base, ours)) == 1
