import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from jizuo.hubs.organisation.demo.oneroster import tables
from jizuo.hubs.organisation.protocols.oneroster.check import check
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.hubs.organisation.protocols.oneroster.write import write
from jizuo.plain.demo.shapes import District


def test_the_zip_passes_every_check(made: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    counts = write(tmp_path / "roster.zip", made, "澜江区教育局")
    report = check(tmp_path / "roster.zip")
    assert report.problems == []
    assert counts == {name: frame.height for name, frame in made.items()}


def test_columns_are_those_of_the_binding(made: dict[str, pl.DataFrame]) -> None:
    for name, frame in made.items():
        standard = [c.name for c in layout("1.2")[name].columns]
        assert frame.columns[: len(standard)] == standard
        assert all(c.startswith(PREFIX) for c in frame.columns[len(standard) :])
        assert set(frame.dtypes) == {pl.String}
        assert frame["sourcedId"].is_sorted()


def test_no_document_number_leaves(district: District, made: dict[str, pl.DataFrame]) -> None:
    text = "\n".join(frame.write_csv() for frame in made.values())
    for person in [*district.pupils[:300], *district.staff[:50], *district.guardians[:300]]:
        assert person.id_number == "" or person.id_number not in text


def test_without_guardians(district: District) -> None:
    bare = tables(district, guardians=False)
    assert bare["users"].height == len(district.pupils) + len(district.staff)
    assert set(bare["users"]["agentSourcedIds"]) == {""}
    assert PREFIX + "guardians" not in bare["users"].columns
    assert "guardian" not in set(bare["roles"]["role"])


def test_it_is_made_without_a_base() -> None:
    """The benches make their files in a process without Django's settings."""
    made = (
        "from jizuo.hubs.organisation.demo.oneroster import tables\n"
        "from jizuo.plain.demo.district import make\n"
        "print(tables(make('small', seed=2026), guardians=False)['courses'].height)"
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("JIZUO_", "DJANGO_"))}
    ran = subprocess.run([sys.executable, "-c", made], env=clean, capture_output=True, text=True)
    assert ran.returncode == 0 and int(ran.stdout) > 50, ran.stderr[-2000:]
