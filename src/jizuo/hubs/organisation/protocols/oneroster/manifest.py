"""manifest.csv: version, source, and the mode of every file; agreed with what the zip really holds."""

from dataclasses import dataclass, field

from .report import Findings
from .tables import VERSIONS, layout
from .text import plain_records

FILE = "manifest.csv"
MODES = ("absent", "bulk", "delta")
_OPTIONAL = ("source.systemName", "source.systemCode")


@dataclass(slots=True)
class Manifest:
    """`modes`: of every file of the version. `source`: systemName and systemCode when given."""

    version: str
    modes: dict[str, str] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)


def read_manifest(raw: bytes, findings: Findings) -> dict[str, tuple[int, str]]:
    """property name -> (line, value); the first of doubled ones."""
    properties: dict[str, tuple[int, str]] = {}
    records = plain_records(raw, FILE, findings)
    if not records or [v.strip() for v in records[0][1]] != ["propertyName", "value"]:
        findings.note("header_missing", FILE, line=1, expected="propertyName,value")
    else:
        records = records[1:]
    for line, values in records:
        if len(values) != 2:
            findings.note("row_length", FILE, line=line, found=str(len(values)), expected="2")
        name, value = values[0].strip(), values[1].strip() if len(values) > 1 else ""
        if name in properties:
            findings.note("property_doubled", FILE, name, line=line, value=value)
        else:
            properties[name] = (line, value)
    return properties


def agree(
    properties: dict[str, tuple[int, str]] | None, members: set[str], users_header: str, findings: Findings
) -> Manifest:
    """The manifest after comparing it with the members (names with .csv). `properties` None: no manifest.

    Without a usable version the header of users.csv decides (orgSourcedIds means 1.1), so that the check can
    go on.
    """
    given = properties or {}
    version = given.get("oneroster.version", (0, ""))[1]
    if properties is None:
        findings.note("manifest_missing", FILE)
    elif version not in VERSIONS:
        line = given.get("oneroster.version", (0, ""))[0]
        findings.note("manifest_version", FILE, "oneroster.version", line=line, value=version)
    if properties is not None:
        line, form = given.get("manifest.version", (0, ""))
        if form != "1.0":
            findings.note("manifest_form", FILE, "manifest.version", line=line, value=form)
    if version not in VERSIONS:
        version = "1.1" if "orgSourcedIds" in users_header else "1.2"
    tables = layout(version)
    result = Manifest(version)
    for name in tables:
        result.modes[name] = _mode(name, given, properties is not None, f"{name}.csv" in members, findings)
    for name in given.keys() - {f"file.{n}" for n in tables} - {"manifest.version", "oneroster.version"}:
        line, value = given[name]
        if name in _OPTIONAL:
            result.source[name.removeprefix("source.")] = value
        else:
            findings.note("property_unknown", FILE, name, line=line, value=value)
    return result


def _mode(
    name: str, given: dict[str, tuple[int, str]], has_manifest: bool, is_there: bool, findings: Findings
) -> str:
    entry = f"file.{name}"
    line, mode = given.get(entry, (0, ""))
    if not has_manifest:
        return "bulk" if is_there else "absent"
    if entry not in given:
        findings.note("property_missing", FILE, entry)
    elif mode not in MODES:
        findings.note("mode_unknown", FILE, entry, line=line, value=mode)
    if is_there and mode in ("bulk", "delta"):
        return mode
    if is_there:
        if mode in ("", "absent"):
            findings.note("file_undeclared", f"{name}.csv", line=0, value=mode)
        return "bulk"
    if mode in ("bulk", "delta"):
        findings.note("file_missing", f"{name}.csv", mode=mode)
        return mode
    return "absent"
