import pytest

from jizuo.ground import outside


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    (tmp_path / "secrets").mkdir()
    return tmp_path / "secrets"


def _write(folder, text, mode=0o600):
    path = folder / "sms.json"
    path.write_text(text)
    path.chmod(mode)


def test_a_service_without_its_file_is_off(folder):
    assert outside.read("sms") is None


def test_what_stands_in_the_file_is_read(folder):
    _write(folder, '{"kind": "aliyun", "key": "k"}')
    assert outside.read("sms", needs=["kind", "key"]) == {"kind": "aliyun", "key": "k"}


@pytest.mark.parametrize(
    ("text", "mode", "word"),
    [
        ('{"kind": "aliyun"}', 0o644, "chmod 600"),
        ('{"kind": "aliyun"}', 0o600, "缺少 key、sign"),
        ("{", 0o600, "不是 JSON"),
        ("[]", 0o600, "JSON 对象"),
    ],
)
def test_a_bad_file_is_said_in_words(folder, text, mode, word):
    _write(folder, text, mode)
    with pytest.raises(outside.BadSetting, match=word):
        outside.read("sms", needs=["kind", "key", "sign"])
