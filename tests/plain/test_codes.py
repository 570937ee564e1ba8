from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jizuo
from jizuo.plain import codes
from jizuo.plain.codes import BadTable, Code, CodeTable, UnknownCode
from jizuo.plain.idnumber import DOCUMENT_NAMES
from jizuo.plain.school_year import SCHEMES, STAGE_NAMES

SHIPPED = Path(jizuo.__file__).parent / "hubs" / "data" / "codes"
TABLES = codes.load(SHIPPED)


@pytest.mark.parametrize(
    ("table", "cell", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("sex", "1", "1"),
        ("sex", 2.0, "2"),
        ("sex", "nan", "1"),
        ("ethnic", "汉", "01"),
        ("ethnic", "汉族", "01"),
        ("ethnic", " 汉 族 ", "01"),
        ("ethnic", "01", "01"),
        ("ethnic", "０１", "01"),
        ("ethnic", 1, "01"),
        ("ethnic", "毛难族", "36"),
        ("ethnic", "崩龙族", "46"),
        ("ethnic", "僮族", "08"),
        ("ethnic", "畬族", "22"),
        ("ethnic", "HANI", "16"),
        ("ethnic", "weiwuerzu", "05"),
        ("ethnic", "wwez", "05"),
        ("political", "团员", "03"),
        ("education_level", "本科", "21"),
        ("family_relation", "爸爸", "51"),
        ("family_relation", "外婆", "64"),
        ("school_type", "小学", "211"),
        ("school_type", "幼儿园", "111"),
        ("school_type", "专门学校", "371"),
        ("id_document_type", "ａ", "A"),
        ("document_kind", "居住证", "residence_permit"),
        ("division", "上海市黄浦区", "310101"),
        ("division", "浙江省杭州市", "330100"),
        ("subject", "道法", "04"),
        ("title", "中学高级教师", "21"),
        ("title", "小学高级教师", "31"),
        ("staffing", "事业编制", "1"),
        ("attendance", "住宿", "2"),
        ("grade", "高一", "31"),
    ],
)
def test_shipped_tables_find(table, cell, code):
    assert TABLES[table].find(cell).code == code


@pytest.mark.parametrize(
    ("table", "cell", "words"),
    [
        ("ethnic", "汗族", ["民族里没有“汗族”", "汉族（01）"]),
        ("ethnic", "mz", ["不止一个", "苗族（06）", "满族（11）"]),
        ("ethnic", "", ["民族为空"]),
        ("ethnic", None, ["民族为空"]),
        ("ethnic", "57", ["没有“57”"]),
        ("division", "鼓楼区", ["没有“鼓楼区”"]),
        ("political", "少先队员", ["没有"]),
    ],
)
def test_unknown_words_get_the_nearest(table, cell, words):
    with pytest.raises(UnknownCode) as caught:
        TABLES[table].find(cell)
    for word in words:
        assert word in caught.value.reason
    assert len(caught.value.nearest) <= 5


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_shipped_row_is_found_by_its_code_and_words(table):
    for row in table:
        assert table.find(row.code) is row
        assert table.find(table.full_name(row.code)).name == row.name
        for alias in row.aliases:
            assert table.find(alias) is row


def test_shipped_tables_say_where_they_come_from():
    assert len(TABLES) == 41
    assert len(TABLES["ethnic"]) == 58
    for table in TABLES.values():
        assert table.source
        assert table.to_check
        assert all(row.source for row in table)


def test_shipped_tables_agree_with_the_program():
    assert {row.code for row in TABLES["stage"]} == set(STAGE_NAMES)
    assert {row.name for row in TABLES["stage"]} == set(STAGE_NAMES.values())
    assert {row.code: row.name for row in TABLES["document_kind"]} == DOCUMENT_NAMES
    placements = [place for scheme in SCHEMES.values() for place in scheme.placements()]
    for place in placements:
        assert place.code in TABLES["grade"]
        assert TABLES["grade"].ancestors(place.code)[0].name == STAGE_NAMES[place.stage]


def test_every_file_is_listed():
    assert {path.stem for path in SHIPPED.glob("*.csv")} == set(TABLES)


