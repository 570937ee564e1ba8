"""A school in its last days of the old year, the school its pupils go on to, and the desks of their offices.

Days follow the machine's clock: the year that begins is the one whose turn is due on the day of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from jizuo.plain.idnumber import make
from tests.base import Base
from tests.hubs.organisation.importers.given import sheet
from tests.hubs.organisation.walking import land
from tests.journeys.conftest import DESK, PATIENCE_MS
from tests.live import Live, session_of, wait_for

SURNAMES, FIRST, SECOND = "陈林黄周吴徐孙朱马胡", "以若子思嘉梓书语安沐", "宁然远明涵辰悦恩禾川"
GRADES = "一二三四五六"
CLASSES_OF_A_GRADE, PUPILS_OF_A_CLASS, PUPILS_OF_THE_LARGE = 2, 4, 57
#: How long ago the large class entered, in years before the new one.
LARGE_AGE = 3
REGION = "339922"
PUPIL_HEADS = ("姓名", "班级", "座号", "身份证号", "民族", "监护人一姓名", "监护人一关系", "监护人一电话")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Plan:
    """What differs between the two schemes. scheme, years: of the school; next_scheme: of the school after it; leaving:
    the grade that leaves; next_grade: what the first classes of the next school are called; offset: of numbers of people,
    so that nobody is in both schools."""

    title: str
    scheme: str
    years: int
    next_scheme: str
    leaving: str
    next_grade: str
    offset: int

    @property
    def classes(self) -> int:
        """Of the school before the turn."""
        return self.years * CLASSES_OF_A_GRADE

    @property
    def pupils(self) -> int:
        """Of the school before the turn."""
        return (self.classes - 1) * PUPILS_OF_A_CLASS + PUPILS_OF_THE_LARGE

    @property
    def graduates(self) -> int:
        """Who leaves with the turn."""
        return CLASSES_OF_A_GRADE * PUPILS_OF_A_CLASS


PLANS = (
    Plan("五四", "5", 5, "4", "五年级", "预备", 0),
    Plan("六三", "6", 6, "3", "六年级", "初一", 400),
)


@dataclass
class Desk:
    """A page in which somebody acts. start: the address of the acting role."""

    page: Any
    start: str

    def go(self, path: str = "") -> Any:
        """Open a page of the acting role."""
        self.page.goto(self.start + path)
        return self.page

    def press(self, name: str, *, within: Any = None) -> None:
        """Press the first button of that name."""
        (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    def confirm(self, name: str, opener: str = "") -> None:
        """Press a button that asks once more, and the button of the dialog."""
        self.press(opener or name)
        self.press(name, within=self.page.locator("dialog[open]"))

    def see(self, words: str) -> None:
        """Wait until the page says so."""
        self.wait(self.page.get_by_text(words).first, words)

    def offers(self, name: str) -> None:
        """Wait until a button of that name can be pressed."""
        buttons = self.page.get_by_role("button", name=name, exact=True, disabled=False)
        self.wait(buttons.first, f"button {name}")

    def wait(self, found: Any, what: str) -> None:
        """Wait for a part of the page; AssertionError with what the page says instead."""
        from playwright.sync_api import TimeoutError as Late

        try:
            found.wait_for()
        except Late:
            said = self.page.locator("body").inner_text()
            raise AssertionError(f"no {what} at {self.page.url}:\n{said}") from None

    def words(self) -> str:
        return str(self.page.locator("main").inner_text())

    def row(self, name: str) -> list[str]:
        """The cells of the table row that begins with a name."""
        first = self.page.locator("main td:first-child").filter(has_text=name).first
        return [cell.strip() for cell in first.locator("xpath=..").locator("td").all_inner_texts()]

    def number(self, label: str) -> int:
        """The figure on the card of that label."""
        card = self.page.locator("section.number", has=self.page.get_by_text(label, exact=True)).first
        return int("".join(filter(str.isdigit, card.locator(".number-value").inner_text())))


@dataclass
class School:
    """A school and the one after it. year: the first calendar year of the year that begins; entries: entry years of
    its classes before the turn, the youngest first; people: names in the order they came."""

    base: Base
    live: Live
    plan: Plan
    year: int
    unit_no: int
    next_no: int
    name: str
    next_name: str
    accounts: dict[tuple[str, int], tuple[Any, int]] = field(default_factory=dict)

    @property
    def entries(self) -> list[int]:
        return [self.year - age for age in range(1, self.plan.years + 1)]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of both schools as the owner reads them."""
        with self.base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [f"{{{self.unit_no},{self.next_no}}}"])
            found = owner.execute(sql, values or None)
            return found.fetchall() if found.description else []

    def one(self, sql: str, *values: Any) -> Any:
        """The one value that a statement gives."""
        ((value,),) = self.rows(sql, *values)
        return value

    def wait(self, sql: str, value: Any, *values: Any) -> None:
        """Wait until the one value that a statement gives is `value`."""
        wait_for(lambda: self.one(sql, *values) == value, PATIENCE_MS / 1000)

    def pupils(self, unit_no: int = 0) -> int:
        """Pupils in the list of the school."""
        return int(
            self.one(
                "select count(*) from affiliation where unit_no = %s and role = 'pupil' and end_on is null",
                unit_no or self.unit_no,
            )
        )

    def pupil(self, name: str) -> tuple[UUID, UUID]:
        """(person, affiliation) of a pupil of the school by her name."""
        ((person_id, affiliation_id),) = self.rows(
            "select person_id, id from affiliation where unit_no = %s and role = 'pupil' and name = %s",
            self.unit_no, name,
        )  # fmt: skip
        return person_id, affiliation_id

    def class_id(self, entry_year: int, class_no: int) -> UUID:
        found: UUID = self.one(
            "select id from org where unit_no = %s and kind = 'class' and entry_year = %s and class_no = %s",
            self.unit_no, entry_year, class_no,
        )  # fmt: skip
        return found

    def desk(self, page_at: Callable[..., Any], role: str, unit_no: int = 0, width: int = DESK) -> Desk:
        """A page in which an office of the school, or of the one after it, acts."""
        account, grant_no = self.accounts[role, unit_no or self.unit_no]
        page = page_at(width)
        page.context.add_cookies(
            [{"name": "jizuo_session", "value": session_of(self.base, account), "url": self.live.url}]
        )
        desk = Desk(page, f"{self.live.url}/as/{grant_no}/")
        desk.go()
        return desk


