"""What a matter gives in the end: a licence, a notice or an official paper with a check code.

A `document` step says what stands on it (`drawn`, before what follows is decided, so that its number can be written into a
dataset) and lays it down when the matter is written (`make`). It is set as PDF anew each time from what was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.json import Jsonb

from jizuo.engines.matter.rules import NAMES
from jizuo.engines.matter.shapes import Step
from jizuo.engines.matter.writing import Case
from jizuo.ground import scope as scopes
from jizuo.ground import typesetting
from jizuo.ground.errors import Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.organisation.printing import codes, rules
from jizuo.hubs.organisation.printing.codes import Found
from jizuo.plain import expression
from jizuo.plain.expression import BadExpression

LICENCE, NOTICE, OFFICIAL = "licence", "notice", "official"
PAPERS: Mapping[str, Any] = {
    LICENCE: gettext_lazy("许可或证书"), NOTICE: gettext_lazy("通知书"), OFFICIAL: gettext_lazy("公文"),
}  # fmt: skip
#: What a step may set. mark: 发文机关代字, with which the paper gets a number of the year; to: who it is for; copy: 抄送;
#: by: who signed; day: date on it, today when not set.
WORDS = ("title", "text", "to", "copy", "mark", "by", "day")
MOST_WORD, MOST_TEXT = 400, 20_000
FRAME = ("jizuo.hubs.organisation", "templates/organisation/print/frame.typ")
PACKAGE, FOLDER = "jizuo.engines.matter", "templates/matter/print"

NUMBER = """
insert into matter_counter (id, unit_no, scene, flow, year, last) values (%s, %s, %s, %s, %s, 1)
on conflict (unit_no, scene, flow, year) do update set last = matter_counter.last + 1 returning last
"""
KEEP = """
insert into matter_document (id, unit_no, matter_id, person_id, kind, title, values, blind, sealed, issued_on, valid_to,
  withdrawn_reason, issued_by)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s)
"""


class Paper(msgspec.Struct, frozen=True):
    """A document ready to be set. data: what stands on it, with ``school day code``."""

    kind: str
    title: str
    data: dict[str, str]


def faults_of(where: str, step: Step) -> list[Problem]:
    """What is wrong with a `document` step. Pure."""
    found = []
    if step.document not in PAPERS:
        found.append(
            Problem(
                f"{where}.document",
                _("没有这种文书：%(kind)s") % {"kind": step.document[:40]},
                "、".join(PAPERS),
            )
        )
    if not {"title", "text"} <= set(step.set):
        found.append(
            Problem(f"{where}.set", _("文书没有标题或正文"), _("如 title: form.title, text: form.text"))
        )
    if step.document == OFFICIAL and "mark" not in step.set:
        found.append(Problem(f"{where}.set", _("公文没有发文字号"), _("如 mark: settings.mark")))
    if not 0 <= step.valid_days <= 3_660:
        found.append(Problem(f"{where}.valid_days", _("有效天数不对"), _("0 到 3660，0 为长期")))
    for key, text in step.set.items():
        spot = f"{where}.set.{key}"
        if key not in WORDS:
            found.append(Problem(spot, _("文书没有这一项：%(key)s") % {"key": key[:40]}, "、".join(WORDS)))
        try:
            expression.compile(text, NAMES)
        except BadExpression as error:
            found.append(Problem(spot, error.what, error.fix))
    return found


def drawn(case: Case, step: Step, told: Mapping[str, Any]) -> dict[str, str]:
    """What will stand on the paper of a step, with its ``document`` (id) and, where it has a mark, its ``number``. told:
    values of `set`. Inside a door; one statement for a number."""
    scope = scopes.current()
    found = {
        key: ("" if told.get(key) is None else str(told[key]))[: MOST_TEXT if key == "text" else MOST_WORD]
        for key in WORDS
        if key in told
    }
    found["document"] = str(new_id())
    if case.plan.subject:
        found["name"] = str(case.data.get("subject", {}).get("name", ""))
    found["day"] = found.get("day") or scope.today.isoformat()
    if found.get("mark"):
        year = date.fromisoformat(found["day"][:10]).year
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, [new_id(), case.unit_no, case.scene, f"{case.flow}.{step.key}"[:40], year])
            (serial,) = cursor.fetchone()
        found["number"] = f"{found['mark']}〔{year}〕{serial}号"
    return found


def make(case: Case, step: Step) -> UUID:
    """Lay down the paper that `drawn` said, with a new check code. Inside a door, when the matter is there."""
    scope = scopes.current()
    told = dict(case.data["steps"][step.key])
    document_id = UUID(told.pop("document"))
    told.pop("verb", None)
    _code, blind, sealed = codes.make(case.unit_no, place(document_id))
    issued_on = date.fromisoformat(told["day"][:10])
    values: list[Any] = [
        document_id, case.unit_no, case.id, case.subject_id if case.plan.subject else None, step.document,
        told.get("title", "")[:160],
        Jsonb(told), blind, sealed, issued_on,
        issued_on + timedelta(days=step.valid_days) if step.valid_days else None, scope.grant_no,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
    return document_id


def place(document_id: UUID) -> bytes:
    """The row that the code of a document is sealed to."""
    return b"matter_document.sealed/" + document_id.bytes


def found_document(unit_no: int, blind: bytes) -> Found | None:
    """The document with this code; see `printing.codes.Finder`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select u.name, coalesce(d.values->>'name', ''), d.kind, d.title, d.issued_on, d.valid_to, d.withdrawn_on"
            " from matter_document d join unit u on u.unit_no = d.unit_no where d.unit_no = %s and d.blind = %s",
            [unit_no, blind],
        )
        row = cursor.fetchone()
    return Found(*row) if row else None


def render(paper: Paper, *, check_address: str = "") -> bytes:
    """A document as PDF. check_address: ``https://host/check/`` for the QR code, '' for none."""
    code = paper.data.get("code", "")
    told: dict[str, Any] = {
        "paper": "a4",
        "data": {"by": "", "to": "", "copy": "", "number": "", "until": "", "day": "", **paper.data, "title": paper.title},
        "words": {}, "code": rules.show_code(code) if code else "",
        "qr": typesetting.qr_svg(f"{check_address}{code}/") if code and check_address else "",
        "address": check_address.partition("://")[2],
        "labels": {
            "seal": _("（盖章处）"), "check": _("查验码"), "check_at": _("查验网址"), "file": _("文件"), "copy": _("抄送："),
            "signer": _("签发人："), "printed": _("印发"), "until": _("有效期至"), "long": _("长期有效"),
            "stop": _("涉密不上网，上网不涉密"),
        },
    }  # fmt: skip
    source = typesetting.template(*FRAME) + "\n" + typesetting.template(PACKAGE, f"{FOLDER}/{paper.kind}.typ")
    return typesetting.set_pdf(source, told)
