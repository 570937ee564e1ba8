"""The documents say what is: reference, trees, links, commands and words are held against the code."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jizuo.project import cli

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import reference  # noqa: E402

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:make|jizuo|\.venv/bin/(?:jizuo|python)) [^`]+)`")


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def tracked() -> frozenset[str]:
    """Folders and files under version control, those about to be added too."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    files = [Path(one) for one in listed if (ROOT / one).exists()]
    return frozenset(one.as_posix() for file in files for one in (file, *file.parents) if one != Path("."))


@pytest.mark.parametrize("page", reference.PAGES)
def test_the_reference_says_what_the_code_declares(base: Any, page: str) -> None:
    assert page not in reference.stale(), "run: .venv/bin/python tools/reference.py write"


def test_a_stale_reference_is_noticed(base: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    for page in reference.PAGES:
        (tmp_path / page).write_text(reference.text_of(page), encoding="utf-8")
    assert reference.stale() == []
    (tmp_path / "doors.md").write_text("# Doors\n", encoding="utf-8")
    assert reference.stale() == ["doors.md"]


def tree_of(page: str) -> tuple[set[str], set[str]]:
    """Top folders, and folders below src/jizuo, that a README's tree names."""
    (block,) = re.findall(r"^```\n(src/jizuo/\n.*?)^```", page, re.MULTILINE | re.DOTALL)
    names = [(line.startswith(" "), line.split()[0].rstrip("/")) for line in block.splitlines()]
    tops = {one.split("/")[0] for is_inner, one in names if not is_inner}
    return tops, {one for is_inner, one in names if is_inner}


@pytest.mark.parametrize("readme", READMES, ids=name)
def test_the_tree_is_the_real_one(readme: Path) -> None:
    tops, inner = tree_of(text(readme))
    folders = {one for one in tracked() if (ROOT / one).is_dir()}
    assert tops == {one for one in folders if "/" not in one and not one.startswith(".")}
    assert inner == {one.split("/")[2] for one in folders if re.fullmatch(r"src/jizuo/[^/]+", one)}


def outline(page: str) -> dict[str, Any]:
    """What both languages must share: headings by level, commands, links, pictures, rows and entries."""
    prose = CODE.sub("", page)
    return {
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)],
        "commands": SHELL.findall(page),
        "inline": sorted(set(re.findall(r"`((?:make|jizuo) [^`]+)`", prose))),
        "links": sorted(a or b for a, b in LINK.findall(prose) if not (a or b).startswith("README")),
        "rows": len(re.findall(r"^\|", prose, re.MULTILINE)),
        "entries": len(re.findall(r"^- ", prose, re.MULTILINE)),
        "numbers": sorted(re.findall(r"\d[\d,.]*\d", "\n".join(re.findall(r"^\|.*", prose, re.MULTILINE)))),
    }


def test_both_readmes_say_the_same() -> None:
    english, chinese = (outline(text(readme)) for readme in READMES)
    assert english == chinese


def pairs() -> list[tuple[Path, Path]]:
    """(English page, its Chinese twin) of the guides in both languages."""
    return [(page.with_name(page.name.replace(".zh-CN", "")), page) for page in PAGES if page.parent.name == "guides"
            and page.name.endswith(".zh-CN.md")]  # fmt: skip


@pytest.mark.parametrize(("english", "chinese"), pairs(), ids=lambda page: page.stem)
def test_guides_say_the_same_in_both_languages(english: Path, chinese: Path) -> None:
    def twin(page: Path) -> dict[str, Any]:
        return outline(text(page).replace(".zh-CN.md", ".md"))

    told = [
        {key: value for key, value in twin(page).items() if key != "links"} for page in (english, chinese)
    ]
    assert told[0] == told[1]
    assert set(twin(english)["links"]) - {f"{english.stem}.md"} == set(twin(chinese)["links"]) - {
        f"{english.stem}.md"
    }


