"""Rules that look from one table into another: references, kinds of what is referred to, loops, roles."""

from collections.abc import Callable

import polars as pl

from .report import Findings, Sheet
from .tables import Column, Table

KnownIds = Callable[[str], set[str]]
"""sourcedIds already held of a table, e.g. known_ids("users"); asked at most once per table and only when
needed.
"""

_INDEX = "i"


class Links:
    """`sheets`: all files read. `modes`: the mode of every file of the version."""

    def __init__(
        self, sheets: dict[str, Sheet], modes: dict[str, str], known_ids: KnownIds | None, findings: Findings
    ) -> None:
        self._sheets, self._modes, self._known_ids, self._findings = sheets, modes, known_ids, findings
        self._held: dict[str, pl.Series] = {}

    def check(self, layout: dict[str, Table]) -> None:
        for name, sheet in self._sheets.items():
            for column in layout[name].columns:
                if column.kind == "link" and column.name in sheet.filled:
                    self._check_references(sheet, column)
        self._check_schools()
        self._check_sessions()
        self._check_people()
        for name in ("orgs", "academicSessions"):
            if name in self._sheets and "parentSourcedId" in self._sheets[name].filled:
                self._check_loops(self._sheets[name])

    # References

    def _check_references(self, sheet: Sheet, column: Column) -> None:
        references = _references(sheet, column.name, column.is_many, self._modes[sheet.name])
        self._resolve(sheet, column.name, column.target, references)

    def _resolve(self, sheet: Sheet, column: str, target: str, references: pl.DataFrame) -> None:
        """`references`: row index `i` and the id `ref`, no blanks."""
        if references.is_empty():
            return
        mode = self._modes.get(target, "absent")
        other = self._sheets.get(target)
        if other is None and mode != "absent":
            # The file itself could not be read: that is the problem to show, not every row that needs it.
            return
        wanted = references["ref"].unique()
        if other is not None:
            ids = other.frame["sourcedId"]
            if mode == "delta":
                gone = ids.filter(other.frame["status"] == "tobedeleted")
                self._say(
                    "to_deleted",
                    sheet,
                    column,
                    target,
                    references,
                    wanted.filter(wanted.is_in(gone.implode())),
                )
            wanted = wanted.filter(~wanted.is_in(ids.implode()))
        if wanted.is_empty():
            return
        if mode == "bulk":
            self._say("dangling", sheet, column, target, references, wanted)
        elif self._known_ids is not None:
            missing = wanted.filter(~wanted.is_in(self._held_ids(target).implode()))
            self._say("dangling", sheet, column, target, references, missing)
        else:
            cause = "unverified" if "delta" in (mode, self._modes[sheet.name]) else "dangling"
            self._say(cause, sheet, column, target, references, wanted)

    def _held_ids(self, target: str) -> pl.Series:
        if target not in self._held:
            assert self._known_ids is not None  # noqa: S101 - the caller asked
            self._held[target] = pl.Series(list(self._known_ids(target)), dtype=pl.String)
        return self._held[target]

    def _say(
        self,
        cause: str,
        sheet: Sheet,
        column: str,
        target: str,
        references: pl.DataFrame,
        bad: pl.Series,
        **words: str,
    ) -> None:
        if len(bad):
            rows = references.filter(pl.col("ref").is_in(bad.implode()))
            self._findings.rows(cause, sheet, column, rows[_INDEX], rows["ref"], target=target, **words)

    # What is referred to

    def _check_schools(self) -> None:
        for name in ("classes", "enrollments"):
            self._check_kind("not_a_school", name, "schoolSourcedId", False, "orgs", ("school",))
        classes, enrolled = self._sheets.get("classes"), self._sheets.get("enrollments")
        if classes is None or enrolled is None:
            return
        key, school = "classSourcedId", "schoolSourcedId"
        right = classes.frame.select(pl.col("sourcedId").alias(key), pl.col(school).alias("right")).unique(
            key
        )
        # Nearly all rows agree: a hash of both columns finds them without a join of all rows.
        agreed = right.select(pl.struct(key, pl.col("right").alias(school)).hash()).to_series()
        pairs = enrolled.frame.select(pl.struct(key, school).hash()).to_series()
        doubtful = (~pairs.is_in(agreed.implode())).arg_true()
        rows = enrolled.frame[doubtful].select(doubtful.alias(_INDEX), key, school)
        rows = rows.join(right, on=key, how="inner", maintain_order="left")
        rows = rows.filter((pl.col(school) != pl.col("right")) & (pl.col(school) != ""))
        self._findings.rows("school_differs", enrolled, school, rows[_INDEX])

    def _check_sessions(self) -> None:
        target = "academicSessions"
        self._check_kind("session_kind", "classes", "termSourcedIds", True, target, ("term", "semester"))
        self._check_kind("session_kind", "courses", "schoolYearSourcedId", False, target, ("schoolYear",))

    def _check_kind(
        self, cause: str, name: str, column: str, is_many: bool, target: str, allowed: tuple[str, ...]
    ) -> None:
        sheet, other = self._sheets.get(name), self._sheets.get(target)
        if sheet is None or other is None or column not in sheet.filled:
            return
        others = other.frame.filter(
            ~pl.col("type").is_in(list(allowed)) & ~pl.col("type").str.starts_with("ext:")
        )
        rows = _references(sheet, column, is_many, self._modes[name])
        rows = rows.filter(pl.col("ref").is_in(others["sourcedId"].implode()))
        if not rows.is_empty():
            types = others.filter(pl.col("sourcedId").is_in(rows["ref"].implode()))["type"].unique().sort()
            words = {"types": "、".join(types), "expected": "、".join(allowed)}
            self._findings.rows(cause, sheet, column, rows[_INDEX], rows["ref"], **words)

    # People

    def _check_people(self) -> None:
        users, roles = self._sheets.get("users"), self._sheets.get("roles")
        demographics = self._sheets.get("demographics")
        if demographics is not None:
            references = _references(demographics, "sourcedId", False, self._modes["demographics"])
            self._resolve(demographics, "sourcedId", "users", references)
        if users is not None:
            names = users.frame["username"]
            doubled = ~names.is_first_distinct() & (names != "")
            self._findings.rows("username_doubled", users, "username", doubled.arg_true())
        if users is not None and roles is not None and self._modes["users"] == self._modes["roles"] == "bulk":
            owners = roles.frame["userSourcedId"].unique()
            bare = (~users.frame["sourcedId"].is_in(owners.implode())).arg_true()
            self._findings.rows("role_missing", users, "sourcedId", bare)
        if roles is not None:
            _check_primary(roles, self._findings)

    def _check_loops(self, sheet: Sheet) -> None:
        frame = sheet.frame
        parents = dict(zip(frame["sourcedId"], frame["parentSourcedId"], strict=True))
        parents.pop("", None)
        state: dict[str, int] = {}
        looped: set[str] = set()
        for start in parents:
            path: list[str] = []
            node = start
            while node in parents and node not in state:
                state[node] = 1
                path.append(node)
                node = parents[node]
            if state.get(node) == 1:
                looped.update(path[path.index(node) :])
            for seen in path:
                state[seen] = 2
        rows = [i for i, key in enumerate(frame["sourcedId"]) if key in looped]
        self._findings.rows("parent_loop", sheet, "parentSourcedId", pl.Series(rows, dtype=pl.UInt32))


def _check_primary(roles: Sheet, findings: Findings) -> None:
    rows = roles.frame.select("roleType", "userSourcedId", "orgSourcedId").with_row_index(_INDEX)
    # Few people have several roles; only theirs are compared by organisation.
    rows = rows.filter(rows["userSourcedId"].is_duplicated()).filter(pl.col("roleType") == "primary")
    again = rows.filter(~pl.struct("userSourcedId", "orgSourcedId").is_first_distinct())
    findings.rows("role_primary", roles, "roleType", again[_INDEX], again["userSourcedId"])


def _references(sheet: Sheet, column: str, is_many: bool, mode: str) -> pl.DataFrame:
    """Row index `i` and each id `ref` a live row refers to, in row order."""
    rows = sheet.frame.select(pl.col(column).alias("ref")).with_row_index(_INDEX)
    if mode == "delta":
        rows = rows.filter(sheet.frame["status"] != "tobedeleted")
    rows = rows.filter(pl.col("ref") != "")
    if is_many and rows["ref"].str.contains(",", literal=True).any():
        rows = rows.with_columns(pl.col("ref").str.split(",")).explode("ref")
        rows = rows.with_columns(pl.col("ref").str.strip_chars()).filter(pl.col("ref") != "")
    return rows
