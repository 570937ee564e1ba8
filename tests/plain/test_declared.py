from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from jizuo.plain import declared

OURS = sorted(Path(declared.__file__).parents[1].rglob("*.yaml"))


def test_the_native_parser_reads_our_files_as_the_plain_one_does() -> None:
    kept = [path for path in OURS if "scenes" not in path.parts]
    assert len(kept) > 20
    for path in kept:
        assert declared.read(path) == yaml.safe_load(path.read_text(encoding="utf-8")), path


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "rules.yaml"
    broken.write_text("a: 1\nb: [1, 2\nc: 3\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match="line 3"):
        declared.read(broken)
