"""A table by drawing its form: each field once, and the standard, the form, the lists to choose from, the step that keeps
it and the tables on the pages follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs import forbidden, reading
from jizuo.ground.packs.parts import HEAD
from jizuo.ground.packs.studio import conditions, options, plain, words
from jizuo.ground.packs.studio.drawing import following
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Row,
    Sheet,
    Told,
    Values,
    chosen,
    file_changes,
    many,
    pick,
    put,
    text,
    ticked,
    with_held,
)
from jizuo.ground.packs.studio.plain import Changes, Files

_OF_TYPE = {
    "integer": "integer", "decimal": "decimal", "date": "date", "timestamptz": "moment", "boolean": "yes_no",
    "code": "choice", "org": "class",
}  # fmt: skip
_TYPE_WORDS = ("type", "length", "precision", "scale", "code")
#: `of` of a photo that is meant for everybody.
WEB = "web"
_OF = {"pupil": "pupil", "staff": "staff", "class": "class"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One field: as the form asks it (None when it does not), as the standard keeps it (None when it stays on the form)."""

    key: str
    field: dict[str, Any] | None
    element: dict[str, Any] | None
    page: int = 0
    place: int = 0


def form_of(files: Files, dataset: str) -> str:
    """The form that asks for a dataset: the one of its name, else the first over it, '' for none."""
    found = [
        name for name in plain.names(files, "forms") if plain.told(files, f"forms/{name}.yaml").get("over") == dataset
    ]  # fmt: skip
    return dataset if dataset in found else found[0] if found else ""


def _entries(files: Files, dataset: str) -> list[_Entry]:
    held = plain.elements(files, dataset)
    form = plain.told(files, f"forms/{form_of(files, dataset)}.yaml")
    found, seen = [], set()
    for page, one in enumerate(plain.listed(form.get("pages"))):
        for place, inner in enumerate(plain.listed(plain.mapped(one).get("fields"))):
            field = plain.field_of(inner)
            key = str(field.get("key", ""))
            seen.add(key)
            found.append(_Entry(key, field, held.get(key), page, place))
    return found + [_Entry(key, None, one) for key, one in held.items() if key not in seen]


def kind_of(field: Mapping[str, Any] | None, element: Mapping[str, Any] | None) -> str:
    """The studio's word for a field, '' for one that is drawn as text only."""
    said = str((field or {}).get("kind", ""))
    if element is None:
        return said if said in words.FIELD_KINDS and words.FIELD_KINDS[said][2] is None else ""
    kind = str(element.get("type", "text"))
    if kind == "person":
        return "staff" if (field or {}).get("of") == "staff" else "pupil"
    if kind == "text":
        return {"": "text", "text": "text", "long_text": "long_text"}.get(said, "")
    if said not in ("", "money", _OF_TYPE.get(kind, "")):
        return ""
    return "money" if said == "money" else _OF_TYPE.get(kind, "")


def sheet(files: Files, name: str) -> Sheet:
    """The editor of one dataset of the draft."""
    path, form_name = f"standards/{name}.yaml", form_of(files, name)
    standard, form = plain.told(files, path), plain.told(files, f"forms/{form_name}.yaml")
    listed = plain.element_choices(files, name)
    head = (
        Asked("title", _("这张表叫什么"), value=str(standard.get("title", "")), is_must=True),
        Asked(
            "key", _("哪几项合起来不能重复"), "checks", ticked(standard.get("key")),
            tuple(listed), hint=_("如一个学生一个项目只能报一次：勾学生和项目；都不勾就可以重复"),
        ),
        pick(
            "subject", _("每条记录是关于谁的"), str(standard.get("subject", "")),
            plain.element_choices(files, name, ["person"]), none=_("第一个选人的项目"),
            hint=_("“只看自己孩子的”“只看关于自己的”按它来量"),
        ),
        *(
            [
                Asked("done", _("提交后对填表的人说什么"), value=str(form.get("done", ""))),
                pick(
                    "again", _("能不能照上次的填"), str(form.get("again", "never")), words.AGAIN.items(),
                    hint=_("按一下，空着的项目用上次的填好；签名、日期、照片和附件总是自己填"),
                ),
            ]
            if form_name else []
        ),
    )  # fmt: skip
    pages = max([one.page for one in _entries(files, name)], default=0) + 1
    rows = tuple(
        _row(files, name, form_name, place, one, pages) for place, one in enumerate(_entries(files, name))
    )
    new = (
        Asked("title", _("加一项，叫什么"), hint=_("如：参赛项目")),
        Asked(
            "kind",
            _("填什么"),
            "select",
            "text",
            tuple((key, one[0]) for key, one in words.FIELD_KINDS.items()),
        ),
        Asked("names", _("可以选的（一行一个）"), "long", hint=_("只有“选一个”要写")),
        Asked("required", _("必须填"), "check"),
    )
    return Sheet(
        str(standard.get("title") or name), head, rows, new, _("表上有哪些项目"), _("加一项"),
        (path, f"forms/{form_name}.yaml", *(f"codes/{one}.csv" for one in plain.names(files, "codes"))),
    )  # fmt: skip


