from tests.hubs.data.tables.given import bring, workbook


def test_a_row_that_says_nothing_is_left_out(base):
    rows = [["课程代码", "课程名称", "备注"], ["A1", "语文", None], ["无", "无", "x"]]
    walked = bring(base, base.unit(), workbook(rows))
    assert walked.state == "ready" and walked.batch.counts["course"]["new"] == 1, walked.problems()


def test_a_required_field_that_nothing_feeds_is_said_once(base):
    walked = bring(base, base.unit(), workbook([["课程名称", "学科"], ["甲", "语文"], ["乙", "数学"]]))
    assert [one.code for one in walked.problems("error")] == ["no_column"]


def test_a_doubled_row_is_shown_at_the_column_by_which_the_file_names_people():
    """A person may be named by three columns; the fault stands at one that the file has."""
    from types import SimpleNamespace

    from jizuo.hubs.data.datasets import Field
    from jizuo.hubs.data.importers import ERROR
    from jizuo.hubs.data.tables.checking import Check
    from jizuo.hubs.data.tables.wanted import Wanted
    from jizuo.plain.cleaning import Unclean
    from jizuo.plain.workbook.cells import make_cell

    who = Field("person", "学生", "Pupil", 2, "uuid", kind="id", refers="person")
    wanted = {
        f"person.{key}": Wanted(f"person.{key}", (title,), who, (), is_key=True)
        for key, title in (("base_no", "基座号"), ("local_no", "学号"))
    }
    check = object.__new__(Check)
    check.dataset, check.wanted, check.faults = SimpleNamespace(key=("person",)), wanted, []
    check.given = SimpleNamespace(name="体测.xlsx")
    row = SimpleNamespace(number=7, cells=[make_cell("赵一"), make_cell("2024001")])
    columns = [SimpleNamespace(letter="A"), SimpleNamespace(letter="B")]
    part = SimpleNamespace(
        table=SimpleNamespace(sheet="体测", rows=[row], columns=columns), places={"person.local_no": 1}
    )
    check.places = [(part, 0)]
    check.doubled(0, 0, Unclean("double", "同一条"), ERROR)
    (fault,) = check.faults
    assert (fault.column, fault.field, fault.value, fault.row_no) == ("B", "学号", "2024001", 7)
