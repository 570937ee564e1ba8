"""News with pictures from the writer's form to the page for everybody, and taken down again."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.journeys.conftest import DESK, PHONE, fits, picture
from tests.live import session_of
from tests.plain.test_picture import SECRET, exif, segment
from tests.scenes import given, world


@pytest.fixture(scope="module")
def district(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    found = world.make(base)
    found.today = timezone.localdate()
    given.installed(base, found.bureau.unit_no, given.files_of("news"), is_for_below=True)
    return found


def shots(page: Any) -> tuple[bytes, bytes]:
    """A photo that lies on its side with a place written into it, 640 by 480, and a drawing."""
    page.set_viewport_size({"width": 640, "height": 480})
    page.set_content("<body style='background:linear-gradient(90deg,#0e6b78,#e3f1f2)'><h1>操场</h1></body>")
    photo = page.screenshot(type="jpeg")
    return photo[:2] + segment(0xE1, exif(6)) + photo[2:] + SECRET, page.screenshot(type="png")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_pictures_of_news_stand_on_the_page_until_it_is_taken_down(
    base: Any, district: Any, live: Any, page_at: Any, width: int
) -> None:
    def seen_by(role: str, path: str) -> Any:
        actor = district.actor(role)
        page = page_at(width)
        page.context.add_cookies(
            [{"name": "jizuo_session", "value": session_of(base, actor.account), "url": live.url}]
        )
        page.goto(f"{live.url}/as/{actor.grant_no}/{path}")
        return page

    title = f"运动会开幕 {width}"
    photo, drawing = shots(page_at(DESK))
    writer = seen_by("clerk", "s/news/new/news")
    writer.fill("[name=title]", title)
    writer.fill("[name=text]", "三千名学生到场。")
    chooser = writer.locator("[name='pictures.photo']")
    assert chooser.get_attribute("capture") is None, "a picture from the album, too"
    chooser.set_input_files(
        [
            {"name": "陈以宁.jpg", "mimeType": "image/jpeg", "buffer": photo},
            {"name": "会徽.png", "mimeType": "image/png", "buffer": drawing},
        ]
    )
    writer.fill("[name=captions]", "操场上的开幕式")
    assert fits(writer)
    picture(writer, f"news-form-{width}")
    writer.get_by_role("button", name="提交", exact=True).click()
    writer.get_by_text("已交校长").first.wait_for()

    head = seen_by("head", "matters")
    head.locator("tbody tr", has_text=title).get_by_role("link").first.click()
    assert "陈以宁.jpg" in head.locator("body").inner_text()
    head.get_by_role("button", name="同意", exact=True).click()
    head.get_by_text("办好了").first.wait_for()

    unit = district.first.unit_no
    public = page_at(width)
    public.goto(f"{live.url}/site/{unit}/")
    public.get_by_role("link", name=title).click()
    images = public.locator(".site-picture img")
    assert images.count() == 2
    public.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth)")
    sizes = images.evaluate_all(
        "all => all.map(one => [one.naturalWidth, one.naturalHeight, one.clientWidth])"
    )
    assert [one[:2] for one in sizes] == [[480, 640], [640, 480]], "the photo stands upright"
    assert all(one[2] <= public.viewport_size["width"] for one in sizes) and fits(public)
    assert [one.get_attribute("alt") for one in images.all()] == ["操场上的开幕式", f"{title}，图 2"]
    picture(public, f"news-public-{width}")
    client = live.client("")
    addresses = [one.get_attribute("src") for one in images.all()]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200 and SECRET not in answer.content
        assert "%E9" not in answer.headers["Content-Disposition"], "no name of the writer's file"

    office = seen_by("clerk", "site")
    office.locator("tr", has_text=title).get_by_role("button", name="撤下").click()
    office.get_by_text("已撤下").first.wait_for()
    assert {client.get(address).status_code for address in addresses} == {404}
    public.reload()
    assert title not in public.locator("body").inner_text()
