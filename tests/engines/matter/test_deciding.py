"""What expressions of a flow read: fields not filled are null, steps not taken have no verb."""

from __future__ import annotations


def test_what_is_told(town):
    from jizuo.engines.matter import deciding, writing
    from jizuo.ground import scope as scopes

    matter_id = town.start(on_day="2027-03-12")
    with town.as_("clerk"), scopes.open_transaction("test"):
        told = deciding.told_of(writing.lock_one(matter_id))
    assert told["form"]["way"] is None and told["steps"]["both"] == {"verb": ""}
    assert told["subject"]["name"] == "陈以宁" and told["applicant"]["role"] == "guardian"
