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
