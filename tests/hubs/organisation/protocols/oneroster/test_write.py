import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.hubs.organisation.protocols.oneroster.write import NotWritable, write
from jizuo.plain.idnumber import check_digit

from . import roster


def frames(tables: roster.Rows) -> dict[str, pl.DataFrame]:
    found = {}
    for name, table in tables.items():
        columns = dict.fromkeys([*layout("1.2")[name].names, *(c for row in table for c in row)])
        data = [{column: row.get(column, "") for column in columns} for row in table]
        found[name] = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String))
    return found


def written(tables: dict[str, pl.DataFrame], **options) -> io.BytesIO:
    out = io.BytesIO()
    write(out, tables, "东江区教育基座", **options)
    out.seek(0)
    return out


def assert_same(found: dict[str, pl.DataFrame], given_tables: dict[str, pl.DataFrame]) -> None:
    assert set(found) == set(given_tables)
    for name, table in given_tables.items():
        expected = table.sort("sourcedId").select(found[name].columns)
        assert set(found[name].columns) == set(table.columns)
        assert found[name].rows() == expected.rows(), name


@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_what_is_written_is_read_back(mode: str) -> None:
    tables = frames(roster.rows() if mode == "bulk" else roster.delta(roster.rows()))
    report = check(written(tables, mode=mode))
    assert report.problems == []
    assert report.source == {"systemName": "东江区教育基座", "systemCode": "jizuo"}
    assert_same(report.tables, tables)


text = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffd"),
        st.sampled_from(',"\n\r;=+-@|·䶮㙍𬭚\U00030edd\ue815'),
    ),
    max_size=12,
).filter(lambda t: not any("\u0370" <= ch <= "\u07ff" for ch in t))
filled = text.filter(lambda t: t.strip() != "")


@st.composite
def rosters(draw: st.DrawFn) -> roster.Rows:
    tables = roster.rows()
    keys = draw(st.lists(st.uuids(version=4), min_size=1, max_size=6, unique=True))
    for key in keys:
        tables["users"].append(
            {
                "sourcedId": str(key),
                "enabledUser": draw(st.sampled_from(["true", "false"])),
                "username": str(key),
                "givenName": draw(filled),
                "familyName": draw(filled),
                "phone": draw(text),
                "metadata.jizuo.name": draw(text),
                "metadata.note": draw(text),
            }
        )
        tables["roles"].append({**tables["roles"][0], "sourcedId": f"r{key}", "userSourcedId": str(key)})
    tables["orgs"][1]["name"] = draw(filled)
    return tables


@settings(max_examples=30, deadline=None)
@given(rosters())
def test_any_text_comes_back_as_it_was(tables: roster.Rows) -> None:
    given_tables = frames(tables)
    report = check(written(given_tables))
    assert report.problems == []
    assert_same(report.tables, given_tables)


def test_the_same_tables_give_the_same_bytes() -> None:
    tables = frames(roster.rows())
    shuffled = {name: table.reverse() for name, table in reversed(tables.items())}
    shuffled["classes"] = shuffled["classes"].select(reversed(shuffled["classes"].columns))
    assert written(tables).getvalue() == written(shuffled).getvalue()


def test_the_zip_is_plain() -> None:
    with zipfile.ZipFile(written({"orgs": frames(roster.rows())["orgs"]})) as archive:
        assert archive.namelist() == ["manifest.csv", "orgs.csv"]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        manifest = archive.read("manifest.csv").decode()
        orgs = archive.read("orgs.csv").decode()
    lines = list(csv.reader(io.StringIO(manifest, newline="")))
    assert [row for row in lines if row[0].startswith("file.") and row[1] != "absent"] == [
        ["file.orgs", "bulk"]
    ]
    assert sum(row[0].startswith("file.") for row in lines) == 21
    assert orgs == (
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n"
        "d,,,东江区教育局,district,,\r\n"
        "s,,,第一小学,school,,d\r\n"
    )


def test_formulas_are_left_alone() -> None:
    # OneRoster is read by machines: a quote before the sign would come back as part of the name.
    tables = {"orgs": frames(roster.rows())["orgs"].with_columns(name=pl.lit("=1+1"))}
    assert check(written(tables)).tables["orgs"]["name"].to_list() == ["=1+1", "=1+1"]


def test_nulls_and_missing_columns_are_empty() -> None:
    tables = {
        "orgs": pl.DataFrame({"sourcedId": ["a"], "name": ["x"], "type": ["school"], "identifier": [None]})
    }
    assert check(written(tables)).tables["orgs"].row(0) == ("a", "", "", "x", "school", "", "")


def test_bulk_leaves_status_and_date_empty() -> None:
    report = check(written(frames(roster.delta(roster.rows()))))
    assert report.problems == []
    assert report.tables["users"]["status"].to_list() == ["", "", ""]


def test_parts_are_written_as_they_come() -> None:
    whole = frames(roster.rows())
    parts = {name: table.sort("sourcedId").iter_slices(1) for name, table in whole.items()}
    out = io.BytesIO()
    counts = write(out, parts, "东江区教育基座")
    assert counts == {name: table.height for name, table in whole.items()}
    assert out.getvalue() == written(whole).getvalue()


ORG = {"sourcedId": "a", "name": "x", "type": "school"}
BODY = "99010120180304222"
NUMBER = BODY + check_digit(BODY)


@pytest.mark.parametrize(
    ("name", "rows", "mode", "word"),
    [
        ("pets", [ORG], "bulk", "pets"),
        ("results", [ORG], "bulk", "results"),
        ("orgs", [{**ORG, "colour": "red"}], "bulk", "colour"),
        ("orgs", [{"name": "x"}], "bulk", "sourcedId"),
        ("orgs", [{**ORG, "sourcedId": " "}], "bulk", "sourcedId"),
        ("orgs", [ORG, ORG], "bulk", "sourcedId"),
        ("orgs", [{**ORG, "name": "a\0b"}], "bulk", "NUL"),
        ("orgs", [ORG], "delta", "status"),
        ("users", [{"sourcedId": "a", "password": "x"}], "bulk", "password"),
        ("users", [{"sourcedId": f"G{NUMBER}"}], "bulk", "sourcedId"),
        ("users", [{"sourcedId": "a", "identifier": NUMBER}], "bulk", "identifier"),
        ("users", [{"sourcedId": "a", "userIds": f"{{id:{NUMBER}}}"}], "bulk", "userIds"),
    ],
)
def test_what_must_not_leave(
    name: str, rows: list[dict[str, str]], mode: str, word: str, tmp_path: Path
) -> None:
    target = tmp_path / "out.zip"
    with pytest.raises(NotWritable, match=word) as error:
        write(target, {name: pl.DataFrame(rows)}, "x", mode=mode)
    assert BODY not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_parts_out_of_order_are_refused() -> None:
    table = frames(roster.rows())["users"].sort("sourcedId", descending=True)
    with pytest.raises(NotWritable, match="sourcedId"):
        write(io.BytesIO(), {"users": table.iter_slices(1)}, "x")


def test_a_finished_file_can_be_read_by_others(tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    assert write(target, frames(roster.rows()), "x")["users"] == 3
    plain = tmp_path / "plain"
    plain.touch()
    assert target.stat().st_mode == plain.stat().st_mode
    assert check(target).problems == []
