from __future__ import annotations


def test_every_scope_has_plain_words(base):
    from jizuo.hubs.identity.protocols.openid import showing
    from jizuo.hubs.identity.rules import openid

    assert set(showing.WORDS) == set(openid.SCOPES)
    assert showing.word_of("grades.read") == "grades.read"


def test_the_page_names_application_school_and_person(base, vendor, signed_in):
    account, browser = signed_in("teacher", name="沈知远")
    app = vendor(account.unit_no, agreed_scopes=("class",))
    html = app.ask(browser, scope="openid profile class").content.decode()
    for word in ("阅读乐园", f"第{account.unit_no}小学", "沈知远", "您的姓名", "学校已经同意它知道"):
        assert word in html


def test_the_page_says_what_the_school_wrote_each_scope_is_for(base, vendor, signed_in):
    """Of whoever is asked and of what the school agreed to already; text of a vendor is text."""
    account, browser = signed_in("teacher")
    why = {"profile": "称呼读者<b>", "class": "按班排书单"}
    app = vendor(account.unit_no, agreed_scopes=("class",), reasons=why)
    html = app.ask(browser, scope="openid profile class roles").content.decode()
    assert "用途：称呼读者&lt;b&gt;" in html and "用途：按班排书单" in html and html.count("用途：") == 2
    asked_of = [line.split("</li>")[0] for line in html.split("<li>")[1:]]
    assert ["称呼读者" in line for line in asked_of if "您的姓名" in line] == [True]