def _row(files: Files, name: str, form_name: str, place: int, one: _Entry, pages: int) -> Row:
    field, element = one.field or {}, one.element or {}
    form_told = plain.told(files, f"forms/{form_name}.yaml")
    kind = kind_of(one.field, one.element)
    title = str(field.get("title") or element.get("title") or one.key)
    asked = [Asked("title", _("名称"), value=title, is_must=True)]
    if kind:
        asked.append(
            Asked("kind", _("填什么"), "select", kind,
                  tuple((key, told[0]) for key, told in words.FIELD_KINDS.items()
                        if (told[2] is None) == (one.element is None)))
        )  # fmt: skip
    table = str(element.get("code") or field.get("code") or "")
    if kind == "choice" and (not table or f"codes/{table}.csv" in files):
        asked.append(
            Asked(
                "names", _("可以选的（一行一个）"), "long", "\n".join(options.of_code(files, table).values())
            )
        )
    if kind != "note":
        asked.append(
            Asked(
                "required", _("必须填"), "check", bool(field.get("required", element.get("required", False)))
            )
        )
        asked.append(
            Asked("grade", _("谁看得到"), "select", str((element or field).get("grade", 2)),
                  with_held(words.GRADES.items(), str((element or field).get("grade", 2))))
        )  # fmt: skip
    if one.field is not None:
        asked.append(Asked("hint", _("填写提示"), value=str(field.get("hint", ""))))
        if kind not in ("note", "photo", "file", "signature", "place"):
            held = str(field.get("prefill", "") or ("today" if field.get("default") == "today" else ""))
            asked.append(
                Asked(
                    "prefill", _("替填表的人先填上"), "select", held, with_held(words.PREFILLS.items(), held)
                )
            )
        if kind == "photo":
            asked.append(
                Asked(
                    "web", _("放到网页上给所有人看"), "check", field.get("of") == WEB,
                    hint=_("如新闻的配图。只收哪个浏览器都打得开的图片；“谁看得到”也要选“可以公开”，流程里有发布的步骤才会放上去"),
                )
            )  # fmt: skip
        is_again = str(form_told.get("again", "never")) != "never"
        if (is_again and kind not in words.ANEW) or field.get("fresh"):
            asked.append(Asked("fresh", _("每次重新填，不照上次的"), "check", bool(field.get("fresh"))))
        said = conditions.read(str(field.get("when", "")), options.of_fields(files, form_name))
        if said.text:
            asked.append(Asked("when-text", _("什么时候才问（表达式）"), value=said.text))
        else:
            others = [
                (f"form.{other.key}", str((other.field or {}).get("title") or (other.element or {}).get("title") or other.key))
                for other in _entries(files, name) if other.field is not None and other.key != one.key
            ]  # fmt: skip
            asked += [
                pick("when-field", _("只在这种时候才问"), said.field, others, none=_("总是问")),
                Asked("when-op", _("怎么比"), "select", said.op, chosen(words.OPERATORS)),
                Asked("when-value", _("和什么比"), value=said.value),
            ]  # fmt: skip
        if pages > 1 or place > 3:
            asked.append(
                Asked("page", _("放在第几页"), "select", str(one.page + 1),
                      tuple((str(n), str(n)) for n in range(1, min(pages, 9) + 2)))
            )  # fmt: skip
    marks = [f"standards/{name}.yaml: fields.{one.key}", f"standards/{name}.yaml: {one.key}"]
    if one.field is not None:
        marks.append(f"forms/{form_name}.yaml: pages[{one.page}].fields[{one.place}]")
    if table:
        marks.append(f"codes/{table}.csv")
    side = (
        _("只在表里，填表时不问")
        if one.field is None
        else _("只在表单上，不进数据表")
        if one.element is None
        else ""
    )
    return Row(title, tuple(asked), place, tuple(marks), side)


