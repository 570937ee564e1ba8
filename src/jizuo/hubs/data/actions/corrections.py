"""A person says that a value is wrong; its owner's people answer within days."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import datasets

#: Civil days until an answer is due (a right of correction is answered within fifteen working days; this is less).
ANSWER_DAYS = 15
MOST_TEXT = 500
ANSWERING_ROLES = frozenset({scopes.CLERK, scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})


@action(title="说这里不对", roles=scopes.ROLES)
def ask_correction(
    *, dataset: str, record_id: UUID, subject_id: UUID, field: str, says: str, unit_no: int
) -> UUID:
    """Keep that a person holds `field` of a record to be wrong, and what it should be; returns the correction.

    The calling room has checked that the record is within reach. Asking the same again while it is open keeps the
    new words. Raises BadInput for a field without a standard or empty words.
    """
    scope = scopes.current()
    known = datasets.all_datasets().get(dataset)
    if known is None or field not in known.fields or known.fields[field].kind == "id":
        raise BadInput(_("没有这一项"), problems=[Problem("field", field[:60])])
    told = says.strip()
    if not told or len(told) > MOST_TEXT:
        raise BadInput(
            _("请写明应该是什么"),
            problems=[Problem(known.fields[field].title, _("写 1 到 %(n)s 个字") % {"n": MOST_TEXT})],
        )
    owner = known.fields[field].owner or "school"
    due_on = scope.today + timedelta(days=ANSWER_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "update correction set says = %s, changed_at = now() where record_id = %s and field = %s and state = 'open'"
            " and asked_by is not distinct from %s returning id",
            [told, record_id, field, scope.grant_no],
        )
        row = cursor.fetchone()
        if row is not None:
            return row[0]
        correction_id = new_id()
        cursor.execute(
            "insert into correction (id, unit_no, dataset, record_id, subject_id, field, says, owner, state, asked_by,"
            " due_on, answer) values (%s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s, '')",
            [
                correction_id,
                unit_no,
                dataset,
                record_id,
                subject_id,
                field,
                told,
                owner,
                scope.grant_no,
                due_on,
            ],
        )
    facts.tell("CorrectionAsked", unit_no=unit_no, correction_id=str(correction_id))
    return correction_id


@action(title="答复更正", roles=ANSWERING_ROLES, reach=API)
def answer_correction(*, correction_id: UUID, answer: str) -> None:
    """Answer a correction in words the person will read: what was changed, or why not. Raises BadInput, NotFound,
    Conflict when somebody has answered already."""
    told = answer.strip()
    if not told or len(told) > MOST_TEXT:
        raise BadInput(
            _("请写明答复"),
            problems=[
                Problem(_("答复"), _("写 1 到 %(n)s 个字") % {"n": MOST_TEXT}, _("改了什么，或为什么不改"))
            ],
        )
    with connection.cursor() as cursor:
        cursor.execute("select unit_no, state from correction where id = %s for update", [correction_id])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这件更正申请"))
        if row[1] != "open":
            raise Conflict(_("这件申请已经答复过"), fix=_("请刷新页面"))
        cursor.execute(
            "update correction set state = 'answered', answer = %s, answered_at = now(), changed_at = now() where id = %s",
            [told, correction_id],
        )
    audit.note(f"correction {correction_id}")
    facts.tell("CorrectionAnswered", unit_no=row[0], correction_id=str(correction_id))
