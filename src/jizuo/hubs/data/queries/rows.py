"""The rows of any dataset behind the unit's wall, masked by grade: house.md's ``data.rows``.

It is granted dataset by dataset: the roles that hold the door by default read each until an override of
``data.rows/<dataset>`` forbids it; a role that was given the door reads those that such an override gives it. What
lies out of reach does not exist; what the role's duty does not open is masked in the SELECT and answers no filter and
no order.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit, doors, made
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, NotAllowed, NotFound, Problem
from jizuo.ground.made import Filter, Made
from jizuo.ground.plans import LONGEST_TEXT, MOST_DIGITS, Column
from jizuo.ground.shapes import Page
from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.datasets import PERSONAL, Dataset, Field
from jizuo.hubs.data.masking import Lens
from jizuo.hubs.data.queries.codes import KEEPERS
from jizuo.hubs.data.rules.catalogue import may_know

DOOR = "data.rows"
#: Rows with personal values in clear that one page gives without a second factor.
ROWS_BEFORE_FACTOR = 100
_TYPES = (
    ("varchar", "text"), ("text", "text"), ("char", "text"), ("smallint", "integer"), ("int", "integer"),
    ("bigint", "integer"), ("numeric", "decimal"), ("bool", "boolean"), ("date", "date"),
    ("timestamp", "timestamptz"), ("uuid", "person"),
)  # fmt: skip


@source(title="读取数据集", roles=KEEPERS, reach=API)
def rows(
    *,
    dataset: str,
    columns: list[str] = [],  # noqa: B006
    filters: list[Filter] = [],  # noqa: B006
    order_by: str = "id",
    is_descending: bool = False,
    after: str = "",
    limit: int = 50,
) -> Page[dict[str, Any]]:
    """One page of a dataset's rows in reach, each with ``id`` and ``unit_no``. columns: keys of its standard, all when
    empty; filters and order_by: columns that the acting role sees in clear; after: the `next` of the page before;
    limit: 1 to 500.

    Raises NotFound for a dataset that is not there, stands behind a person's wall or is not granted to the role,
    BadInput naming each column that cannot be, NotAllowed when so many personal rows want a second factor.
    """
    scope = scopes.current()
    known = datasets.all_datasets().get(dataset)
    if known is None or known.wall != "unit" or not is_granted(known, scope):
        raise NotFound(_("没有这个数据集"), fix=_("请从数据目录里选"))
    lens = masking.lens_of(scope.role)
    wanted = list(dict.fromkeys(columns)) or [key for key in known.fields if key not in ("id", "person_id")]
    problems = [
        Problem(key, _("没有这一列：%(name)s") % {"name": key[:60]})
        for key in wanted
        if key not in known.fields
    ]
    for key in [*(one.column for one in filters), *([order_by] if order_by != "id" else [])]:
        field = known.fields.get(key)
        if field is None or column_of(field) is None:
            problems.append(Problem(key, _("没有这一列：%(name)s") % {"name": key[:60]}))
        elif not masking.is_open(field, lens):
            problems.append(
                Problem(key, _("“%(title)s”对当前身份是遮盖的，不能用来筛选或排序") % {"title": field.word})
            )
    if problems:
        raise BadInput(_("列选得不对"), problems=problems)
    fields = [known.fields[key] for key in wanted]
    open_keys = masking.given_in_clear(fields, lens)
    if open_keys and limit > ROWS_BEFORE_FACTOR and not scope.stepped_up:
        raise NotAllowed(
            _("超过 %(n)s 行个人信息，需要再验证一次身份") % {"n": ROWS_BEFORE_FACTOR},
            fix=_("请输入动态验证码后继续，或一次少取一些"),
            step_up=True,
        )
    subject = subject_of(known)
    page = made.select(
        table_of(known),
        columns=list(dict.fromkeys([*wanted, *([subject] if subject and open_keys else [])])),
        filters=filters,
        order_by=order_by,
        is_descending=is_descending,
        after=after,
        limit=limit,
        shown_as=masks_of(fields, lens),
    )
    if open_keys:
        people = {row[subject] for row in page.rows if row.get(subject)} if subject else set()
        audit.disclose(
            (f"{known.name}.{key}" for key in sorted(open_keys)),
            [one if isinstance(one, UUID) else UUID(str(one)) for one in people],
            len(page.rows),
        )
    else:
        audit.counted(len(page.rows))
    given = ("id", "unit_no", *wanted)
    return Page([{key: row[key] for key in given} for row in page.rows], page.next)


def is_granted(known: Dataset, scope: scopes.Scope) -> bool:
    """What the override of the dataset says, of the unit before that of the whole base; without one, whether the role
    holds the door by default and may know that the dataset exists."""
    for unit_no in (scope.unit_no, None):
        said = doors.overrides().get((unit_no, scope.role, f"{DOOR}/{known.name}"))
        if said is not None:
            return said
    return scope.role in KEEPERS and may_know(scope.role, known.known_to)


def column_of(field: Field) -> Column | None:
    """A dataset's field as the query builder of made tables knows columns; None for what it cannot compare."""
    kind = next((name for start, name in _TYPES if field.db_type.startswith(start)), "")
    if not kind or field.db_type.endswith("[]"):
        return None
    numbers = [int(part) for part in re.findall(r"\d+", field.db_type)]
    return Column(
        key=field.key,
        type=kind,  # type: ignore[arg-type]
        title=field.title,
        grade=field.grade,
        length=LONGEST_TEXT if kind == "text" else None,
        precision=(numbers or [MOST_DIGITS])[0] if kind == "decimal" else None,
        scale=numbers[1] if kind == "decimal" and len(numbers) > 1 else (10 if kind == "decimal" else None),
        code_table=field.code_table,
    )


def table_of(known: Dataset) -> Made:
    """A dataset's table as the query builder reads it."""
    columns = {
        key: column_of(field) or Column(key, "text", field.title, field.grade, length=LONGEST_TEXT)
        for key, field in known.fields.items()
        if key not in ("id", "unit_no")
    }
    return Made(known.table, known.name, known.made[1] if known.made else 0, 0, columns)


def masks_of(fields: list[Field], lens: Lens) -> dict[str, str]:
    """column -> SQL over `t`, of the fields that `lens` does not open."""
    return {
        field.key: masking.column(field, lens, f"t.{masking.quoted(field.key)}")
        for field in fields
        if field.grade >= PERSONAL and not masking.is_open(field, lens)
    }


def subject_of(known: Dataset) -> str:
    """The column that names the person a row is about, '' where there is none."""
    if "person_id" in known.fields:
        return "person_id"
    return next((key for key, field in known.fields.items() if field.refers == "person" and known.made), "")


doors.divide(DOOR, lambda: datasets.all_datasets())
