"""Each module with code has its test file at the same path under tests/.

Modules that have none yet stand in untested.txt. That list only gets shorter: a line whose module has a test now,
or is gone, fails here until it is struck.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "jizuo"
TESTS = ROOT / "tests"
LIST = Path(__file__).with_name("untested.txt")


def has_code(text: str) -> bool:
    """Whether a module decides anything: a function whose body is more than words and dots. Plates, tables and
    typed values have none."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(
            not isinstance(line, ast.Pass)
            and not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            for line in node.body
        )
        for node in ast.walk(ast.parse(text))
    )


def test_path_of(module: Path) -> Path:
    """Where the tests of a module stand, both relative: ``a/b.py`` -> ``a/test_b.py``; a package's own code,
    ``a/b/__init__.py``, likewise."""
    subject = module.parent if module.name == "__init__.py" else module.with_suffix("")
    return subject.parent / f"test_{subject.name}.py"


test_path_of.__test__ = False  # type: ignore[attr-defined]


def untested(sources: Path, tests: Path) -> list[str]:
    """Modules with code and without a test file, relative to `sources`, in order."""
    return sorted(
        module.relative_to(sources).as_posix()
        for module in sources.rglob("*.py")
        if "migrations" not in module.parts
        and has_code(module.read_text(encoding="utf-8"))
        and not (tests / test_path_of(module.relative_to(sources))).exists()
    )


def listed() -> list[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_module_with_code_has_its_tests() -> None:
    new = set(untested(SOURCES, TESTS)) - set(listed())
    assert not new, {module: f"tests/{test_path_of(Path(module)).as_posix()}" for module in sorted(new)}


def test_the_list_of_exceptions_only_gets_shorter() -> None:
    done = set(listed()) - set(untested(SOURCES, TESTS))
    assert not done, f"has its tests now, or is gone: strike from {LIST.name}: {sorted(done)}"
    assert listed() == sorted(set(listed()))


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ('"""Words."""\n', False),
        ("X = 1\n", False),
        ("class A:\n    x: int\n", False),
        ('class P(Protocol):\n    def f(self) -> None:\n        """Words."""\n', False),
        ("class P(Protocol):\n    def f(self) -> None: ...\n", False),
        ("def f():\n    return 1\n", True),
        ("class A:\n    def f(self):\n        return 1\n", True),
    ],
)
def test_what_counts_as_code(text: str, is_code: bool) -> None:
    assert has_code(text) is is_code


def test_a_module_without_tests_is_noticed(tmp_path: Path) -> None:
    for place in ("src/a/b.py", "src/a/c/__init__.py", "src/a/migrations/d.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("def f():\n    return 1\n", encoding="utf-8")
    (tmp_path / "tests" / "a").mkdir(parents=True)
    assert untested(tmp_path / "src", tmp_path / "tests") == ["a/b.py", "a/c/__init__.py"]
    (tmp_path / "tests/a/test_b.py").touch()
    (tmp_path / "tests/a/test_c.py").touch()
    assert untested(tmp_path / "src", tmp_path / "tests") == []
