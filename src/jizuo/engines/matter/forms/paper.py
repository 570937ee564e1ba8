"""The paper twin of a form: blank ones printed for chosen people, each with a number, and one typed back by the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import asked, choosing, printing, standing, views
from jizuo.engines.matter.forms.asked import FILE_KINDS, Asked, said
from jizuo.engines.matter.forms.views import FormView
from jizuo.ground import scope as scopes
from jizuo.ground import typesetting
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.ids import new_id

MOST = 120
#: Blank lines of a table on paper.
BLANK_LINES = 4
NUMBER = """
insert into matter_paper (id, unit_no, scene, form, version_id, subject_id, no)
select id, %(unit)s, %(scene)s, %(form)s, %(version)s, subject, %(last)s + place
from unnest(%(ids)s::uuid[], %(subjects)s::uuid[]) with ordinality as told(id, subject, place) returning no
"""


@action(title="打印空白表", roles=scopes.STAFF_ROLES)
def paper_pdf(*, scene: str, form: str, subject_ids: list[UUID]) -> bytes:
    """Blank forms as PDF, one for each person, with what the base knows filled in and a number by which the office types it
    back. Raises NotFound for a form or person out of reach, BadInput for none or too many."""
    if not 1 <= len(subject_ids) <= MOST:
        raise BadInput(_("一次印 1 到 %(n)s 张") % {"n": MOST}, fix=_("分几次印"))
    told = standing.to_begin(scene, form)
    wanted = [str(one) for one in dict.fromkeys(subject_ids)]
    people = {one.value: one for one, _key in choosing.people(choosing.PUPIL, ids=wanted)}
    people |= {
        one.value: one
        for one, _key in choosing.people(choosing.STAFF, ids=[one for one in wanted if one not in people])
    }
    if set(wanted) - set(people):
        raise NotFound(_("没有这个人"), fix=_("请从列表里选"))
    numbers = _numbers(told, wanted)
    unit = printing.unit_name(told.unit_no)
    papers = [
        _paper(told, people[person_id].word, unit, number)
        for person_id, number in zip(wanted, numbers, strict=True)
    ]
    return printing.set_forms(papers)


def _numbers(told: standing.Standing, people: Sequence[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('matter_paper'), %s)", [told.unit_no])
        cursor.execute(
            "select coalesce(max(no), 100000) from matter_paper where unit_no = %s", [told.unit_no]
        )
        (last,) = cursor.fetchone()
        cursor.execute(
            NUMBER,
            {"unit": told.unit_no, "scene": told.scene, "form": told.name, "version": told.version_id, "last": last,
             "ids": [new_id() for _one in people], "subjects": [UUID(one) for one in people]},
        )  # fmt: skip
        return sorted(number for (number,) in cursor.fetchall())


def _paper(told: standing.Standing, name: str, unit: str, number: int) -> dict[str, Any]:
    rows: list[list[str]] = [[_("姓名"), name]]
    tables = []
    for page in told.pages:
        for one in page.fields:
            if one.kind == "table":
                heads = [column.word for column in one.columns if column.is_typed]
                tables.append(
                    {
                        "title": one.word,
                        "heads": heads,
                        "rows": [["　"] * len(heads) for _line in range(BLANK_LINES)],
                    }
                )
            elif one.kind == "note":
                rows.append([_("说明"), one.word])
            elif one.is_typed and not (one.kind == "person" and one.field.prefill):
                rows.append([one.word, blank_of(one)])
    form = told.form
    return {
            "title": said(form.title, form.english), "unit": unit, "no": str(number), "day": "", "rows": rows, "tables": tables,
            "pictures": [], "steps": [], "blank": True, "code": str(number), "qr": typesetting.qr_svg(str(number)),
    }  # fmt: skip


def blank_of(one: Asked) -> str:
    """What stands on paper where a field is to be written: boxes to tick, or space."""
    if one.kind in ("choice", "choices"):
        return "　".join(f"□ {option}" for option in one.field.options)
    if one.kind == "yes_no":
        return f"□ {_('是')}　□ {_('否')}"
    if one.kind in FILE_KINDS:
        return _("（另附）") if one.kind != "signature" else "　\n　"
    if one.kind == "date":
        return _("　　　　年　　月　　日")
    return "　\n　\n　" if one.kind == "long_text" else "　"


@source(title="录入纸表", roles=scopes.STAFF_ROLES, reach=API)
def paper_form(*, no: int) -> FormView:
    """The form of a paper that came back, to be typed in; it is handed in with ``way`` paper and ``paper_no``. Raises
    NotFound for a number that is not the unit's, Conflict for one that was typed in already."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select scene, form, subject_id, matter_id from matter_paper where unit_no = %s and no = %s",
            [scope.unit_no, no],
        )
        row: Any = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个编号"), fix=_("请看纸上的编号，共六位数字"))
    if row[3] is not None:
        raise Conflict(_("这张纸表已经录过了"), fix=_("请看它对应的办事记录"))
    held = standing.to_begin(row[0], row[1], row[2])
    values, owners = views.filled(held)
    for one in asked.fields_of(held.pages):
        if one.kind == "person" and one.field.prefill and row[2] is not None:
            values[one.key] = str(row[2])
    return views.form_view(held, values, owners=owners, paper_no=no)
