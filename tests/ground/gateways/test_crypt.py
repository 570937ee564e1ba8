import base64

import pytest

from jizuo.ground.gateways.crypt import BadSeal, is_signed, seal, signature, unseal
from jizuo.ground.gateways.events import parsed

#: The sample that WeChat ships with its own library (WXBizMsgCrypt, Sample.py).
WECHAT = {
    "key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "token": "spamtest",
    "stamp": "1409735669",
    "nonce": "1320562132",
    "owner": "wx2c2769f8efd9abc2",
    "signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
    "sealed": (
        "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2L"
        "dJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6u"
        "x5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJ"
        "pXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCz"
        "pu9GhglF2PE="
    ),
}
#: A trial of a WeCom address, as the best-known library tests it.
WECOM = {
    "key": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    "token": "123456",
    "stamp": "1411443780",
    "nonce": "437374425",
    "owner": "wx49f0ab532d5d035a",
    "signature": "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
    "sealed": "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
}
#: The trial in DingTalk's own sample (DingCallbackCrypto3).
DING = {
    "key": "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7",
    "token": "mryue",
    "stamp": "1608001896814",
    "nonce": "WL4PK6yA",
    "owner": "ding6ccabc44d2c8d38b",
    "signature": "03044561471240d4a14bb09372dfcfd4fd0e40cb",
    "sealed": (
        "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhE"
        "LOFchzNukR+t8SB/qk4ROMu3"
    ),
}


@pytest.mark.parametrize("sample", [WECHAT, WECOM, DING])
def test_the_providers_own_samples_are_signed(sample):
    parts = (sample["token"], sample["stamp"], sample["nonce"], sample["sealed"])
    assert is_signed(sample["signature"], *parts)
    assert not is_signed(sample["signature"], parts[0] + "x", *parts[1:])
    assert not is_signed("", *parts) and not is_signed("é", *parts)


def test_the_providers_own_samples_are_opened():
    told = parsed(unseal(WECHAT["key"], WECHAT["sealed"], [WECHAT["owner"]]))
    assert (told["FromUserName"], told["MsgType"], told["Content"]) == (
        "oyORnuP8q7ou2gfYjqLzSIWZf0rs",
        "text",
        "abcdteT",
    )
    assert unseal(WECOM["key"], WECOM["sealed"], [WECOM["owner"]]) == "5927782489442352469"
    assert unseal(DING["key"], DING["sealed"], ["x", DING["owner"]]) == '{"EventType":"check_url"}'


def test_somebody_elses_message_is_not_opened():
    with pytest.raises(BadSeal, match="owner"):
        unseal(WECHAT["key"], WECHAT["sealed"], ["wx0000000000000000"])
    with pytest.raises(BadSeal, match="owner"):
        unseal(WECHAT["key"], WECHAT["sealed"], [])


@pytest.mark.parametrize("text", ["", "success", "校园" * 40, "x" * 12, "x" * 11, "x" * 13])
def test_what_is_sealed_opens_again(text):
    sealed = seal(WECOM["key"], text, WECOM["owner"])
    assert unseal(WECOM["key"], sealed, [WECOM["owner"]]) == text
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert sealed != seal(WECOM["key"], text, WECOM["owner"])
    assert seal(WECOM["key"], text, "o", salt=b"s" * 16) == seal(WECOM["key"], text, "o", salt=b"s" * 16)


def test_a_changed_or_broken_text_is_refused():
    whole = base64.b64decode(WECHAT["sealed"])
    flipped = [bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]]) for at in (0, 40, len(whole) - 1)]
    for content in (b"", whole[:-1], whole[:-16], whole[:16], whole[16:], *flipped):
        with pytest.raises(BadSeal):
            unseal(WECHAT["key"], base64.b64encode(content).decode(), [WECHAT["owner"]])
    for sealed in ("not base64!", "QUJD", "é"):
        with pytest.raises(BadSeal):
            unseal(WECHAT["key"], sealed, [WECHAT["owner"]])
    with pytest.raises(BadSeal, match="EncodingAESKey"):
        unseal("short", WECHAT["sealed"], [WECHAT["owner"]])


def test_the_signature_of_an_address_trial():
    """公众号 接入指南: token, timestamp and nonce sorted and joined."""
    import hashlib

    assert signature("tok", "170", "99") == hashlib.sha1(b"17099tok").hexdigest()
