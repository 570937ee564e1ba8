"""New pupils: the list from admission, who comes in, twins, the draw before witnesses, the classes they stand in."""

from __future__ import annotations

from datetime import date
from typing import Any

from jizuo.plain.idnumber import make
from tests.hubs.organisation.importers.given import sheet
from tests.journeys.conftest import PATIENCE_MS, picture
from tests.journeys.september.school import (
    CLASSES_OF_A_GRADE,
    REGION,
    XLSX,
    Desk,
    Plan,
    School,
    grown_up,
    id_number,
    name_of,
    phone,
)

HEADS = (
    "录取编号", "姓名", "性别", "身份证号", "毕业幼儿园", "双胞胎", "分班意愿", "监护人一姓名", "监护人一关系",
    "监护人一电话",
)  # fmt: skip
FIRST_NUMBER, COUNT = 201, 16
#: Places in the list: a pair that the page proposes and one that the list marks, whose families wish otherwise.
FOUND_TWINS, MARKED_TWINS = (3, 4), (7, 8)
LATE, AWAY = 14, 15
SEED = "3 17 21 8"
WITNESSES = (("周敏", "家长代表"), ("吴建国", "纪检委员"))
STATES = "select state, count(*) from intake where unit_no = %s group by 1"


def names() -> list[str]:
    return [name_of(FIRST_NUMBER + place) for place in range(COUNT)]


def numbers_of(plan: Plan, year: int) -> list[str]:
    """Document numbers of the new pupils; twins are born on one day."""
    found = []
    for place in range(COUNT):
        at = FIRST_NUMBER + place
        elder = at - 1 if place in (FOUND_TWINS[1], MARKED_TWINS[1]) else at
        born = date.fromisoformat(id_number(plan, elder, year)[6:14])
        found.append(make(REGION, born, plan.offset + at))
    return found


def admission(plan: Plan, year: int) -> bytes:
    """The list as the admission system writes it."""
    rows: list[list[str]] = [list(HEADS)]
    for place, number in enumerate(numbers_of(plan, year)):
        at = FIRST_NUMBER + place
        adult = at - 1 if place in (FOUND_TWINS[1], MARKED_TWINS[1]) else at
        is_marked = place in MARKED_TWINS
        rows.append([
            f"{year}{place + 1:04}", name_of(at), "男" if int(number[16]) % 2 else "女", number, "临江幼儿园",
            "乙" if is_marked else "", "不同班" if is_marked else "", grown_up(adult), "父亲", phone(plan, adult),
        ])  # fmt: skip
    return sheet(rows)


def check_import(desk: Desk, name: str, content: bytes) -> None:
    """Give a file to the page that is open and wait until its check has found it sound."""
    upload = {"name": name, "mimeType": XLSX, "buffer": content}
    desk.page.locator("input[type=file]").set_input_files(upload)
    desk.press("收下并检查")
    desk.page.get_by_role("button", name="应用这一批").wait_for(timeout=PATIENCE_MS)


def apply_checked(desk: Desk) -> None:
    """Apply the import that the page shows."""
    desk.press("应用这一批")
    desk.press("应用", within=desk.page.locator("#confirm-apply"))
    desk.page.get_by_role("link", name="看回执").wait_for(timeout=PATIENCE_MS)


def the_list_comes_in(school: School, clerk: Desk) -> None:
    """By its own page; nobody becomes a pupil by it."""
    before = school.pupils()
    clerk.go("intake/new")
    assert clerk.page.locator("[name=year]").input_value() == str(school.year)
    check_import(clerk, f"{school.year}年录取名单.xlsx", admission(school.plan, school.year))
    apply_checked(clerk)
    assert school.rows(STATES, school.unit_no) == [("admitted", COUNT)]
    assert school.pupils() == before
    clerk.go("intake")
    assert (clerk.number("已报到"), clerk.number("还没来")) == (0, COUNT)


def children_come_in(school: School, clerk: Desk, phone_desk: Desk) -> None:
    """One by name, one by the code that a phone has scanned, the rest by typed codes; two stay away, one of them comes
    when the desk has closed."""
    codes = dict(school.rows("select name, code from intake where unit_no = %s", school.unit_no))
    by_name, by_code, *others = names()
    clerk.go(f"intake?q={by_name}")
    clerk.press("报到", within=clerk.page.locator("main tbody"))
    clerk.see(f"{by_name} 已报到")
    phone = phone_desk.page
    phone.goto(f"{school.live.url}/i/{school.unit_no}/{codes[by_code]}/")
    phone_desk.press(f"{by_code} 报到")
    phone_desk.see(f"{by_code} 已报到")
    clerk.go("intake/scan")
    for name in others:
        if name not in (names()[LATE], names()[AWAY]):
            clerk.page.fill("#code", codes[name])
            clerk.press("报到", within=clerk.page.locator("form:has(#code)"))
            clerk.see(f"{name} 已报到")
    ways = "select reported_way, count(*) from intake where unit_no = %s and state = 'reported' group by 1 order by 1"
    assert school.rows(ways, school.unit_no) == [("code", COUNT - 3), ("desk", 1)]
    clerk.go("intake")
    clerk.confirm("结束报到")
    clerk.see("2 人记为未报到")
    assert (clerk.number("已报到"), clerk.number("还没来")) == (COUNT - 2, 2)
    clerk.press("报到", within=clerk.page.locator("main tbody tr", has_text=names()[LATE]))
    clerk.see(f"{names()[LATE]} 已报到")
    assert sorted(school.rows(STATES, school.unit_no)) == [("absent", 1), ("reported", COUNT - 1)]


