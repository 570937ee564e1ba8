"""The pages of forms: filled page by page, answered live, kept as a draft, handed in once, mended."""

from __future__ import annotations

import base64
import io
import re

import pytest

from jizuo.plain.picture import without_traces
from tests.engines.matter.forms.given import place_of
from tests.plain.test_picture import SECRET, exif, jpeg, segment

#: A photo with the place where it was taken.
PHOTO = jpeg(segment(0xE1, exif(6)), tail=SECRET)


@pytest.fixture(scope="module")
def place(base):
    return place_of(base)


def signed_in(place, role, school=None, **more):
    """(client, address of the scene in the acting role) of the account with one role at a school."""
    at = school or place.first
    person = {"guardian": at.guardians[0][0], "clerk": at.staff[0][0]}.get(role, at.staff[1][0])
    if role == "guardian":
        more["child_ids"] = [at.pupils[0][0]]
    if role == "homeroom_teacher":
        more["org_ids"] = [at.classes[0]]
    known = place.accounts
    if (at.unit_no, role) not in known:
        account = place.base.account(person_id=person)
        known[at.unit_no, role] = (
            account,
            place.base.grant(account, at.unit_no, role, person_id=person, **more),
        )
    account, grant = known[at.unit_no, role]
    return place.base.client(account), f"/as/{grant}/s/field_day"


#: A picture of one white point.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="


def picture():
    out = io.BytesIO(base64.b64decode(PNG))
    out.name = "场地.png"
    return out


def text(response):
    return response.content.decode()


def key_of(response):
    return re.search(r'name="submit_key" value="([0-9a-f]{32})"', text(response))[1]


def plan(place, **more):
    return {
        "name": "春游", "kind": "farm", "day": "2030-09-18", "leader": str(place.first.staff[0][0]),
        "classes[]": [str(place.first.classes[0])], "by_bus": "no", "cost": "35.5", "lines[0].thing": "水",
        "lines[0].count": "2", "lines[0].price": "1.50", **more,
    }  # fmt: skip


def test_a_form_of_two_pages_is_walked_and_handed_in_once(place):
    client, here = signed_in(place, "clerk")
    address = f"{here}/new/plan"
    opened = client.get(address, follow=True)
    address = opened.request["PATH_INFO"]
    assert opened.status_code == 200 and "外出计划" in text(opened)
    key = key_of(opened)
    wrong = client.post(address, plan(place, name="", do="next", at="0", submit_key=key))
    assert wrong.status_code == 422 and "请填写“名称”" in text(wrong)
    second = client.post(address, plan(place, do="next", at="0", submit_key=key))
    assert second.status_code == 200 and 'value="submit">提交' in text(second)
    told = plan(place, do="submit", at="1", submit_key=key)
    done = [client.post(address, {**told, "proof.photo": picture()}) for _tap in range(2)]
    assert [one.status_code for one in done] == [302, 302] and done[0]["Location"] == done[1]["Location"]
    end = client.get(done[0]["Location"])
    assert "交好了" in text(end)


def test_answers_show_and_hide_and_are_worked_out_live(place):
    client, here = signed_in(place, "clerk")
    address = client.get(f"{here}/new/plan", follow=True).request["PATH_INFO"]
    live = text(client.post(address, plan(place, by_bus="yes", do="live")))
    assert 'id="field-bus" hx-swap-oob="true"' in live and ">2<" in live and "3.00 元" not in live
    assert 'id="worth-lines-0-sum"' in live
    gone = text(client.post(address, plan(place, by_bus="no", do="live", shown="bus")))
    assert re.search(r'id="field-bus" hx-swap-oob="true" hidden', gone)


def test_a_draft_comes_back_with_its_page_and_rows_are_added(place):
    client, here = signed_in(place, "clerk", place.second)
    address = client.get(f"{here}/new/plan", follow=True).request["PATH_INFO"]
    saved = client.post(address, {"name": "秋游", "do": "save", "submit_key": "a" * 32})
    assert "草稿已存" in text(saved)
    again = client.get(address)
    assert 'value="秋游"' in text(again) and key_of(again) == "a" * 32
    rows = client.post(address, plan(place, do="add:lines", at="1"))
    assert 'name="lines[1].thing"' in text(rows)
    fewer = client.post(address, plan(place, do="drop:lines:0", at="1"))
    assert 'value="水"' not in text(fewer)


