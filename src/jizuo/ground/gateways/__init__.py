"""Gateways: messages to the outside, each attempt on record before it is made, and what providers tell us back.

    result = send.message(unit_no=3, channel="wechat", address=openid, template="homework", values={"title": "语文",
                          "text": "背诵第三课", "day": "2026-09-16 18:00"}, key=str(row_id), link=address)
    if result.state != "accepted": ...another channel, or the paper way

Words: a *channel* is a way to reach somebody (short message, mail, WeChat, WeCom, DingTalk), an *account* one
registration at its provider, an *attempt* one message handed, or about to be handed, to it. What may have gone
out (`unknown`) is never repeated by itself: the same key gives the recorded result again. A *follower* is
somebody an account may write to.
"""
