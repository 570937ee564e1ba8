"""One call from a zip to a report: everything that is wrong at once, and the tables ready to load."""

import polars as pl

from .archive import Archive, Limits, Source, open_archive
from .cells import check_cells, check_foreign_codes
from .links import KnownIds, Links
from .manifest import FILE, Manifest, agree, read_manifest
from .profile import PREFIX, check_profile
from .read import to_12
from .report import Findings, Report, Sheet
from .tables import Table, layout
from .text import read_sheet


def check(source: Source, *, known_ids: KnownIds | None = None, limits: Limits | None = None) -> Report:
    """Check a OneRoster 1.1 or 1.2 zip, bulk or delta. Never raises for what is in the file.

    known_ids: sourcedIds already held of a table; without it a reference that this zip cannot settle is an
    error in a bulk file and a warning in a delta. FileNotFoundError and the like pass through.
    """
    findings = Findings()
    archive = open_archive(source, findings, limits)
    if archive is None:
        return Report("", {}, {}, {}, {}, findings.problems(), {}, {})
    try:
        return _check(archive, known_ids, findings)
    finally:
        archive.close()


def _check(archive: Archive, known_ids: KnownIds | None, findings: Findings) -> Report:
    manifest = _manifest(archive, findings)
    tables = layout(manifest.version)
    names = _names(archive, tables, manifest.version, findings)
    findings.softened = {f"{table.name}.csv" for table in tables.values() if not table.is_loaded}
    sheets: dict[str, Sheet] = {}
    # The largest first: its bytes and its table stand in memory together while the others are not there yet.
    for name in sorted(names, key=lambda name: -archive.members[names[name]].file_size):
        raw = archive.read(names[name], findings)
        sheet = read_sheet(raw, tables[name], findings) if raw is not None else None
        del raw
        if sheet is not None:
            sheets[name] = sheet
            check_cells(sheet, tables[name], manifest.modes[name], findings)
            check_profile(sheet, findings)
            sheet.let_go()
    sheets = {name: sheets[name] for name in tables if name in sheets}
    Links(sheets, manifest.modes, known_ids, findings).check(tables)
    loaded = [sheet for name, sheet in sheets.items() if tables[name].is_loaded]
    if not any(column.startswith(PREFIX) for sheet in loaded for column in sheet.frame.columns):
        for sheet in loaded:
            check_foreign_codes(sheet, findings)
    kept_raw = {name: sheets[name].frame.height for name in sheets if not tables[name].is_loaded}
    for name in kept_raw:
        findings.note("file_kept_raw", f"{name}.csv", value=str(kept_raw[name]))
    return _report(manifest, {n: s for n, s in sheets.items() if tables[n].is_loaded}, kept_raw, findings)


def _manifest(archive: Archive, findings: Findings) -> Manifest:
    by_fold = {name.lower(): name for name in archive.members}
    written = by_fold.get(FILE)
    raw = archive.read(written, findings) if written else None
    users = by_fold.get("users.csv")
    header = ""
    properties = read_manifest(raw, findings) if raw is not None else None
    if users and (properties is None or "oneroster.version" not in properties):
        header = (archive.read(users, Findings()) or b"").split(b"\n", 1)[0].decode("utf-8", "replace")
    folded = {name.lower() for name in archive.members}
    there = {f"{name}.csv" for name in layout("1.2") if f"{name}.csv".lower() in folded}
    return agree(properties, there, header, findings)


def _names(archive: Archive, tables: dict[str, Table], version: str, findings: Findings) -> dict[str, str]:
    """table name -> member name as written in the zip."""
    expected = {f"{name}.csv".lower(): name for name in tables}
    names: dict[str, str] = {}
    for written in archive.members:
        if written.lower() == FILE:
            if written != FILE:
                findings.note("file_case", written, value=written, expected=FILE)
        elif written.lower() in expected:
            name = expected[written.lower()]
            names[name] = written
            if written != f"{name}.csv":
                findings.note("file_case", written, value=written, expected=f"{name}.csv")
        else:
            findings.note("file_unknown", written, value=written, version=version)
    return names


def _report(
    manifest: Manifest, sheets: dict[str, Sheet], kept_raw: dict[str, int], findings: Findings
) -> Report:
    frames = {name: sheet.frame for name, sheet in sheets.items()}
    faulty = {name: rows for name, rows in findings.faulty().items() if name in frames}
    lines = {name: _lines(sheet) for name, sheet in sheets.items()}
    modes = dict(manifest.modes)
    if manifest.version == "1.1" and "users" in frames:
        frames["users"], frames["roles"], owners = to_12(frames["users"], frames.get("orgs"))
        modes["roles"] = modes["users"]
        lines["roles"] = lines["users"].gather(owners)
        if "users" in faulty:
            faulty["roles"] = owners.is_in(faulty["users"].implode()).arg_true()
    return Report(
        manifest.version, modes, manifest.source, frames, kept_raw, findings.problems(), faulty, lines
    )


def _lines(sheet: Sheet) -> pl.Series:
    if sheet.lines is not None:
        return sheet.lines
    return pl.int_range(2, sheet.frame.height + 2, dtype=pl.UInt32, eager=True).alias("line")
