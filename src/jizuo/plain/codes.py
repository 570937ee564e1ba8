"""Code tables: national and local lists of codes, read from a folder of CSV files with an index.

>>> tables = load(folder)  # doctest: +SKIP
>>> tables["ethnic"].find("毛难族").code  # doctest: +SKIP
'36'
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from jizuo.plain import declared
from jizuo.plain.pinyin import initials, query_key, readings
from jizuo.plain.text import half_width, strip_invisible

COLUMNS = ("code", "name", "parent", "notes", "source", "alias", "since", "until")
_INDEX_KEYS = {"id", "name", "standard", "edition", "source", "to_check"}


class UnknownCode(ValueError):
    """A text that a table does not know, or knows twice; `reason` is Chinese, `nearest` at most five rows."""

    def __init__(self, reason: str, nearest: "tuple[Code, ...]") -> None:
        super().__init__(reason)
        self.reason = reason
        self.nearest = nearest


class BadTable(ValueError):
    """A table file that cannot be used; `problems` are Chinese sentences naming file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Code:
    """One row. `parent` is "" at the top; in force in `[since, until)`, None meaning without bound."""

    code: str
    name: str
    parent: str = ""
    notes: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether the row may be used on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class CodeTable:
    """A list of codes with its standard; `to_check` says what is not confirmed yet, "" when nothing is.

    Iterates over its rows in their order. Raises BadTable for doubled codes, unknown parents, circles, and
    aliases that two rows claim.
    """

    def __init__(
        self,
        id: str,
        name: str,
        rows: Iterable[Code],
        *,
        standard: str = "",
        edition: str = "",
        source: str = "",
        to_check: str = "",
    ) -> None:
        self.id = id
        self.name = name
        self.standard = standard
        self.edition = edition
        self.source = source
        self.to_check = to_check
        self.rows = tuple(rows)
        self._by_code = {row.code: row for row in self.rows}
        problems = self._problems()
        if problems:
            raise BadTable(problems)
        self._by_word: dict[str, list[Code]] = defaultdict(list)
        self._by_pinyin: dict[str, list[Code]] = defaultdict(list)
        for row in self.rows:
            for word in dict.fromkeys(
                map(_key, (row.code, row.name, self.full_name(row.code), *row.aliases))
            ):
                self._by_word[word].append(row)
            for key in dict.fromkeys(key for word in (row.name, *row.aliases) for key in _pinyin_keys(word)):
                self._by_pinyin[key].append(row)
        widths = {len(row.code) for row in self.rows}
        self._width = widths.pop() if len(widths) == 1 else 0

    def __iter__(self) -> Iterator[Code]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Code | None:
        """The row of exactly this code."""
        return self._by_code.get(code)

    def children(self, code: str = "") -> list[Code]:
        """Rows one level below a code, or the top rows."""
        return [row for row in self.rows if row.parent == code]

    def ancestors(self, code: str) -> list[Code]:
        """Rows above a code, the top first. Raises KeyError for an unknown code."""
        row, above = self._by_code[code], []
        while row.parent:
            row = self._by_code[row.parent]
            above.append(row)
        return above[::-1]

    def full_name(self, code: str) -> str:
        """The name with those above it before it: 上海市黄浦区 (the placeholder 市辖区 left out)."""
        names = [row.name for row in (*self.ancestors(code), self._by_code[code])]
        return "".join(name for name in names[:-1] if name != "市辖区") + names[-1]

    def find(self, cell: object, *, on: date | None = None) -> Code:
        """The one row a cell means: by code, name, alias, name with its parents, whole pinyin or initials.

        Full width, blanks and case do not matter; a code that lost its leading zeros in a number cell is
        understood where all codes have one length. Of rows with one name in one line of descent the lowest is
        meant. With `on` only rows in force that day count. Raises UnknownCode, with the nearest rows.
        """
        word = _key(cell)
        if not word:
            raise UnknownCode(f"{self.name}为空", ())
        if word in self._by_code:
            found = [self._by_code[word]]
        elif self._width > len(word) and word.isdigit() and word.zfill(self._width) in self._by_code:
            found = [self._by_code[word.zfill(self._width)]]
        else:
            found = self._by_word.get(word) or self._by_pinyin.get(word, [])
        if on is not None:
            standing = [row for row in found if row.in_force(on)]
            if found and not standing:
                raise UnknownCode(f"{self.name}“{found[0].name}”在 {on} 不再使用或尚未启用", tuple(found[:5]))
            found = standing
        found = self._lowest(found)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(f"{self.full_name(row.code)}（{row.code}）" for row in found[:5])
            raise UnknownCode(f"{self.name}“{_shown(cell)}”不止一个：{names}", tuple(found[:5]))
        nearest = self.nearest(cell)
        hint = "，最接近的是：" + "、".join(f"{row.name}（{row.code}）" for row in nearest) if nearest else ""
        raise UnknownCode(f"{self.name}里没有“{_shown(cell)}”{hint}", nearest)

    def search(self, typed: str, limit: int = 20) -> list[Code]:
        """Rows for a search box: code, name, alias, pinyin or initials beginning with the text, then names
        that hold it. All rows, in order, for an empty text."""
        word = _key(typed)
        if not word:
            return list(self.rows[:limit])
        found: dict[str, Code] = {}
        for keys in (self._by_word, self._by_pinyin):
            for key, rows in keys.items():
                if key.startswith(word):
                    found |= {row.code: row for row in rows}
        found |= {row.code: row for row in self.rows if word in _key(row.name)}
        return list(found.values())[:limit]

    def nearest(self, cell: object, limit: int = 3) -> tuple[Code, ...]:
        """Rows whose name, alias or pinyin looks most like the text, the best first; empty when none does."""
        word = _key(cell)
        scores: dict[str, float] = {}
        for keys in (self._by_word, self._by_pinyin):
            for key, rows in keys.items():
                score = SequenceMatcher(None, word, key).ratio()
                for row in rows:
                    scores[row.code] = max(score, scores.get(row.code, 0))
        best = sorted((code for code in scores if scores[code] >= 0.5), key=lambda code: -scores[code])
        return tuple(self._by_code[code] for code in best[:limit])

    def _lowest(self, rows: list[Code]) -> list[Code]:
        above = {row.code for lower in rows for row in self.ancestors(lower.code)}
        return [row for row in rows if row.code not in above] if len(rows) > 1 else rows

    def _problems(self) -> list[str]:
        problems = []
        seen: set[str] = set()
        owners: dict[str, str] = {}
        names = {_key(row.name) for row in self.rows}
        for row in self.rows:
            where = f"代码表 {self.id} 的 {row.code or row.name}"
            if not row.code or not row.name:
                problems.append(f"{where}：代码或名称为空")
            if row.code in seen:
                problems.append(f"{where}：代码重复")
            seen.add(row.code)
            if row.parent and row.parent not in self._by_code:
                problems.append(f"{where}：上级 {row.parent} 不存在")
            if self._circles(row):
                problems.append(f"{where}：上级成环")
            for alias in map(_key, row.aliases):
                if alias in names and alias != _key(row.name):
                    problems.append(f"{where}：别名“{alias}”是另一行的名称")
                elif owners.setdefault(alias, row.code) != row.code:
                    problems.append(f"{where}：别名“{alias}”已属于 {owners[alias]}")
        return problems

    def _circles(self, row: Code) -> bool:
        above = {row.code}
        parent = row.parent
        while parent in self._by_code:
            if parent in above:
                return True
            above.add(parent)
            parent = self._by_code[parent].parent
        return False


