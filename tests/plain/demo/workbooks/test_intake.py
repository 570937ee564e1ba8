from types import SimpleNamespace

import pytest

from jizuo.plain.demo.workbooks import intake
from jizuo.plain.idnumber import parse


def test_a_list_has_sound_numbers_sexes_and_twins(tmp_path):
    from jizuo.plain.workbook import read

    unit = SimpleNamespace(name="启明小学")
    content = intake(unit, year=2027)
    assert content == intake(unit, year=2027)
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    (sheet,) = read.read(path, path.name).visible
    rows = [[cell.text for cell in row] for row in sheet.rows]
    children = [row for row in rows if row[0].startswith("2027")]
    assert len(children) == 64 and len({row[3] for row in children}) == 64
    for row in children:
        assert parse(row[3], fictional=True).sex == {"男": "1", "女": "2"}[row[2]]
    twins = [row for row in children if row[5]]
    assert [row[6] for row in twins] == ["同班", "同班", "不同班", "不同班"]
    assert twins[0][9] == twins[1][9] and twins[0][3][6:14] == twins[1][3][6:14]


@pytest.mark.parametrize("count", [0, 1, 200])
def test_any_number_of_children_is_written(count):
    assert intake(SimpleNamespace(name="启明小学"), year=2030, count=count).startswith(b"PK")
