"""What keeps a pack's forms from being used: named by file and place, with its mend. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import choosing, kinds, known, rows
from jizuo.engines.matter.forms.asked import FILE_KINDS, OF_TYPE, Asked, asked_of, elements_of
from jizuo.engines.matter.forms.computing import NAMES, ROW_NAMES
from jizuo.engines.matter.shapes import KINDS, Form
from jizuo.ground.errors import Problem
from jizuo.ground.packs import forbidden
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import codes
from jizuo.hubs.data.parts import LEAST_GRADE
from jizuo.plain import expression
from jizuo.plain.expression import BadExpression

MOST_FIELDS, MOST_PAGES, MOST_COLUMNS = 120, 12, 24
#: Kinds that may not stand in a row of a table.
NOT_IN_TABLES = frozenset({"table", "columns", "sheet", "row", "note", "signature", "file", "photo"})
PEOPLE, ORGS, UNITS = (
    frozenset({"person", "people"}),
    frozenset({"org", "orgs"}),
    frozenset({"unit", "units"}),
)
#: Kinds in which the values of an element can be told; the element's own aside.
FITS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "long_text", "place", "choice", "time", "row", "computed"}),
    "integer": frozenset({"number", "money", "period", "unit", "computed"}), "decimal": frozenset({"number", "computed"}),
    "boolean": frozenset({"yes_no", "computed"}), "date": frozenset({"date", "computed"}),
    "timestamptz": frozenset({"moment"}), "code": frozenset({"code"}), "person": PEOPLE, "org": ORGS,
    "file": FILE_KINDS,
}  # fmt: skip


def check_forms(pack: Pack) -> list[Problem]:
    """Everything wrong with the forms of a pack."""
    found: list[Problem] = []
    tables = {*codes.tables(), *pack.part("codes")}
    started = {form for use in uses(pack) for form in use.start}
    for name, form in pack.part("forms").items():
        where = f"forms/{name}.yaml"
        standards = pack.part("standards")
        if form.over and form.over not in standards:
            found.append(
                Problem(
                    f"{where}: over",
                    _("包里没有这个标准：%(name)s") % {"name": form.over},
                    near(form.over, standards),
                )
            )
        if form.flow and form.flow not in pack.part("flows"):
            found.append(
                Problem(
                    f"{where}: flow",
                    _("包里没有这个流程：%(name)s") % {"name": form.flow},
                    near(form.flow, pack.part("flows")),
                )
            )
        if (
            name in started
            and not form.flow
            and not any(flow.form == name for flow in pack.part("flows").values())
        ):
            found.append(
                Problem(
                    f"{where}: flow",
                    _("提交以后没有流程接着办"),
                    _("在 flows 里写一个 form: %(name)s 的流程") % {"name": name},
                )
            )
        found += form_problems(where, pack, form, tables)
    return found


def uses(pack: Pack) -> Iterable[Any]:
    """The rights of every role and post."""
    yield from pack.roles.roles.values()
    yield from (post.use for post in pack.roles.posts.values())


def form_problems(where: str, pack: Pack, form: Form, tables: Iterable[str]) -> list[Problem]:
    """What is wrong with one form."""
    elements = elements_of(pack, form)
    pages = asked_of(form, elements)
    found: list[Problem] = []
    if not pages or len(pages) > MOST_PAGES or sum(len(page.fields) for page in pages) > MOST_FIELDS:
        found.append(
            Problem(
                f"{where}: pages",
                _("一张表 1 到 %(pages)s 页，最多 %(fields)s 项")
                % {"pages": MOST_PAGES, "fields": MOST_FIELDS},
                _("分成几张表"),
            )
        )
    seen: set[str] = set()
    keys = {one.key for page in pages for one in page.fields}
    keys |= {f"{one.key}{rows.SUFFIX}" for page in pages for one in page.fields if one.kind == "row"}
    for number, page in enumerate(pages):
        found += _expression(f"{where}: pages[{number}].when", page.when, NAMES, keys, pack)
        for place, one in enumerate(page.fields):
            spot = f"{where}: pages[{number}].fields[{place}]"
            if one.key in seen:
                found.append(
                    Problem(f"{spot}.key", _("“%(key)s”写了两次") % {"key": one.key}, _("换一个名字"))
                )
            seen.add(one.key)
            element = elements.get(one.key)
            if element is None and not (one.field.kind or one.field.title or one.field.compute):
                found.append(
                    Problem(f"{spot}.key", _("标准里没有这个字段：%(key)s") % {"key": one.key},
                            near(one.key, elements) if elements else _("写上 kind 和 title"))
                )  # fmt: skip
            elif (
                element is not None
                and one.kind not in FITS[element.type]
                and one.kind != OF_TYPE[element.type]
            ):
                found.append(
                    Problem(f"{spot}.kind", _("“%(title)s”的值放不进这个字段") % {"title": one.title},
                            _("去掉 kind，按标准的类型填"))
                )  # fmt: skip
            if element is None and not one.field.title and one.kind != "note":
                found.append(Problem(f"{spot}.title", _("没有写名称"), _("写上 title")))
            found += field_problems(spot, one, pack, keys, set(tables), NAMES)
    return found


def field_problems(
    spot: str,
    one: Asked,
    pack: Pack,
    keys: set[str],
    tables: set[str],
    names: frozenset[str],
    *,
    in_table: bool = False,
) -> list[Problem]:
    """What is wrong with one field."""
    found: list[Problem] = []
    field = one.field
    if one.kind not in KINDS or (in_table and one.kind in NOT_IN_TABLES):
        known_kinds = [kind for kind in KINDS if not in_table or kind not in NOT_IN_TABLES]
        return [
            Problem(
                f"{spot}.kind",
                _("没有这种字段：%(kind)s") % {"kind": one.kind[:40]},
                near(one.kind, known_kinds),
            )
        ]
    found += forbidden.problems_of(spot, one.key, (one.title,), one.kind)
    least = LEAST_GRADE.get(forbidden.marked(one.key, (one.title,)), 0)
    if one.grade < least:
        found.append(
            Problem(
                f"{spot}.grade",
                _("“%(title)s”分级太低") % {"title": one.title},
                _("grade 至少写 %(n)s") % {"n": least},
            )
        )
    if one.kind in ("choice", "choices") and not field.options:
        found.append(Problem(f"{spot}.options", _("没有写选项"), "options: [是, 否]"))
    if one.kind == "code" and one.code not in tables:
        found.append(
            Problem(
                f"{spot}.code",
                _("没有这张代码表：%(name)s") % {"name": one.code[:40]},
                near(one.code, tables),
            )
        )
    words: tuple[str, ...] = (
        choosing.PEOPLE_OF if one.kind in PEOPLE else choosing.ORGS_OF if one.kind in ORGS else choosing.UNITS_OF
        if one.kind in UNITS else ("school_day",) if one.kind == "date" else tuple(pack.part("standards"))
        if one.kind == "row" else (kinds.WEB,) if one.kind == "photo" else ()
    )  # fmt: skip
    if field.of and one.kind != "sheet" and field.of not in words:
        found.append(
            Problem(
                f"{spot}.of",
                _("不认识：%(word)s") % {"word": field.of[:40]},
                _("要放到网页上给所有人看的写 of: web，别的去掉 of")
                if one.kind == "photo"
                else near(field.of, words)
                if words
                else _("去掉 of"),
            )
        )
    if one.kind == "row" and (
        field.of not in words or not rows.label_of(pack.part("standards")[field.of].body)
    ):
        found.append(
            Problem(
                f"{spot}.of",
                _("没有写从哪个数据集里选，或它没有名称"),
                _("of 写包里的数据集；标准里写 label_by 或 key"),
            )
        )
    if field.prefill and field.prefill not in known.WORDS:
        found.append(
            Problem(
                f"{spot}.prefill",
                _("基座带不出：%(word)s") % {"word": field.prefill[:40]},
                near(field.prefill, known.WORDS),
            )
        )
    if one.kind == "computed" and not field.compute:
        found.append(Problem(f"{spot}.compute", _("没有写怎么算"), "compute: form.days * 10"))
    for word in ("when", "compute", "check"):
        found += _expression(f"{spot}.{word}", getattr(field, word), names, keys, pack)
    if one.kind == "table":
        if not one.columns or len(one.columns) > MOST_COLUMNS:
            found.append(Problem(f"{spot}.fields", _("明细表要有 1 到 %(n)s 列") % {"n": MOST_COLUMNS}))
        for place, each in enumerate(one.columns):
            found += field_problems(
                f"{spot}.fields[{place}]", each, pack, keys, tables, ROW_NAMES, in_table=True
            )
    return found


def _expression(where: str, text: str, names: frozenset[str], keys: set[str], pack: Pack) -> list[Problem]:
    if not text:
        return []
    try:
        read = expression.compile(text, names).names
    except BadExpression as error:
        return [Problem(where, error.what, error.fix)]
    found = []
    for name in sorted(read):
        head, _dot, field = name.partition(".")
        known_fields = keys if head == "form" else set(pack.head.settings) if head == "settings" else None
        # A form filled at a step reads the answers of the matter's first form too.
        elsewhere = {
            one.key for form in pack.part("forms").values() for page in form.pages for one in page.fields
        }
        if (
            known_fields is not None
            and field
            and field not in known_fields | (elsewhere if head == "form" else set())
        ):
            found.append(
                Problem(where, _("没有这个名字：%(word)s") % {"word": name}, near(field, known_fields))
            )
    return found
