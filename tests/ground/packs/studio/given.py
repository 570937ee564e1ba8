"""Sheets filled in as a person would: everything as it stands, with some answers changed."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from jizuo.ground.packs.studio.drawing.sheets import Asked, Editor, Sheet, posted


def form_of(sheet: Sheet, do: str = "save", **more: Any) -> QueryDict:
    """What a browser sends for a sheet as it stands; more: answers by the name of their field, with ``_`` for ``-``
    in the beginning (``h_title``, ``r0_kind``, ``new_title``)."""
    found = QueryDict(mutable=True)

    def say(prefix: str, asked: tuple[Asked, ...]) -> None:
        for one in asked:
            if one.kind == "checks":
                found.setlist(prefix + one.name, list(one.value))
            elif one.kind == "check":
                if one.value:
                    found[prefix + one.name] = "1"
            elif one.kind == "select" and not one.value and one.options:
                found[prefix + one.name] = one.options[0][0]
            else:
                found[prefix + one.name] = str(one.value)

    say("h-", sheet.head)
    for place, row in enumerate(sheet.rows):
        say(f"r{place}-", row.asked)
    say("new-", sheet.new)
    for name, value in more.items():
        key = name.replace("_", "-", 1)
        if isinstance(value, list):
            found.setlist(key, value)
        elif value is None:
            found.pop(key, None)
        else:
            found[key] = str(value)
    found["do"] = do
    return found


def filled(editor: Editor, files: dict[str, str], name: str, do: str = "save", **more: Any) -> dict[str, str]:
    """The files after a sheet came back."""
    sheet = editor.sheet(files, name)
    changes = editor.write(files, name, posted(sheet, form_of(sheet, do, **more)))
    found = dict(files)
    for path, text in changes.items():
        if text is None:
            found.pop(path, None)
        else:
            found[path] = text
    return dict(sorted(found.items()))
