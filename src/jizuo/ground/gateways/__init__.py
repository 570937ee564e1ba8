"""Gateways: short messages and mail to the outside, each attempt on record before it is made.

    result = send.sms(unit_no=3, phone="138 0013 8000", template="login_code", params={"code": "482913"},
                      key=str(challenge_id))
    if result.state != "accepted": ...offer the paper code

Words: an *attempt* is one message handed, or about to be handed, to a provider. What may have gone out
(`unknown`) is never repeated by itself: the same key gives the recorded result again.
"""
