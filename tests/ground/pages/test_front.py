"""What the build wrote: nothing in it that Chromium 86 or Safari 14 cannot read, nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jizuo.ground.pages.assets import DIST, manifest
from tests.database import CHECKOUT

# What makes an old engine drop a whole rule or value.
TOO_NEW = re.compile(
    r":has\(|:is\(|:where\(|color-mix\(|okl(?:ch|ab)\(|@layer|@container|@scope|@starting-style|aspect-ratio"
    r"|[;{]inset:|\ddvh|\dsvh|light-dark\(|text-wrap"
)


def built(kind: str) -> list[Path]:
    manifest()
    return sorted((DIST / "assets").glob(f"*.{kind}"))


def test_styles_hold_nothing_old_engines_drop():
    for path in built("css"):
        found = TOO_NEW.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found and found[0]}"


def test_styles_hold_no_nested_rule():
    for path in built("css"):
        text = re.sub(r"\"[^\"]*\"|'[^']*'|url\([^)]*\)", "", path.read_text(encoding="utf-8"))
        assert "&" not in text


@pytest.mark.parametrize("text", ["a{inset:0}", ".x:has(b){}", "p{color:color-mix(in srgb, red, blue)}"])
def test_the_pattern_finds_what_is_too_new(text):
    assert TOO_NEW.search(text)


def test_scripts_are_words_of_2021():
    """Parsed by a parser that knows ECMAScript up to 2021 only (with the module syntax of that year)."""
    node = Path(sys.executable).with_name("node")
    check = (
        "import {parse} from 'acorn'; import {readFileSync} from 'fs';"
        "for (const f of process.argv.slice(1))"
        " parse(readFileSync(f, 'utf8'), {ecmaVersion: 2021, sourceType: 'module'})"
    )
    files = [str(path) for path in built("js")]
    assert files
    done = subprocess.run(
        [node, "--input-type=module", "-e", check, *files], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    newer = subprocess.run(
        [
            node,
            "--input-type=module",
            "-e",
            check.replace("readFileSync(f, 'utf8')", "'class A { static {} }'"),
            "x",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert newer.returncode != 0


def test_charts_are_a_chunk_of_their_own():
    entry = manifest()["main.js"]
    assert entry["dynamicImports"] == ["draw.js"]
    assert (DIST / entry["file"]).stat().st_size < 120_000
    assert not entry.get("imports")


def test_lock_names_no_registry():
    assert "resolved" not in (CHECKOUT / "package-lock.json").read_text(encoding="utf-8")
