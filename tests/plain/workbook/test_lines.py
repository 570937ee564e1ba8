import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain.workbook import lines
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import DEFAULT, Limits

LIST = "姓名,班级\n张三,三（2）班\n阿卜杜拉·买买提,预备（2）班\n"


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_encodings_of_school_files(encoding, seen):
    # Mostly Latin lines give UTF-16 without a mark its trace of zeros.
    text = LIST + "id,name,class\n" * 20
    assert lines.decode(text.encode(encoding)) == (text, seen)


def test_gbk_words_that_look_like_utf8():
    assert lines.decode("姓名\n联通\n".encode("gbk"))[0] == "姓名\n联通\n"
    assert lines.decode("联通".encode("gbk"))[0] == "联通"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("姓名\n张三\n李四\n".encode() + "王五\n".encode("gbk"), 4),
        ("姓名\n张三\n李四\n".encode("gbk") + "王老五\n".encode(), 4),
        ("姓名\n".encode() + b"\xff\xff\n" + "张三\n".encode(), 2),
        (b"\xef\xbb\xbfname\n" + "张三".encode("gbk"), 2),
        ("姓名\n".encode("gbk") + b"\xff\xff\n", 2),
    ],
)
def test_mixed_encodings_name_the_line(data, line):
    with pytest.raises(WorkbookError) as caught:
        lines.decode(data)
    assert caught.value.code == "bad_encoding"
    assert f"第 {line} 行" in caught.value.message_zh


def _texts(text, delimiter=None):
    return [[cell.text for cell in row] for row in lines.parse(text, DEFAULT, delimiter)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a\tb\r\n1\t2\r\n", [["a", "b"], ["1", "2"]]),
        ("a;b\r1;2", [["a", "b"], ["1", "2"]]),
        ("姓名，班级\n张三，三班", [["姓名", "班级"], ["张三", "三班"]]),
        ('地址\t电话\n"一号楼\n二室"\t1', [["地址", "电话"], ["一号楼\n二室", "1"]]),
        ('n,t\n"说""好""",2', [["n", "t"], ['说"好"', "2"]]),
        ('学号,名\n="0012",张', [["学号", "名"], ["0012", "张"]]),
        ("学号,名\n'0012,张", [["学号", "名"], ["0012", "张"]]),
        ("a,b\n,,,,\n\nc,d\n,,,\n,,,\n", [["a", "b"], [], [], ["c", "d"]]),
        ('a,b\n5" 管,2\n', [["a", "b"], ['5" 管', "2"]]),
        ("", []),
    ],
)
def test_rows(text, rows):
    assert _texts(text) == rows


def test_a_quote_never_closed_is_named():
    with pytest.raises(WorkbookError) as caught:
        _texts('a,b\n1,"二\n3,4\n5,6\n')
    assert caught.value.code == "open_quote"
    assert "第 2 行" in caught.value.message_zh


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,b\n\x01\x02,1", "not_a_table"),
        (",".join("x" * 256), "too_many_columns"),
        ("a\n" * 11, "too_many_cells"),
        ("x" * 40_000, "open_quote"),
        ('"' + "x" * 200_000 + '"', "open_quote"),
    ],
)
def test_refusals(text, code):
    with pytest.raises(WorkbookError) as caught:
        lines.parse(text, Limits(rows=10))
    assert caught.value.code == code


@settings(max_examples=150, deadline=2000)
@given(st.text())
def test_any_text_gives_rows_or_a_clear_word(text):
    try:
        rows = lines.parse(text, DEFAULT)
    except WorkbookError:
        return
    assert all(not row or row[-1].text for row in rows)


@settings(max_examples=100, deadline=2000)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=2, max_size=2),
        min_size=1,
    )
)
def test_quoted_cells_come_back(rows):
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    read_back = _texts(quoted, ",")
    for row, seen in zip(rows, read_back, strict=False):
        forced = any(cell.strip()[:1] in ("'", "=") for cell in row)
        if not forced:
            trimmed = [lines.make_cell(cell).text for cell in row]
            while trimmed and not trimmed[-1]:
                trimmed.pop()
            assert seen == trimmed
