"""The rows of a scene's dataset as its roles may see them: how far stands in the pack and is compiled into the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit, made
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, NotAllowed, NotFound, Problem
from jizuo.ground.made import Filter
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.shapes import Reach, Use, Where
from jizuo.ground.packs.versions import Installed
from jizuo.ground.shapes import Page
from jizuo.hubs.data import codes, datasets, masking, naming
from jizuo.hubs.data.datasets import PERSONAL, Dataset, Field
from jizuo.hubs.data.masking import Lens
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.queries.rows import ROWS_BEFORE_FACTOR, table_of
from jizuo.plain.school_year import Calendar

WORD = "_word"


class Sight:
    """What the acting role sees of one dataset of a scene. known: the dataset; use: its rights; how: its reach."""

    def __init__(self, scene: str, dataset: str, *, is_write: bool = False) -> None:
        scope = scopes.current()
        self.installed: Installed = versions.in_use(scene, scope.unit_no)
        self.use: Use = reach.uses_of(self.installed)
        rights: Mapping[str, Reach] = self.use.write if is_write else self.use.read
        standard = self.installed.pack.part("standards").get(dataset)
        known = datasets.all_datasets().get(dataset)
        if standard is None or dataset not in rights:
            raise NotFound(_("没有这个数据集"), fix=_("请从场景的页面进入"))
        if known is None:
            raise NotFound(_("数据表还在建"), fix=_("请过一会儿再试"))
        self.standard: SceneStandard = standard
        self.known: Dataset = known
        self.how: Reach = rights[dataset]

    @property
    def lens(self) -> Lens:
        """Through which the acting role reads, fields that the scene opens to it aside."""
        return masking.lens_of(scopes.current().role)

    def is_open(self, field: Field) -> bool:
        """Whether a field is seen in clear: by duty, because the scene opens it to the role, or because the row is the
        reader's own child's or own."""
        if field.kind == "id" or self.how in ("self", "child", "mine"):
            return True
        return field.key in self.use.open.get(self.known.name, ()) or masking.is_open(field, self.lens)

    def wall(self) -> list[Filter] | None:
        """The tests that keep the reader to the own reach; None when nothing is within it."""
        scope = scopes.current()
        if self.how == "unit":
            return []
        column = self.standard.column_of(self.how)
        ids: Sequence[UUID | None] = {
            "self": [scope.person_id], "mine": [scope.person_id], "class": scope.org_ids,
            "child": reach.children() if self.how == "child" else (),
        }[self.how]  # fmt: skip
        wanted = [str(one) for one in ids if one is not None]
        return [Filter(column, "in", wanted)] if wanted else None


def moment(word: str) -> Any:
    """What a word of `packs.shapes.MOMENTS` means now. Raises KeyError for none of them."""
    scope = scopes.current()
    today = scope.today
    if word == "$me":
        return str(scope.person_id) if scope.person_id else None
    if word == "$my_class":
        return [str(one) for one in scope.org_ids]
    if word == "$my_children":
        return [str(one) for one in reach.children()]
    if word == "$now":
        return timezone.now().isoformat()
    days = {
        "$today": today, "$yesterday": today - timedelta(days=1), "$week_begin": today - timedelta(days=today.weekday()),
        "$month_begin": today.replace(day=1), "$year_begin": today.replace(month=1, day=1),
    }  # fmt: skip
    if word == "$term_begin":
        return term_begin(today).isoformat()
    return days[word].isoformat()


def term_begin(day: date) -> date:
    """The day the term of a day began: the school year's first, or the first of February where that has passed."""
    begin = Calendar().begin_on(Calendar().year_of(day))
    spring = date(begin.year + 1, 2, 1)
    return spring if spring <= day else begin


def term_end(day: date) -> date:
    """The last day of the term of a day, holidays behind it included: the day before the next one begins."""
    year = Calendar().year_of(day)
    spring = date(Calendar().begin_on(year).year + 1, 2, 1)
    following = spring if day < spring else Calendar().begin_on(year.shift(1))
    return following - timedelta(days=1)


def filters_of(where: Sequence[Where]) -> list[Filter] | None:
    """The filters of a block, an indicator or an alert with the words of the moment filled in; None when one of them
    cannot answer (nobody's own children, say). Inside a door."""
    found = []
    for one in where:
        value: Any = one.value
        if isinstance(value, str) and value.startswith("$"):
            value = moment(value)
            if value is None or value == []:
                return None
        op = "in" if isinstance(value, list) and one.op == "eq" else one.op
        found.append(Filter(one.column, op, value))
    return found


