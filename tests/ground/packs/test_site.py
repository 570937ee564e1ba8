"""The public page itself: for everybody, without a name in an address; robots are kept from what is only 公示."""

from __future__ import annotations

from tests.ground.packs.test_public import public, received, seen, show

__all__ = ["public"]


def test_the_page_shows_news_and_calendar_and_leads_to_notices(base, public):
    from jizuo.ground import acting

    unit = base.unit("启明小学")
    today = acting.today()
    news = show(base, unit, title="足球队夺冠<script>", text="第一段\n\n第二段")
    show(base, unit, kind="event", title="家长会", begin_on=today, cells={"place": "礼堂"})
    notice = show(
        base, unit, kind="notice", title="三好学生公示", begin_on=today, cells={"names": "陈*宁、马*川"}
    )
    client = base.client()
    home = client.get(f"/site/{unit}/")
    page = home.content.decode()
    assert "启明小学" in page and "家长会" in page and "礼堂" in page and "三好学生公示" not in page
    assert "&lt;script&gt;" in page and "index, follow" in page and "X-Robots-Tag" not in home
    assert "第二段" in client.get(f"/site/{unit}/{news}/").content.decode()
    for address in (f"/site/{unit}/notices/", f"/site/{unit}/notices/{notice}/"):
        answer = client.get(address)
        assert answer.status_code == 200 and "noindex" in answer["X-Robots-Tag"]
        assert answer["Cache-Control"] == "no-store" and "noindex" in answer.content.decode()
    assert "陈*宁" in client.get(f"/site/{unit}/notices/{notice}/").content.decode()


def test_an_entry_stands_at_its_own_address_only(base, public):
    from jizuo.ground import acting

    unit, other = base.unit(), base.unit()
    news, notice = show(base, unit), show(base, unit, kind="notice", begin_on=acting.today())
    show(base, other)
    client = base.client()
    for address in (f"{unit}/notices/{news}/", f"{unit}/{notice}/", f"{other}/{news}/", "987654/"):
        assert client.get(f"/site/{address}").status_code == 404


def test_robots_may_read_what_is_meant_to_be_found(base, public):
    text = base.client().get("/robots.txt").content.decode()
    assert "Disallow: /\n" in text and "Allow: /site/" in text and "Disallow: /site/*/notices/" in text


def test_the_unit_sees_what_it_shows_and_takes_it_down(base, public):
    unit = base.unit()
    account = base.account()
    grant = base.grant(account, unit, "clerk")
    client = base.client(account)
    assert "还没有公开的内容" in client.get(f"/as/{grant}/site").content.decode()
    entry = show(base, unit)
    assert "开学典礼" in client.get(f"/as/{grant}/site").content.decode()
    client.post(f"/as/{grant}/site", {"entry": "x"})
    assert base.client().get(f"/site/{unit}/{entry}/").status_code == 200
    client.post(f"/as/{grant}/site", {"entry": str(entry)})
    assert base.client().get(f"/site/{unit}/{entry}/").status_code == 404


def test_a_picture_has_an_address_of_its_own_as_long_as_its_entry_stands(base, public):
    unit = base.unit()
    account = base.account()
    grant = base.grant(account, unit, "clerk")
    entry = show(base, unit, title="植树", pictures=received("山", "水"), captions=["孩子<们>在山上"])
    first, second = (f"/site/{unit}/{entry}/{one.file_id}/" for one in seen(base, unit, entry).pictures)
    client = base.client()
    page = client.get(f"/site/{unit}/{entry}/").content.decode()
    assert f'src="{first}"' in page and 'alt="孩子&lt;们&gt;在山上"' in page and 'alt="植树，图 2"' in page
    answer = client.get(second)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "private, no-cache" and answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(second, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(second.replace(f"/{entry}/", f"/{show(base, unit)}/")).status_code == 404
    base.client(account).post(f"/as/{grant}/site", {"entry": str(entry)})
    assert client.get(first, headers={"If-None-Match": answer["ETag"]}).status_code == 404
    assert client.get(second).status_code == 404