def load(folder: Path) -> dict[str, CodeTable]:
    """All tables that `index.yaml` of a folder names, by id, each from `<id>.csv`.

    Raises BadTable naming every problem of the first bad file; OSError when a file is missing.
    """
    listed = declared.read(folder / "index.yaml")
    tables: dict[str, CodeTable] = {}
    for entry in listed["tables"]:
        unknown = set(entry) ^ _INDEX_KEYS
        if unknown:
            raise BadTable([f"index.yaml 的 {entry.get('id', '?')}：多出或缺少 {'、'.join(sorted(unknown))}"])
        if entry["id"] in tables:
            raise BadTable([f"index.yaml：{entry['id']} 重复"])
        rows = read_rows(folder / f"{entry['id']}.csv")
        tables[entry["id"]] = CodeTable(rows=rows, **entry)
    return tables


def read_rows(path: Path) -> list[Code]:
    """The rows of one table file: UTF-8 CSV with exactly the columns of COLUMNS, dates as 2014-09-01.

    Raises BadTable.
    """
    problems: list[str] = []
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BadTable([f"{path.name}：表头应为 {','.join(COLUMNS)}"])
        for line in reader:
            if None in line or None in line.values():
                problems.append(f"{path.name} 第 {reader.line_num} 行：列数不符")
                continue
            try:
                since, until = (
                    date.fromisoformat(line[key]) if line[key] else None for key in ("since", "until")
                )
            except ValueError:
                problems.append(f"{path.name} 第 {reader.line_num} 行：日期应写成 2014-09-01")
                continue
            aliases = tuple(alias for alias in line["alias"].split("|") if alias)
            rows.append(
                Code(
                    line["code"],
                    line["name"],
                    line["parent"],
                    line["notes"],
                    line["source"],
                    aliases,
                    since,
                    until,
                )
            )
    if problems:
        raise BadTable(problems)
    return rows


def _shown(cell: object) -> str:
    return str(cell).strip()[:30]


def _key(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else half_width(strip_invisible(str(cell)))
    return "".join(text.split()).casefold()


def _pinyin_keys(word: str) -> tuple[str, ...]:
    if word.isascii():
        return ()
    return query_key("".join(readings(word))), query_key(initials(word))
