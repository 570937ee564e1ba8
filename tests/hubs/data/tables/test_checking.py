from tests.hubs.data.tables.given import bring, workbook


def test_a_row_that_says_nothing_is_left_out(base):
    rows = [["课程代码", "课程名称", "备注"], ["A1", "语文", None], ["无", "无", "x"]]
    walked = bring(base, base.unit(), workbook(rows))
    assert walked.state == "ready" and walked.batch.counts["course"]["new"] == 1, walked.problems()


def test_a_required_field_that_nothing_feeds_is_said_once(base):
    walked = bring(base, base.unit(), workbook([["课程名称", "学科"], ["甲", "语文"], ["乙", "数学"]]))
    assert [one.code for one in walked.problems("error")] == ["no_column"]
