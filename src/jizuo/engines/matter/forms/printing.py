"""Forms on paper: what was handed in with its opinions and signers, in the layout that a school files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter.lines import Answer
from jizuo.engines.matter.queries.matters import matter_view
from jizuo.ground import scope as scopes
from jizuo.ground import typesetting
from jizuo.ground.doors import source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import versions

PACKAGE, TEMPLATE = "jizuo.engines.matter", "templates/matter/forms/official.typ"
#: Lines of a timeline that are somebody's opinion.
OPINIONS = frozenset({"approve", "sign", "done", "refuse", "return"})
#: Rows of one table on paper.
MOST_ROWS = 200


@source(title="打印办事表", roles=scopes.ROLES)
def form_pdf(*, matter_id: UUID) -> bytes:
    """A matter's form as PDF, A4: its unit, number and answers, the opinions with who gave them and when, and space for the
    seal. What is kept from the reader is kept from the paper. Raises NotFound, also for a form that is not printed."""
    view = matter_view(matter_id=matter_id)
    pack = versions.pack_of(view.version_id)
    if pack.part("forms")[view.form].print == "none":
        raise NotFound(_("这张表不打印"))
    told = {
        "title": view.flow_title, "unit": unit_name(view.unit_no), "no": view.no,
        "day": day_of(view.begun_at), **answers_told(view.answers),
        "steps": [
            {"title": one.step_title, "says": f"{one.word} {one.note}".strip(), "name": one.name, "day": day_of(one.at)}
            for one in view.events
            if one.verb in OPINIONS
        ],
        "blank": False, "code": "", "qr": "",
    }  # fmt: skip
    return set_forms([told])


def set_forms(papers: Sequence[Mapping[str, Any]]) -> bytes:
    """Forms as one PDF, each from a page of its own."""
    return typesetting.set_pdf(
        typesetting.template(PACKAGE, TEMPLATE), {"papers": papers, "labels": labels()}
    )


def answers_told(answers: Sequence[Answer]) -> dict[str, Any]:
    """``rows``, ``tables`` and ``pictures`` of the paper."""
    return {
        "rows": [[one.title, one.value] for one in answers if not one.rows and not one.files and one.value],
        "tables": [
            {"title": one.title, "heads": list(one.heads), "rows": [list(row) for row in one.rows[:MOST_ROWS]]}
            for one in answers
            if one.rows
        ],
        "pictures": [name for one in answers for _id, name in one.files],
    }  # fmt: skip


def labels() -> dict[str, str]:
    """The words of the paper that are the same on every one."""
    return {
        "no": _("编号"), "seal": _("（盖章处）"), "opinions": _("审核意见"), "files": _("附件："), "sign": _("签名"),
        "day": _("日期"), "check": _("原件在数字基座，按编号可查"),
        "printed": _("打印于 %(day)s") % {"day": f"{timezone.localtime():%Y-%m-%d %H:%M}"},
        "truth": _("以上内容由填表人提交，按流程审核。"), "code": _("交回后由教务员按这个编号录入"),
    }  # fmt: skip


def day_of(moment: Any) -> str:
    """A moment as its day on paper."""
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def unit_name(unit_no: int) -> str:
    """The full name of a unit in reach. Inside a door; one read."""
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [unit_no])
        row = cursor.fetchone()
    return row[0] if row else ""