def name_of(number: int) -> str:
    """A name of its own for each number below a thousand."""
    return SURNAMES[number % 10] + FIRST[number // 10 % 10] + SECOND[number // 100 % 10]


def grown_up(number: int) -> str:
    return name_of(number)[0] + "建志海文永"[number % 5] + "国明强军平"[number // 5 % 5]


def id_number(plan: Plan, number: int, entry_year: int) -> str:
    """A sound number of a child six to seven years old on entering; odd ones are boys."""
    return make(REGION, date(entry_year - 7, 10, 1 + number % 28), plan.offset + number)


def class_size(plan: Plan, entry_year: int, class_no: int, year: int) -> int:
    is_large = year - entry_year == LARGE_AGE and class_no == 1
    return PUPILS_OF_THE_LARGE if is_large else PUPILS_OF_A_CLASS


def roster(plan: Plan, year: int) -> list[list[str]]:
    """The pupils of the old year: name, class, seat, number, ethnic group, guardian."""
    found: list[list[str]] = []
    for age in range(1, plan.years + 1):
        for class_no in range(1, CLASSES_OF_A_GRADE + 1):
            for seat in range(1, class_size(plan, year - age, class_no, year) + 1):
                at = len(found) + 1
                found.append([
                    name_of(at), f"{year - age}级{class_no}班", str(seat), id_number(plan, at, year - age), "汉族",
                    grown_up(at), "父亲", phone(plan, at),
                ])  # fmt: skip
    return found


def phone(plan: Plan, number: int) -> str:
    return f"139{plan.offset + number:08d}"


def staff_names(plan: Plan) -> list[str]:
    """Teachers, one for each class of the new year."""
    return [f"{SURNAMES[at % 10]}{'敏岚静玲'[at // 10]}" for at in range(plan.classes)]


def fill(base: Base, live: Live, plan: Plan, year: int, bureau: int) -> School:
    """A school whose people came in by its own lists, the school after it with its scheme only, and their offices."""
    unit_no, next_no = (base.unit(f"{plan.title}{kind}", parent=bureau) for kind in ("实验小学", "初级中学"))
    school = School(
        base, live, plan, year, unit_no, next_no, f"{plan.title}实验小学", f"{plan.title}初级中学"
    )
    for role, place, name in (
        ("clerk", unit_no, "陆晓岚"), ("head", unit_no, "沈知远"), ("clerk", next_no, "江望舒"), ("head", next_no, "程可风"),
    ):  # fmt: skip
        account = base.account(name)
        school.accounts[role, place] = (account, base.grant(account, place, role))
    write_schooling(base, unit_no, plan.scheme, school.entries)
    write_schooling(base, next_no, plan.next_scheme, [])
    bring(school, [list(PUPIL_HEADS), *roster(plan, year)], "pupils")
    staff = [["姓名", "工号"], *([name, str(at)] for at, name in enumerate(staff_names(plan), 1))]
    bring(school, staff, "staff")
    assert school.pupils() == plan.pupils
    return school


def write_schooling(base: Base, unit_no: int, scheme: str, entries: Sequence[int]) -> None:
    """学制 and classes of a school."""
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from tests.hubs.organisation.given import within

    def write() -> None:
        columns: tuple[str, ...] = ("id", "unit_no", "scheme")
        put(dataset="school", columns=columns, rows=[(new_id(), unit_no, scheme)], source="school")
        columns = ("id", "unit_no", "kind", "stage", "scheme", "entry_year", "class_no")
        rows = [
            (new_id(), unit_no, "class", "primary", scheme, entry_year, class_no)
            for entry_year in entries
            for class_no in range(1, CLASSES_OF_A_GRADE + 1)
        ]
        if rows:
            put(dataset="org", columns=columns, rows=rows, source="school")

    within(base.scope(unit_no), write)


def bring(school: School, rows: list[list[str]], importer: str) -> None:
    """Walk a list in by the real worker, as the clerk did before this September."""
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk as actions

    account, grant_no = school.accounts["clerk", school.unit_no]
    scope = school.base.scope(
        school.unit_no, "clerk", grant_no=grant_no, account_id=account.pk, today=acting.today()
    )
    walked = land(school.base, scope, sheet(rows), f"{importer}.xlsx", importer)
    for state in ("ready", "applied"):
        wait_for(lambda state=state: walked.state in (state, "faulty", "failed"), PATIENCE_MS / 1000)
        assert walked.state == state, [(one.row_no, one.reason) for one in walked.problems("error")]
        if state == "ready":
            with scopes.use(scope):
                actions.apply_batch(batch_id=walked.batch_id)
