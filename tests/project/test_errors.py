"""Pages of what goes wrong outside any door."""

from __future__ import annotations


def test_a_request_with_too_many_fields_is_answered_in_words(base):
    answer = base.client().post("/sign-in/", {f"f{n}": "1" for n in range(13_000)})
    assert answer.status_code == 413 and "分几次提交" in answer.content.decode()


def test_a_broken_request_is_answered_in_words(base):
    answer = base.client().generic("POST", "/sign-in/", b"x", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


def test_a_large_file_is_named_with_what_may_come():
    from jizuo.ground.files.uploads import TooLarge
    from jizuo.project import errors

    fault = errors.too_large(TooLarge("大图.jpg", 10 * errors.MB))
    assert "大图.jpg" in str(fault.detail) and "10 MB" in str(fault.detail) and fault.fix
