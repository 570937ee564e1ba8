from jizuo.hubs.data.tables import reading
from jizuo.plain.workbook import read


def sheet(text):
    return read.read(text.encode(), "来源.csv").sheets[0]


def test_a_machine_s_sheet_is_read_as_it_stands():
    table = reading.plain_table(sheet("a,b\n合计,1\n,\n注：x,同上\n"))
    assert [column.heading for column in table.columns] == ["a", "b"]
    assert [(row.number, row.texts) for row in table.rows] == [(2, ["合计", "1"]), (4, ["注：x", "同上"])]


def test_a_source_s_mapping_is_by_heading():
    table = reading.plain_table(sheet("xh,xm\n1,甲\n"))
    assert reading.named(table, {"xm": "name", "gone": "x"}) == {"B": "name"}
    assert reading.named(table, {}) == {}
