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

    def _kinds(self, sheet: Sheet, column: str, target: str, is_many: bool = False) -> pl.DataFrame | None:
        """Rows of the sheet with the `type` of what a column refers to; None when it is not in the zip."""
        other = self._sheets.get(target)
        if other is None or sheet.frame.is_empty():
            return None
        types = other.frame.select(pl.col("sourcedId").alias("ref"), "type").unique("ref")
        references = _references(sheet, column, is_many, self._modes[sheet.name])
        return references.join(types, on="ref", how="inner", maintain_order="left")

    def _check_schools(self) -> None:
        for name in ("classes", "enrollments"):
            if name in self._sheets:
                found = self._kinds(self._sheets[name], "schoolSourcedId", "orgs")
                if found is not None:
                    wrong = found.filter(
                        (pl.col("type") != "school") & ~pl.col("type").str.starts_with("ext:")
                    )
                    self._say_kind("not_a_school", name, "schoolSourcedId", wrong)
        if "classes" in self._sheets and "enrollments" in self._sheets:
            enrolled = self._sheets["enrollments"]
            schools = self._sheets["classes"].frame.select(
                pl.col("sourcedId").alias("classSourcedId"), pl.col("schoolSourcedId").alias("school")
            )
            differing = (
                enrolled.frame.select("classSourcedId", "schoolSourcedId")
                .with_row_index(_INDEX)
                .join(
                    schools.unique("classSourcedId"), on="classSourcedId", how="inner", maintain_order="left"
                )
                .filter((pl.col("school") != pl.col("schoolSourcedId")) & (pl.col("schoolSourcedId") != ""))
            )
            self._findings.rows("school_differs", enrolled, "schoolSourcedId", differing[_INDEX])

    def _check_sessions(self) -> None:
        rules = (
            ("classes", "termSourcedIds", True, ("term", "semester")),
            ("courses", "schoolYearSourcedId", False, ("schoolYear",)),
        )
        for name, column, is_many, expected in rules:
            if name in self._sheets:
                found = self._kinds(self._sheets[name], column, "academicSessions", is_many)
                if found is not None:
                    wrong = found.filter(
                        ~pl.col("type").is_in(list(expected)) & ~pl.col("type").str.starts_with("ext:")
                    )
                    self._say_kind("session_kind", name, column, wrong, expected="、".join(expected))

    def _say_kind(self, cause: str, name: str, column: str, wrong: pl.DataFrame, **words: str) -> None:
        if not wrong.is_empty():
            types = "、".join(sorted(wrong["type"].unique()))
            rows = wrong[_INDEX]
            self._findings.rows(cause, self._sheets[name], column, rows, wrong["ref"], types=types, **words)

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
            frame = roles.frame
            key = frame.select("userSourcedId", "orgSourcedId").to_struct()
            primary = (frame["roleType"] == "primary").arg_true()
            again = primary.filter(~key.gather(primary).is_first_distinct())
            self._findings.rows(
                "role_primary", roles, "roleType", again, frame["userSourcedId"].gather(again)
            )

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
