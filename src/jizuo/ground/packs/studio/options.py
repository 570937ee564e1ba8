"""The code tables of a draft as plain lists of names, and what a field's people are."""

from __future__ import annotations

import csv
import io
import re

from jizuo.ground.packs.studio import plain


def of_code(files: plain.Files, table: str) -> dict[str, str]:
    """code -> name of a code table of the draft; empty for one of the base's own."""
    return {row["code"]: row["name"] for row in rows(files, table)}


def rows(files: plain.Files, table: str) -> list[dict[str, str]]:
    """The rows of a code table of the draft, with its columns code, name, english, parent."""
    text = files.get(f"codes/{table}.csv", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = []
    for row in csv.DictReader(io.StringIO("\n".join(lines))):
        code, name = (row.get("code") or "").strip(), (row.get("name") or "").strip()
        if code and name:
            found.append(
                {
                    "code": code, "name": name, "english": (row.get("english") or "").strip(),
                    "parent": (row.get("parent") or "").strip(),
                }
            )  # fmt: skip
    return found


def written(files: plain.Files, table: str, title: str, names: list[str]) -> str:
    """The file of a code table with these names in this order; a name that was there keeps its code, a new one gets the
    next number."""
    held = {row["name"]: row for row in rows(files, table)}
    taken = {row["code"] for row in held.values()}
    number = max([int(code) for code in taken if re.fullmatch(r"\d{1,6}", code)], default=0)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    has_parents = any(row["parent"] for row in held.values())
    lines.writerow(["code", "name", "english", *(["parent"] if has_parents else [])])
    for name in dict.fromkeys(names):
        row = held.get(name)
        if row is None:
            number += 1
            row = {"code": str(number), "name": name, "english": "", "parent": ""}
        lines.writerow([row["code"], row["name"], row["english"], *([row["parent"]] if has_parents else [])])
    return f"# {title}\n{out.getvalue()}"


def is_staff(files: plain.Files, dataset: str, key: str) -> bool:
    """Whether a person element is asked of the staff, by any form over the dataset."""
    for name in plain.names(files, "forms"):
        form = plain.told(files, f"forms/{name}.yaml")
        if form.get("over") == dataset:
            for field in plain.form_fields(form):
                if field.get("key") == key:
                    return field.get("of") == "staff"
    return "staff" in key or "teacher" in key


def of_fields(files: plain.Files, form: str) -> dict[str, dict[str, str]]:
    """``form.<key>`` -> code -> name, for the fields of a form that choose from a list of the draft."""
    told = plain.told(files, f"forms/{form}.yaml")
    held = plain.elements(files, str(told.get("over", "")))
    found = {}
    for field in plain.form_fields(told):
        key = str(field.get("key"))
        if names := of_code(files, str(field.get("code") or held.get(key, {}).get("code", ""))):
            found[f"form.{key}"] = names
        elif isinstance(field.get("options"), list):
            found[f"form.{key}"] = {str(one): str(one) for one in field["options"]}
    return found