def write(files: Files, name: str, told: Told) -> Changes:
    """The files that change when a sheet comes back."""
    path, form_name = f"standards/{name}.yaml", form_of(files, name)
    form_path = f"forms/{form_name}.yaml"
    standard, form = plain.told(files, path), plain.told(files, form_path)
    held = plain.elements(files, name)
    entries = _entries(files, name)
    changes: Changes = {}
    fields: list[list[Any]] = [[] for _page in plain.listed(form.get("pages"))] or [[]]
    kept: dict[str, dict[str, Any]] = {}
    fresh: list[str] = []
    taken = {one.key for one in entries}
    for origin, values in told.rows:
        entry = entries[origin] if origin >= 0 else _new(values, taken)
        if entry is None:
            continue
        taken.add(entry.key)
        field, element = _changed(files, name, form_name, entry, values, changes)
        if element is not None:
            kept[entry.key] = element
            if origin < 0:
                fresh.append(entry.key)
        if field is not None and form_name:
            page = int(text(values, "page") or entry.page + 1 if origin >= 0 else len(fields)) - 1
            while len(fields) <= page:
                fields.append([])
            fields[page].append(plain.bare(field))
    gone = [key for key in held if key not in kept]
    is_revised = not str(plain.told(files, HEAD).get("version", "1.0")).endswith(".0")
    elements = {
        key: kept.get(key) or held[key] | {"is_retired": True} for key in held if key in kept or is_revised
    }
    elements |= {key: kept[key] for key in fresh}
    new_standard = {key: value for key, value in standard.items() if key != "fields"}
    new_standard["title"] = text(told.head, "title") or standard.get("title", name)
    put(new_standard, "key", [key for key in many(told.head, "key") if key in kept])
    subject = text(told.head, "subject")
    put(new_standard, "subject", subject if subject in kept else "")
    new_standard["fields"] = elements
    if gone and new_standard.get("class") in gone:
        new_standard.pop("class")
    changes |= file_changes(files, path, new_standard)
    if form_name:
        drawn = plain.listed(form.get("pages"))
        pages = [
            {**(plain.mapped(drawn[place]) if place < len(drawn) else {}), "fields": one}
            for place, one in enumerate(fields)
            if one or place == 0
        ]  # fmt: skip
        new_form = dict(form) | {"pages": pages}
        put(new_form, "done", text(told.head, "done"))
        put(new_form, "again", text(told.head, "again"), "never")
        changes |= file_changes(files, form_path, new_form)
    if fresh or gone:
        changes |= following.kept(files, name, form_name, fresh, gone)
        changes |= following.listed(files, name, fresh, gone)
    return changes


def _new(values: Values, taken: set[str]) -> _Entry | None:
    title, kind = text(values, "title"), text(values, "kind")
    if not title or kind not in words.FIELD_KINDS:
        return None
    _words, form_kind, element = words.FIELD_KINDS[kind]
    usual = {"pupil": "pupil_id", "staff": "staff_id", "class": "class_id"}.get(kind, "")
    key = usual if usual and usual not in taken else plain.key_from(title, taken)
    grade = 4 if forbidden.marked(key, (title,)) else 2
    if element is None:
        return _Entry(
            key,
            {"key": key, "kind": form_kind, "title": title, **({} if kind == "note" else {"grade": grade})},
            None,
        )
    field: dict[str, Any] = {"key": key}
    if form_kind:
        field["kind"] = form_kind
    if kind in _OF:
        field["of"] = _OF[kind]
    return _Entry(key, field, {"title": title, **element, "grade": max(grade, int(element.get("grade", 2)))})