def test_a_wrong_file_is_refused_in_words_and_the_rest_stays(place):
    client, here = signed_in(place, "clerk")
    address = client.get(f"{here}/new/plan", follow=True).request["PATH_INFO"]
    heavy = io.BytesIO(b"\xff\xd8\xff\xe0" + bytes(11 * 1024 * 1024))
    heavy.name = "大图.jpg"
    answer = client.post(
        address, {**plan(place, do="submit", at="1", submit_key="b" * 32), "proof.photo": heavy}
    )
    assert answer.status_code == 422 and "大图.jpg" in text(answer) and 'value="春游"' in text(answer)


def test_a_photo_is_served_as_it_is_seen_without_where_it_was_taken(place):
    from jizuo.engines.matter.queries.matters import matter_view
    from jizuo.ground import scope as scopes

    client, here = signed_in(place, "clerk")
    address = client.get(f"{here}/new/plan", follow=True).request["PATH_INFO"]
    photo, half = (io.BytesIO(one) for one in (PHOTO, PHOTO[:60]))
    photo.name, half.name = "操场.jpg", "半张.jpg"
    told = plan(place, do="submit", at="1", submit_key="e" * 32)
    wrong = client.post(address, {**told, "proof.photo": half})
    assert wrong.status_code == 422 and "半张.jpg" in text(wrong) and "不完整" in text(wrong)
    sent = client.post(address, {**told, "proof.photo": photo})
    with scopes.use(place.scope("clerk")):
        found = matter_view(matter_id=sent["Location"].partition("done=")[2])
    ((file_id, name),) = next(one.files for one in found.answers if one.key == "proof")
    served = client.get(f"{here.partition('/s/')[0]}/files/{file_id}")
    content = b"".join(served.streaming_content)
    assert name == "操场.jpg" and SECRET in PHOTO and SECRET not in content
    assert content == without_traces(PHOTO, "image/jpeg") and b"Exif" in content


def test_a_guardian_signs_for_the_own_child(place):
    client, here = signed_in(place, "guardian")
    opened = client.get(f"{here}/new/consent", follow=True)
    address, told = opened.request["PATH_INFO"], text(opened)
    assert "学校已有" in told and "data-sign" in told and 'value="plan"' not in told
    drawn = f"data:image/png;base64,{PNG}"
    child = str(place.first.pupils[0][0])
    other = {
        "pupil": str(place.first.pupils[1][0]),
        "says": "同意",
        "sign.drawn": drawn,
        "submit_key": "c" * 32,
    }
    assert client.post(address, other).status_code == 422
    sent = client.post(address, {**other, "pupil": child})
    assert sent.status_code == 302
    assert client.get(f"{here}/new/plan", follow=True).status_code == 404


def test_a_file_opens_to_who_decides_and_to_nobody_else(place):
    from jizuo.engines.matter.queries.matters import matter_view
    from jizuo.ground import scope as scopes

    client, here = signed_in(place, "guardian")
    sent = client.post(
        f"{here}/new/consent",
        {
            "pupil": str(place.first.pupils[0][0]),
            "says": "同意",
            "sign.photo": picture(),
            "submit_key": "f" * 32,
        },
    )
    matter_id = sent["Location"].partition("done=")[2]
    teacher, at = signed_in(place, "homeroom_teacher")
    with scopes.use(place.scope("clerk")):
        answers = {one.key: one for one in matter_view(matter_id=matter_id).answers}
    file_id = answers["sign"].files[0][0]
    stranger, elsewhere = signed_in(place, "clerk", place.second)
    codes = [
        one.get(f"{address.partition('/s/')[0]}/files/{file_id}").status_code
        for one, address in ((client, here), (teacher, at), (stranger, elsewhere))
    ]
    assert codes == [200, 200, 404]
