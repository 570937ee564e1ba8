from tests.hubs.data.tables.given import bring, workbook


def test_two_files_with_one_new_key_make_one_record(base):
    unit_no = base.unit()
    first = bring(base, unit_no, workbook([["课程代码", "课程名称"], ["A1", "语文"]]))
    second = bring(base, unit_no, workbook([["课程代码", "课程名称"], ["A1", "语文上"]]))
    first.apply()
    second.apply()
    # The base has moved since its preview: it was looked at again, and changes what is there now.
    assert second.state == "ready" and second.batch.counts["course"] == {
        "new": 0,
        "changed": 1,
        "same": 0,
        "gone": 0,
    }
    second.apply()
    assert second.state == "applied"


def test_new_records_are_called_by_their_key(base):
    walked = bring(base, base.unit(), workbook([["课程代码", "课程名称"], ["A1", "语文"]]))
    (change,) = walked.changes("new")
    assert change.label == "A1" and change.place.endswith("!2")
