"""Pictures of a form: made small before they leave the phone, upright, and the form waits for them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, fits
from tests.plain.test_picture import SECRET, exif, segment

#: 4000 by 3000 points of noise as a camera keeps them, red where the sensor's first line begins.
SHOT = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 4000, height: 3000 })
  const pen = canvas.getContext('2d')
  const points = pen.createImageData(4000, 3000)
  for (let at = 0, told = 1; at < points.data.length; at += 4) {
    told = (Math.imul(told, 1103515245) + 12345) & 0x7fffffff
    points.data[at] = points.data[at + 1] = points.data[at + 2] = (told >> 16) & 255
    points.data[at + 3] = 255
  }
  pen.putImageData(points, 0, 0)
  pen.fillStyle = '#f00'
  pen.fillRect(0, 0, 1000, 1000)
  return canvas.toDataURL('image/jpeg', 0.99).split(',')[1]
}"""
#: A drawing with words: sharp, light, and not to be made anew.
DRAWING = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 })
  canvas.getContext('2d').fillText('平面图', 40, 40)
  return canvas.toDataURL('image/png').split(',')[1]
}"""
#: Every picture takes a second to be written, as on an old phone.
SLOW = """() => {
  const write = HTMLCanvasElement.prototype.toBlob
  HTMLCanvasElement.prototype.toBlob = function (...told) { setTimeout(() => write.apply(this, told), 1000) }
}"""
#: [width, height, is the corner red: left top, right top, left bottom] of a picture at an address.
SEEN = """async (address) => {
  const picture = new Image()
  picture.src = address
  await picture.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.naturalWidth, height: picture.naturalHeight })
  const pen = canvas.getContext('2d')
  pen.drawImage(picture, 0, 0)
  const isRed = (x, y) => { const [r, g] = pen.getImageData(x, y, 1, 1).data; return r > 200 && g < 60 }
  const [right, low] = [canvas.width - 40, canvas.height - 40]
  return [canvas.width, canvas.height, isRed(40, 40), isRed(right, 40), isRed(40, low)]
}"""
MB = 1024 * 1024


@pytest.fixture(scope="module")
def shot(browser: Any) -> bytes:
    """A photo of a phone held upright: its points lie on their side, the place is written in; past what a form takes."""
    page = browser.new_page()
    content = base64.b64decode(page.evaluate(SHOT))
    page.close()
    content = content[:2] + segment(0xE1, exif(6)) + content[2:]
    assert len(content) > 10 * MB and SECRET in content
    return content


@pytest.fixture
def shot_path(shot: bytes, tmp_path: Path) -> str:
    path = tmp_path / "IMG_0001.JPG"
    path.write_bytes(shot)
    return str(path)


def filled(seen_by: Any, actor: Any, place: str, width: int) -> Any:
    page = seen_by(actor, "s/repair/new/repair?fresh=1", width)
    page.fill("[name=place]", place)
    page.select_option("[name=kind]", index=1)
    page.fill("[name=about]", "漏水")
    return page


def sends(page: Any) -> list[int]:
    """Lengths of what goes out as a whole form, as it goes."""
    found: list[int] = []

    def note(request: Any) -> None:
        if request.method == "POST" and "multipart" in (request.headers.get("content-type") or ""):
            found.append(int(request.headers.get("content-length") or 0))

    page.on("request", note)
    return found


def kept_at(page: Any, district: Any, actor: Any, place: str) -> list[Any]:
    """The links to the files of the one matter about a place."""
    page.goto(district.address(actor, "matters?view=mine"))
    lines = page.locator("tbody tr", has_text=place)
    assert lines.count() == 1
    lines.get_by_role("link").first.click()
    return page.locator(".entry a[href*='/files/']").all()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_photos_arrive_small_and_upright_and_the_form_waits_for_them(
    district: Any, seen_by: Any, shot_path: str, tmp_path: Path, width: int
) -> None:
    teacher, place = district.world.actor("teacher"), f"东楼{width}室"
    page = filled(seen_by, teacher, place, width)
    drawing = tmp_path / "平面图.png"
    drawing.write_bytes(base64.b64decode(page.evaluate(DRAWING)))
    page.evaluate(SLOW)
    sent = sends(page)
    page.locator("[name='picture.photo']").set_input_files([shot_path, str(drawing)])
    send = page.get_by_role("button", name="提交", exact=True)
    send.click()
    assert page.locator(".drop-list").inner_text() == "正在把图片变小，请稍等"
    send.click()
    assert sent == [] and fits(page)
    page.get_by_text("已交派单员").first.wait_for()
    assert len(sent) == 1

    links = kept_at(page, district, teacher, place)
    assert [one.inner_text() for one in links] == ["IMG_0001.jpg", "平面图.png"]
    photo, plan = (district.live.url + one.get_attribute("href") for one in links)
    content = page.request.get(photo).body()
    assert content[:2] == b"\xff\xd8" and len(content) < 3 * MB and SECRET not in content
    assert page.evaluate(SEEN, photo) == [1500, 2000, False, True, False]
    assert page.request.get(plan).body() == drawing.read_bytes()


def test_a_picture_that_cannot_be_drawn_goes_as_it_is_and_the_server_says_why(
    district: Any, seen_by: Any, tmp_path: Path
) -> None:
    teacher, place = district.world.actor("teacher"), "西楼半张"
    half = tmp_path / "半张.jpg"
    half.write_bytes(b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x02\0\0\x48\0\x48\0\0") + b"\xff\xdb")
    page = filled(seen_by, teacher, place, DESK)
    page.locator("[name='picture.photo']").set_input_files(str(half))
    page.locator(".drop-list", has_text="半张.jpg").wait_for()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("不完整").first.wait_for()
    assert page.locator("[name=place]").input_value() == place


def test_other_pictures_chosen_meanwhile_are_the_ones_that_go(
    district: Any, seen_by: Any, shot_path: str, tmp_path: Path
) -> None:
    teacher, place = district.world.actor("teacher"), "南楼改选"
    page = filled(seen_by, teacher, place, DESK)
    drawing = tmp_path / "平面图.png"
    drawing.write_bytes(base64.b64decode(page.evaluate(DRAWING)))
    page.evaluate(SLOW)
    field = page.locator("[name='picture.photo']")
    field.set_input_files(shot_path)
    field.set_input_files(str(drawing))
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已交派单员").first.wait_for()
    assert [one.inner_text() for one in kept_at(page, district, teacher, place)] == ["平面图.png"]


def test_a_picture_too_heavy_to_go_stops_the_form_that_waited_for_it(
    district: Any, seen_by: Any, shot_path: str, tmp_path: Path
) -> None:
    teacher, place = district.world.actor("teacher"), "北楼太大"
    page = filled(seen_by, teacher, place, DESK)
    heavy = tmp_path / "动图.gif"
    heavy.write_bytes(b"GIF89a" + bytes(11 * MB))
    page.evaluate(SLOW)
    sent = sends(page)
    page.locator("[name='picture.photo']").set_input_files([shot_path, str(heavy)])
    page.get_by_role("button", name="提交", exact=True).click()
    page.locator(".toast", has_text="动图.gif").wait_for()
    page.get_by_text("草稿已存").wait_for()
    assert sent == [] and page.locator("[name=place]").input_value() == place


def test_without_scripts_a_picture_goes_as_the_camera_made_it(
    district: Any, browser: Any, tmp_path: Path
) -> None:
    from tests.live import session_of

    teacher, place = district.world.actor("teacher"), "无脚本"
    light = tmp_path / "小图.jpg"
    page = browser.new_page()
    page.set_content("<h1>门</h1>")
    told = page.screenshot(type="jpeg")
    page.close()
    light.write_bytes(told[:2] + segment(0xE1, exif(1)) + told[2:])
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    session = session_of(district.base, teacher.account)
    context.add_cookies([{"name": "jizuo_session", "value": session, "url": district.live.url}])
    page = context.new_page()
    page.goto(district.address(teacher, "s/repair/new/repair?fresh=1"))
    assert "10 MB" in page.locator(".drop-hint").inner_text()
    page.fill("[name=place]", place)
    page.select_option("[name=kind]", index=1)
    page.fill("[name=about]", "漏水")
    page.locator("[name='picture.photo']").set_input_files(str(light))
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已交派单员").first.wait_for()
    (link,) = kept_at(page, district, teacher, place)
    content = page.request.get(district.live.url + link.get_attribute("href")).body()
    assert link.inner_text() == "小图.jpg" and SECRET not in content
    assert content == told
    context.close()