@source(title="读取场景数据", roles=scopes.ROLES, reach=API)
def scene_rows(
    *,
    scene: str,
    dataset: str,
    columns: list[str] = [],  # noqa: B006
    filters: list[Filter] = [],  # noqa: B006
    order_by: str = "id",
    is_descending: bool = False,
    after: str = "",
    limit: int = 50,
) -> Page[dict[str, Any]]:
    """One page of the rows of a scene's dataset within the reach that the scene gives the acting role, each with ``id``,
    ``unit_no`` and, for people, orgs and codes, ``<column>_word``. columns: all when empty; filters and order_by: columns
    seen in clear; after: the `next` of the page before. Raises NotFound for what is not the role's, BadInput, NotAllowed
    when so many personal rows want a second factor."""
    sight = Sight(scene, dataset)
    wall = sight.wall()
    wanted = list(dict.fromkeys(columns)) or list(sight.known.fields)
    fields, problems = checked_columns(sight, wanted, filters, order_by)
    if problems:
        raise BadInput(_("列选得不对"), problems=problems)
    if wall is None:
        return Page([], "")
    masked = {field.key for field in fields if field.grade >= PERSONAL and not sight.is_open(field)}
    disclosed = sorted(
        field.key
        for field in fields
        if field.grade >= PERSONAL and field.kind != "id" and field.key not in masked
    )
    is_group = sight.how in ("unit", "class")
    if disclosed and is_group and limit > ROWS_BEFORE_FACTOR and not scopes.current().stepped_up:
        raise NotAllowed(
            _("超过 %(n)s 行个人信息，需要再验证一次身份") % {"n": ROWS_BEFORE_FACTOR},
            fix=_("请输入动态验证码后继续，或一次少取一些"),
            step_up=True,
        )
    subject = sight.standard.subject
    page = made.select(
        table_of(sight.known),
        columns=list(dict.fromkeys([*wanted, *([subject] if subject else [])])),
        filters=[*wall, *filters],
        order_by=order_by,
        is_descending=is_descending,
        after=after,
        limit=limit,
        shown_as={
            key: masking.expression(masking.masked_as(sight.known.fields[key]), f"t.{masking.quoted(key)}")
            for key in masked
        },
    )
    rows = with_words(sight.known, page.rows, set(wanted) - masked)
    people = {row[subject] for row in rows if subject and row.get(subject)}
    named = [key for key in wanted if sight.known.fields[key].refers == "person"]
    if disclosed or named:
        audit.disclose((f"{dataset}.{key}" for key in [*disclosed, *named]), people, len(rows))
    else:
        audit.counted(len(rows))
    given = ["id", "unit_no", *wanted]
    return Page(
        [{key: value for key, value in row.items() if key in given or key.endswith(WORD)} for row in rows],
        page.next,
    )


def checked_columns(
    sight: Sight, wanted: Sequence[str], filters: Sequence[Filter], order_by: str
) -> tuple[list[Field], list[Problem]]:
    """The fields asked for, and what is wrong with the asking."""
    known = sight.known.fields
    problems = [
        Problem(key, _("没有这一列：%(name)s") % {"name": key[:60]}) for key in wanted if key not in known
    ]
    for key in [*(one.column for one in filters), *([order_by] if order_by != "id" else [])]:
        if key not in known:
            problems.append(Problem(key, _("没有这一列：%(name)s") % {"name": key[:60]}))
        elif known[key].grade >= PERSONAL and not sight.is_open(known[key]):
            problems.append(
                Problem(
                    key, _("“%(title)s”对当前身份是遮盖的，不能用来筛选或排序") % {"title": known[key].word}
                )
            )
    return [known[key] for key in wanted if key in known], problems


def with_words(known: Dataset, rows: Sequence[dict[str, Any]], keys: set[str]) -> list[dict[str, Any]]:
    """The rows with a word beside each person, org and code of these columns: at most two reads."""
    found = [dict(row) for row in rows]
    for kind in ("person", "org"):
        columns = [key for key in keys if known.fields[key].refers == kind]
        if not columns:
            continue
        names = naming.names_of(kind, {row[key] for row in found for key in columns if row.get(key)})
        for row in found:
            for key in columns:
                row[f"{key}{WORD}"] = names.get(row.get(key), "") if row.get(key) else ""  # type: ignore[arg-type]
    tables = codes.tables()
    for key in keys:
        table = tables.get(known.fields[key].code_table) if known.fields[key].code_table else None
        if table is not None:
            for row in found:
                one = table.get(row[key]) if row.get(key) else None
                row[f"{key}{WORD}"] = one.name if one else row.get(key) or ""
    return found