def test_the_two_commands_come_first() -> None:
    for readme in READMES:
        before, first = text(readme).split("```sh\n", 1)
        assert first.split("```")[0].split("\n")[:2] == ["make run", "make test"], name(readme)
        assert "## " not in before and "![" not in before, name(readme)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a reader of Markdown makes them."""
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def dead_links(page: Path) -> list[str]:
    """Links of a page that lead nowhere in the checkout."""
    found = []
    for left, right in LINK.findall(CODE.sub("", text(page))):
        target = left or right
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        is_there = file == page or (file.is_relative_to(ROOT) and name(file) in tracked())
        if not is_there or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            found.append(target)
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    assert dead_links(page) == []


def test_dead_links_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](page.md#here) [b](gone.md) [c](#nowhere) [d](https://example.org)\n", encoding="utf-8"
    )
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert dead_links(page) == ["gone.md", "#nowhere"]


@cache
def targets() -> frozenset[str]:
    """What the Makefile makes."""
    return frozenset(re.findall(r"^([a-z][a-z-]*):", text(ROOT / "Makefile"), re.MULTILINE))


def below(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    found: dict[str, ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            found |= action.choices
    return found


def fault_of(line: str) -> str:
    """Why a command of the documents cannot be run as written; empty when it can."""
    words = [word for word in shlex.split(line, comments=True) if "=" not in word or word.startswith("-")]
    if not words:
        return ""
    program, *rest = words
    if program == "make":
        unknown = [word for word in rest if word not in targets()]
        return f"no target {unknown}" if unknown else ""
    if program.endswith("jizuo"):
        parser = cli.parser()
        while rest and rest[0] in below(parser):
            parser = below(parser)[rest.pop(0)]
        if below(parser):
            return f"no command {rest[:1]}"
        known = {option for action in parser._actions for option in action.option_strings}
        unknown = [word for word in rest if word.startswith("-") and word not in known]
        return f"no option {unknown}" if unknown else ""
    if program.endswith("python"):
        script = rest[1] if rest[0] == "-m" else rest[0]
        return "" if rest[0] == "-m" or (ROOT / script).exists() else f"no file {script}"
    return f"no program {program}"


def commands(page: Path) -> list[str]:
    """The shell lines of a page, in blocks marked `sh` and between words."""
    lines = [line for block in SHELL.findall(text(page)) for line in block.splitlines()]
    return [*lines, *INLINE.findall(CODE.sub("", text(page)))]


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name)
def test_commands_exist(page: Path) -> None:
    assert {line: fault_of(line) for line in commands(page) if fault_of(line)} == {}


@pytest.mark.parametrize(
    ("line", "is_well"),
    [
        ("make run", True),
        ("make walk", False),
        (".venv/bin/jizuo roster import a.zip --open-units", True),
        ("jizuo roster import a.zip --open-all", False),
        ("jizuo roster bring a.zip", False),
        ("jizuo rostr", False),
        (".venv/bin/python tools/i18n.py check", True),
        (".venv/bin/python tools/i19n.py check", False),
        ("npm start", False),
    ],
)
def test_wrong_commands_are_noticed(line: str, is_well: bool) -> None:
    assert (fault_of(line) == "") is is_well


def test_pytest_paths_of_the_guide_exist() -> None:
    for path in re.findall(r"`(tests/[\w/.]+)`", text(ROOT / "CONTRIBUTING.md")):
        assert path in tracked(), path


def words() -> list[tuple[str, str]]:
    """(code word, Chinese word) of each row of the word list."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]*\|$", text(ROOT / "docs" / "words.md"), re.MULTILINE)
    return [(code, chinese) for code, chinese in rows if code not in ("code", "---")]


@cache
def source() -> str:
    files = [ROOT / one for one in tracked() if one.startswith("src/jizuo/")]
    return "\n".join(text(file) for file in files if file.suffix in (".py", ".yaml", ".html")).lower()


def test_words_are_in_order_and_stand_once() -> None:
    codes = [code.lower() for code, _chinese in words()]
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes))
    chinese = [one for _code, one in words()]
    assert len(chinese) == len(set(chinese)), "one word for one idea"


def is_used(code: str) -> bool:
    return re.search(rf"\b{re.sub(r'[ _-]', '[ _-]', code.lower())}", source()) is not None


def test_words_are_words_of_the_code() -> None:
    assert [code for code, _chinese in words() if not is_used(code)] == []
    assert not is_used("flibbertigibbet")