SMALL = CodeTable(
    "small",
    "小表",
    [
        Code("10", "甲"),
        Code("11", "甲乙", "10", aliases=("旧甲",), until=date(2020, 1, 1)),
        Code("12", "甲丙", "10", aliases=("新甲",), since=date(2020, 1, 1)),
        Code("20", "乙"),
        Code("21", "丁", "20"),
        Code("22", "丁", "10"),
    ],
)


def test_walks_the_tree():
    assert [row.code for row in SMALL.children()] == ["10", "20"]
    assert [row.code for row in SMALL.children("10")] == ["11", "12", "22"]
    assert [row.code for row in SMALL.ancestors("21")] == ["20"]
    assert SMALL.full_name("21") == "乙丁"
    assert "21" in SMALL
    assert "99" not in SMALL
    assert SMALL.get("99") is None


def test_same_name_in_two_lines_needs_its_parent():
    with pytest.raises(UnknownCode, match="不止一个"):
        SMALL.find("丁")
    assert SMALL.find("乙丁").code == "21"
    assert SMALL.find("甲丁").code == "22"


def test_rows_out_of_force():
    assert SMALL.find("旧甲").code == "11"
    assert SMALL.find("旧甲", on=date(2019, 12, 31)).code == "11"
    with pytest.raises(UnknownCode, match="不再使用"):
        SMALL.find("旧甲", on=date(2020, 1, 1))
    with pytest.raises(UnknownCode, match="尚未启用"):
        SMALL.find("12", on=date(2019, 12, 31))


def test_search():
    ethnic = TABLES["ethnic"]
    assert [row.name for row in ethnic.search("mz")] == ["苗族", "满族"]
    assert [row.name for row in ethnic.search("民")] == []
    assert "蒙古族" in [row.name for row in ethnic.search("meng")]
    assert [row.name for row in ethnic.search("古")] == ["蒙古族"]
    assert [row.code for row in ethnic.search("", limit=2)] == ["01", "02"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([Code("1", "甲"), Code("1", "乙")], "代码重复"),
        ([Code("1", "甲", "9")], "上级 9 不存在"),
        ([Code("1", "甲", "2"), Code("2", "乙", "1")], "上级成环"),
        ([Code("1", "甲", "1")], "上级成环"),
        ([Code("", "甲")], "为空"),
        ([Code("1", "甲", aliases=("乙",)), Code("2", "乙")], "是另一行的名称"),
        ([Code("1", "甲", aliases=("丙",)), Code("2", "乙", aliases=("丙",))], "已属于 1"),
    ],
)
def test_bad_tables_are_refused(rows, problem):
    with pytest.raises(BadTable, match=problem):
        CodeTable("bad", "坏表", rows)


HEAD = ",".join(codes.COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,name\n1,甲\n", "表头应为"),
        (HEAD + "1,甲\n", "第 2 行：列数不符"),
        (HEAD + "1,甲,,,,,,,多\n", "第 2 行：列数不符"),
        (HEAD + "1,甲,,,,,2020/1/1,\n", "第 2 行：日期"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, problem):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=problem):
        codes.read_rows(path)


ENTRY = "{id: a, name: 甲, standard: '', edition: '', source: s, to_check: ''}"


def test_loads_a_folder(tmp_path):
    (tmp_path / "index.yaml").write_text(f"tables: [{ENTRY}]", encoding="utf-8")
    (tmp_path / "a.csv").write_text("\ufeff" + HEAD + "01,甲,,,s,一|二,2020-01-01,\n", encoding="utf-8")
    table = codes.load(tmp_path)["a"]
    assert table.rows == (Code("01", "甲", "", "", "s", ("一", "二"), date(2020, 1, 1), None),)


@pytest.mark.parametrize(
    ("index", "problem"), [("tables: [{id: a}]", "多出或缺少"), (f"tables: [{ENTRY}, {ENTRY}]", "重复")]
)
def test_bad_index_is_refused(tmp_path, index, problem):
    (tmp_path / "index.yaml").write_text(index, encoding="utf-8")
    (tmp_path / "a.csv").write_text(HEAD, encoding="utf-8")
    with pytest.raises(BadTable, match=problem):
        codes.load(tmp_path)


@given(st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.none()))
def test_a_row_of_the_table_or_our_error(cell):
    try:
        row = TABLES["ethnic"].find(cell)
    except UnknownCode as error:
        assert error.reason.startswith("民族")
    else:
        assert row.code in TABLES["ethnic"]