def _changed(
    files: Files, name: str, form_name: str, entry: _Entry, values: Values, changes: Changes
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    field = dict(entry.field) if entry.field is not None else None
    element = dict(entry.element) if entry.element is not None else None
    title = text(values, "title") or entry.key
    was = str((field or {}).get("title") or (element or {}).get("title") or entry.key)
    if title != was:
        if element is not None and element.get("title") == was:
            element["title"] = title
        if field is not None and (element is None or "title" in field):
            field["title"] = title
    kind = text(values, "kind")
    if kind in words.FIELD_KINDS and kind != kind_of(entry.field, entry.element):
        _turn(field, element, kind)
    if kind == "choice" and element is not None and (
        not element.get("code") or f"codes/{element['code']}.csv" in files
    ):  # fmt: skip
        table = str(element.get("code") or f"{name}_{entry.key}"[:40])
        element["code"] = table
        named = [one.strip() for one in text(values, "names").splitlines() if one.strip()]
        if named and named != list(options.of_code(files, table).values()):
            changes[f"codes/{table}.csv"] = options.written(files, table, title, named)
    if "required" in values:
        _require(field, element, bool(text(values, "required")))
    if grade := text(values, "grade"):
        graded = element if element is not None else field or {}
        if grade != str(graded.get("grade", 2)):
            graded["grade"] = int(plain.number_of(grade, usual=2))
    if field is not None:
        if "hint" in values:
            put(field, "hint", text(values, "hint"))
        if "prefill" in values:
            _prefill(field, text(values, "prefill"))
        if (
            "web" in values
            and field.get("kind") == "photo"
            and bool(text(values, "web")) != (field.get("of") == WEB)
        ):
            put(field, "of", WEB if text(values, "web") else "")
        if "fresh" in values:
            put(field, "fresh", bool(text(values, "fresh")))
        if "when-field" in values or "when-text" in values:
            said = conditions.Condition(
                text(values, "when-field"), text(values, "when-op") or "eq", text(values, "when-value"),
                text(values, "when-text"),
            )  # fmt: skip
            held = str(field.get("when", ""))
            known = options.of_fields(files, form_name)
            if said != conditions.read(held, known):
                put(field, "when", conditions.write(said, known))
    return field, element


def _turn(field: dict[str, Any] | None, element: dict[str, Any] | None, kind: str) -> None:
    """Let a field be of another kind."""
    _words, form_kind, usual = words.FIELD_KINDS[kind]
    if element is not None and usual is not None:
        for word in _TYPE_WORDS:
            element.pop(word, None)
        grade = max(int(element.get("grade", 2)), int(usual.get("grade", 1)))
        element |= {**usual, "grade": grade}
    if field is not None:
        field.pop("of", None)
        put(field, "kind", form_kind)
        if kind in _OF:
            field["of"] = _OF[kind]


def _require(field: dict[str, Any] | None, element: dict[str, Any] | None, is_must: bool) -> None:
    was = bool((field or {}).get("required", (element or {}).get("required", False)))
    if was == is_must:
        return
    if element is not None and (field is None or "when" not in field):
        put(element, "required", is_must)
        if field is not None:
            field.pop("required", None)
    elif field is not None:
        field["required"] = is_must


def _prefill(field: dict[str, Any], word: str) -> None:
    held = str(field.get("prefill", "") or ("today" if field.get("default") == "today" else ""))
    if word == held:
        return
    field.pop("prefill", None)
    if field.get("default") == "today":
        field.pop("default")
    if word == "today":
        field["default"] = "today"
    elif word:
        field["prefill"] = word


def begin(files: Files, name: str, title: str) -> Changes:
    """A new table with its form, without fields yet."""
    return {
        f"standards/{name}.yaml": reading.to_yaml(
            {
                "dataset": name,
                "title": title,
                "english": name.replace("_", " "),
                "version": "1.0",
                "fields": {},
            }
        ),
        f"forms/{name}.yaml": reading.to_yaml(
            {"title": title, "over": name, "pages": [{"title": title, "fields": []}], "print": "official"}
        ),
    }


EDITOR = Editor("standards", sheet, write)
