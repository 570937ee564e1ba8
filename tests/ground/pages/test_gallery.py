"""Every part in a real browser: nothing breaks the policy, nothing hangs over the edge, keys work."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser: Any, site: str) -> Any:
    """Open the gallery at a width; faults of the page gather in ``page.faults``."""
    contexts = []

    def open_at(width: int, **more: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('policy ' + e.violatedDirective + ' ' + e.sourceFile))"
        )
        page.goto(f"{site}/gallery")
        page.wait_for_selector("[data-chart] svg")
        page.wait_for_selector("text=已取来")
        return page

    yield open_at
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1366, "dark"), (1920, "light")])
def test_no_fault_and_no_overhang(opened, width, scheme):
    page = opened(width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("[data-chart] svg").count() == 5
    assert page.faults == []


@pytest.mark.parametrize("width", [390, 1366])
def test_every_grade_stands_under_its_bar(opened, width):
    """Eighteen grades, each name whole and beside no other's letters."""
    page = opened(width)
    chart = page.locator("[data-chart]").nth(3)
    boxes = chart.locator("svg text").evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect();"
        " return [one.textContent, box.left, box.right, box.top, box.bottom] })"
    )
    names = [*"托小中大一二三四五六", *(f"初{n}" for n in range(1, 5)), "高一", "高二", "高三", "职一"]
    lowest = max(bottom for *_rest, bottom in boxes)
    letters = [
        box
        for box in boxes
        if (box[4] > lowest - 32 and not box[0].replace(",", "").isdigit()) or box[0] in "1234"
    ]
    assert sorted("".join(letter for letter, *_box in letters)) == sorted("".join(names))
    for place, (_letter, left, right, top, bottom) in enumerate(letters):
        for other in letters[place + 1 :]:
            apart = (
                right <= other[1] + 1 or other[2] <= left + 1 or bottom <= other[3] + 5 or other[4] <= top + 5
            )
            assert apart, (letters[place], other)


def test_the_policy_is_in_force(opened):
    page = opened(1366)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<i style=\"color:red\">x</i>')")
    page.wait_for_timeout(50)
    assert any("policy style-src" in fault for fault in page.faults)


def test_keys_and_dialogs(opened):
    page = opened(1366)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.click("text=发起填报")
    assert page.locator("#confirm").is_visible()
    page.click("#confirm >> text=再看看")
    assert not page.locator("#confirm").is_visible()
    assert page.evaluate("document.activeElement.dataset.opens") == "confirm"


def test_theme_is_kept_for_the_next_page(opened, site):
    page = opened(1366, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("summary[aria-label='当前身份与设置']")
    page.click("[data-theme-choice=dark]")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{site}/gallery")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate(ground) == dark


def test_picks_open_the_bulk_bar(opened):
    page = opened(1366)
    bar = page.locator("#t-schools .pick-bar")
    assert not bar.is_visible()
    page.check("#t-schools tbody tr:nth-child(2) input")
    assert bar.is_visible()
    assert page.locator("[data-picked]").inner_text() == "1"
    page.check("[data-pick-all]")
    assert page.locator("[data-picked]").inner_text() == "5"
    page.click("[data-pick-none]")
    assert not bar.is_visible()


def test_filters_swap_the_table_alone_and_keep_the_address(opened):
    page = opened(1366)
    page.evaluate("window.stayed = true")
    page.click("#t-schools .filter summary")
    page.click("#t-schools .filter .menu-row >> text=小学")
    page.wait_for_selector("#t-schools .chip-on")
    assert "f.stage=p" in page.url
    assert page.evaluate("window.stayed")
    assert page.faults == []


def test_progress_ends_and_asks_no_more(opened):
    page = opened(1366)
    page.wait_for_selector(".progress-part.is-done", timeout=6000)
    assert page.locator("[hx-trigger='every 2s']").count() == 0


def test_pasted_cells_become_a_grid_and_go_back_as_text(opened):
    page = opened(1366)
    page.fill("[data-paste] textarea", '张 三\t一（3）班\t3.10105E+17\n"李\n四"\t二（1）班\t310')
    grid = page.locator(".paste-grid")
    assert grid.locator("tbody tr").count() == 2
    assert grid.locator(".is-odd").inner_text() == "3.10105E+17"
    grid.locator(".is-odd").fill("310105201402110018")
    assert "310105201402110018" in page.input_value("[data-paste] textarea")


def test_chosen_file_is_named_and_a_heavy_one_refused(opened):
    page = opened(1366)
    page.set_input_files("input[name=book]", {"name": "名册.xlsx", "mimeType": "", "buffer": b"x" * 2048})
    assert "名册.xlsx" in page.inner_text(".drop-list")
    page.evaluate("document.querySelector('.drop').dataset.mostMb = '0.001'")
    page.set_input_files("input[name=book]", {"name": "大.xlsx", "mimeType": "", "buffer": b"x" * 4096})
    page.wait_for_selector(".toast-zhu")
    assert page.evaluate("document.querySelector('input[name=book]').files.length") == 0


def test_everything_one_can_tap_is_large_enough_on_a_phone(opened):
    page = opened(390, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .tabbar a, .form-control, .form-select, .tile, .go')]
        .filter(node => node.offsetParent && node.getBoundingClientRect().height < 43.5)
        .map(node => node.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_without_scripts_menus_and_lists_still_work(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/gallery")
    page.click("#t-schools .filter summary")
    page.click("#t-schools .filter .menu-row >> text=小学")
    assert "f.stage=p" in page.url
    assert page.locator("#t-schools .pick-bar").is_visible()
    context.close()


def test_print_shows_no_chrome_and_fits(opened):
    page = opened(1366)
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert not page.locator(".tabbar").is_visible()
    assert page.locator(".print-head").is_visible()
    page.set_viewport_size({"width": 688, "height": 1000})
    # A browser takes a new size, and charts draw themselves anew, a moment after they are told.
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 688, 10)
