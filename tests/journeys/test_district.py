"""The district opens a number down to a person, in Chinese and in English."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jizuo.ground import doors
from jizuo.hubs.data import codes
from jizuo.plain.school_year import SCHEMES
from tests.base import Base
from tests.journeys.conftest import DESK, PHONE, Town, fits, picture

CJK = re.compile(r"[㐀-鿿]")
#: Names that grades, classes and terms are given by rule, 四（2）班, 2026学年第一学期, and the brand's mark.
GIVEN = re.compile(
    r"^[一二三四五六初高]{1,2}年级$|^初[一二三四]$|^预备$|[一-鿿]{1,3}（\d+）班|\d{4}学年第[一二]学期|^基$"
)
#: Every word of the base's data that a page of the walk may show as it is.
DATA = """
select name from unit union select short_name from unit union select name from org union select name from affiliation
union select name from person
"""
TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
    if (text && !at.closest('script, style, template, [lang^="zh"], [aria-hidden="true"]')) found.push(text);
  }
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [title]'))
    for (const name of ['aria-label', 'placeholder', 'title'])
      if (one.getAttribute(name) && !one.closest('[lang^="zh"]')) found.push(one.getAttribute(name));
  return found;
}"""


def standard_words() -> set[str]:
    """The national code tables' own names, which have no English, those of schemes and grades, and the doors' titles
    as the audit keeps them."""
    from jizuo.hubs.organisation.pages import district
    from jizuo.project import rooms

    rooms.plates()
    names = {row.name for table in codes.tables().values() for row in table}
    names |= {codes.short_name_of(key, row.code) for key, table in codes.tables().items() for row in table}
    titles = {door.title for door in doors.all_doors().values()}
    return names | titles | {one.name for one in SCHEMES.values()} | set(district.GRADES.values())


def chinese(page: Any, data: set[str]) -> list[str]:
    """Chinese that the page shows and that is no data of the base."""
    known = sorted((word for word in data if word), key=len, reverse=True)
    left = []
    for text in page.evaluate(TEXTS):
        rest = GIVEN.sub("", text)
        for word in known:
            if word in rest:
                rest = rest.replace(word, "")
        if CJK.search(rest):
            left.append(text)
    return left


def walk_down(page: Any, look: Any) -> str:
    """From the number of registered pupils on the start to one person; `look(page, name)` at each step. Returns the
    person's name."""
    card = page.locator("section.number").first
    card.locator("details.why summary").click()
    told = card.locator(".why-body").inner_text().split("\n")
    assert len([line for line in told if line.strip()]) >= 6, told
    look(page, "start")
    card.locator("details.why summary").click()
    card.locator(".number-value a").click()
    page.wait_for_url("**/schools?sort=-registered")
    look(page, "schools")
    row = page.locator(".table-part tbody tr").first
    school = row.locator("td.is-first").inner_text()
    behind = row.locator("td a[href*='people/pupils?f.registered=yes']")
    count = int(behind.inner_text().replace(",", ""))
    behind.click()
    page.wait_for_url("**/people/pupils?**")
    assert school in page.locator("main").inner_text()
    assert re.search(rf"\b{count:,}\b", page.locator(".pager").inner_text()), "the list is the number"
    look(page, "pupils")
    first = page.locator(".table-part tbody tr td.is-first a").first
    name = str(first.inner_text())
    first.click()
    page.wait_for_url(re.compile(r"/people/[0-9a-f-]{36}$"))
    assert page.locator("h1").inner_text().startswith(name)
    look(page, "person")
    return name


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_a_number_opens_down_to_a_person(town: Town, page_at: Any, width: int) -> None:
    page = page_at(width)
    town.sign_in(page, "district_admin")
    told = page.locator("section.number").first
    told.locator("details.why summary").click()
    for word in ("口径", "来源", "时间"):
        assert told.get_by_text(word, exact=True).is_visible()
    told.locator("details.why summary").click()

    def look(page: Any, name: str) -> None:
        assert fits(page), name
        picture(page, f"district-{name}-{width}")

    walk_down(page, look)


def test_the_same_in_english(town: Town, page_at: Any, base: Base) -> None:
    page = page_at()
    town.sign_in(page, "district_admin")
    data = {word for (word,) in town.ask(DATA)} | standard_words()
    page.locator(".me summary").click()
    page.locator(".me button[name=language][value=en]").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    left: dict[str, list[str]] = {}

    def look(page: Any, name: str) -> None:
        picture(page, f"district-{name}-en")
        if found := chinese(page, data):
            left[name] = found

    walk_down(page, look)
    assert not left, "\n".join(f"{step}: {sorted(set(words))}" for step, words in left.items())
