"""Which application an address belongs to."""

from __future__ import annotations

from tests.hubs.identity.protocols.cas.conftest import SERVICE, user


def test_below_a_folder_any_address_counts(service, signed_in):
    _account, browser = signed_in()
    one = service("https://jiaowu.example.cn/app/*")
    for url in ("https://jiaowu.example.cn/app/", "https://jiaowu.example.cn/app/x/y?next=/学"):
        assert one.ask(browser, service=url)["Location"].isascii()
        assert user(one.check(one.ask(browser, service=url)["Location"].partition("ticket=")[2], service=url))
    for url in (
        "https://jiaowu.example.cn/app",
        "https://jiaowu.example.cn/app/../x",
        "https://jiaowu.example.cn/",
    ):
        assert one.ask(browser, service=url).status_code == 400


def test_of_several_installations_the_one_at_the_persons_school_counts(base, vendor, service, signed_in):
    account, browser = signed_in("teacher")
    one = service(unit_no=base.unit())
    own = vendor(account.unit_no, cas_services=(SERVICE,))
    answer = one.check(one.ticket(browser))
    from jizuo.hubs.identity.protocols.openid import claims

    assert user(answer) == claims.subject(account.pk, own.row().sector)
