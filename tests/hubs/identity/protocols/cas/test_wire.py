"""What is refused, and in which words."""

from __future__ import annotations

from tests.hubs.identity.protocols.cas.conftest import SERVICE, failed, user


def test_each_error_of_a_wrong_request(service):
    one = service()
    for wrong in (
        {"service": None}, {"ticket": None}, {"service": ""}, {"service": [SERVICE, SERVICE]}, {"ticket": "ST-\x00"},
        {"ticket": "ST-" + "a" * 3000}, {"format": "YAML"}, {"service": b"\xff\xfe"},
    ):  # fmt: skip
        assert failed(one.check(**{"ticket": "ST-1", **wrong})) == "INVALID_REQUEST", wrong
    assert failed(one.check("PT-1", "serviceValidate")) == "INVALID_TICKET_SPEC"
    assert failed(one.check("XX-1", "proxyValidate")) == "INVALID_TICKET_SPEC"
    assert failed(one.check("ST-1")) == "INVALID_TICKET"
    assert one.app.base.client().post("/cas/serviceValidate", {}).status_code == 405


def test_a_database_that_fails_is_told_in_the_protocols_words(base, service, signed_in):
    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    with base.owner() as owner:
        owner.execute("alter table sign_on_ticket rename to sign_on_ticket_away")
        try:
            answers = [one.check(ticket), one.check(ticket, "validate")]
        finally:
            owner.execute("alter table sign_on_ticket_away rename to sign_on_ticket")
    assert failed(answers[0]) == "INTERNAL_ERROR" and answers[1].content == b"no\n\n"
    assert user(one.check(ticket)), "and the ticket is still there"