def twins_and_their_wish(school: School, clerk: Desk) -> None:
    """The page proposes the pair that the list did not mark."""
    pair = [names()[place] for place in FOUND_TWINS]
    clerk.go("intake/twins")
    line = clerk.page.locator(".todo li", has_text="、".join(pair))
    line.get_by_role("button", name="同班", exact=True).click()
    clerk.see("已登记多胞胎")
    wishes = school.rows(
        "select wish, array_agg(name) from intake where unit_no = %s and siblings <> '' group by 1 order by 1",
        school.unit_no,
    )
    marked = [names()[place] for place in MARKED_TWINS]
    assert [(wish, sorted(both)) for wish, both in wishes] == [
        ("apart", sorted(marked)),
        ("together", sorted(pair)),
    ]


def lists_of(desk: Desk) -> list[str]:
    """The classes that the page shows, each as its words."""
    return [words for words in desk.page.locator("main .card").all_inner_texts() if "女" in words]


def classes_are_drawn(school: School, clerk: Desk, head: Desk) -> None:
    """Proposed by the clerk, approved by the head, drawn by a public seed before two witnesses, replayed, applied."""
    clerk.go("dividing")
    clerk.page.fill("[name=classes]", str(CLASSES_OF_A_GRADE))
    clerk.press("提出方案")
    clerk.see("方案已提出，等校长批准")
    head.go("dividing")
    head.press(f"批准，锁定 {COUNT - 1} 人的名单")
    head.see("名单已锁定")
    draw(clerk, WITNESSES[:1])
    clerk.see("见证人不足两位")
    draw(clerk, WITNESSES)
    clerk.see("已抽签")
    clerk.page.get_by_role("link", name="看各班名单").click()
    clerk.see("周敏（家长代表）、吴建国（纪检委员）")
    picture(clerk.page, f"division-{school.plan.scheme}")
    drawn = lists_of(clerk)
    clerk.page.get_by_role("link", name="重演").click()
    clerk.page.fill("#seed", SEED)
    clerk.press("重演")
    clerk.see("一致：")
    assert lists_of(clerk) == drawn and len(drawn) == CLASSES_OF_A_GRADE
    clerk.page.fill("#seed", "1 2 3 4")
    clerk.press("重演")
    clerk.see("不同：")
    before = school.pupils()
    head.go("dividing")
    head.confirm("应用到班级")
    head.see(f"已应用：{COUNT - 1} 名新生进了班")
    assert school.pupils() == before + COUNT - 1
    balanced(school)


def draw(clerk: Desk, witnesses: Any) -> None:
    clerk.go("dividing")
    clerk.page.fill("#seed", SEED)
    for at, (who, role) in enumerate(witnesses):
        clerk.page.locator("[name=witness]").nth(at).fill(who)
        clerk.page.locator("[name=witness_role]").nth(at).fill(role)
    clerk.press("抽签分班")


def balanced(school: School) -> None:
    """Numbers and sexes differ by one at most, and each pair stands as its family wishes."""
    classes = school.rows(
        "select o.class_no, count(*), count(*) filter (where a.sex = '1'), array_agg(a.name) from affiliation a"
        " join org o on o.unit_no = a.unit_no and o.id = a.class_id where a.unit_no = %s and a.role = 'pupil'"
        " and o.entry_year = %s and a.end_on is null group by 1 order by 1",
        school.unit_no, school.year,
    )  # fmt: skip
    assert [number for number, *_rest in classes] == [1, 2]
    (_one, size, boys, there), (_two, other_size, other_boys, _others) = classes
    assert {size, other_size} == {COUNT // 2, COUNT // 2 - 1} and abs(boys - other_boys) <= 1
    together, apart = ([names()[place] in there for place in pair] for pair in (FOUND_TWINS, MARKED_TWINS))
    assert together[0] == together[1] and apart[0] != apart[1]
    assert names()[AWAY] not in there + _others
