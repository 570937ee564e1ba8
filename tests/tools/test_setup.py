from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("setup_tool", ROOT / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path)
    return module


def test_it_needs_nothing_but_the_standard_library():
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "tools/setup.py", "nonsense"], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 2, ran.stderr


def test_a_step_is_due_once_and_again_when_its_inputs_change(setup):
    done = []
    for content in ("a", "a", "b", "b"):
        with setup.once("step", content) as due:
            done.append(due)
    assert done == [True, False, True, False]
    with setup.once("step", "b", is_lost=True) as due:
        assert due


def test_a_step_that_failed_is_due_again(setup):
    with pytest.raises(ZeroDivisionError), setup.once("step", "a"):
        raise ZeroDivisionError
    with setup.once("step", "a") as due:
        assert due


def test_the_content_of_a_folder_sees_names_and_bytes(setup, tmp_path):
    folder = tmp_path / "front"
    folder.mkdir()
    (folder / "a.css").write_text("x")
    seen = [setup.content_of(folder)]
    (folder / "a.css").write_text("y")
    seen.append(setup.content_of(folder))
    (folder / "a.css").rename(folder / "b.css")
    seen.append(setup.content_of(folder))
    assert len(set(seen)) == 3


def test_a_ready_checkout_takes_no_time():
    if not (ROOT / ".venv" / ".jizuo-test").exists():
        pytest.skip("this checkout was not made ready by tools/setup.py")
    begun = time.monotonic()
    ran = subprocess.run([sys.executable, "tools/setup.py", "run"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert time.monotonic() - begun < 10


def test_no_registry_is_named_in_what_installs():
    for name in (
        "tools/setup.py",
        "Makefile",
        ".ci/run",
        "requirements.txt",
        "requirements-dev.txt",
        "package.json",
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text.replace("https://www.apache.org", ""), name
