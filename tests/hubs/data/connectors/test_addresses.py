import pytest

from jizuo.hubs.data.connectors import addresses
from jizuo.hubs.data.connectors.feeds import SourceError


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0", "169.254.169.254", "100.100.100.200", "::ffff:127.0.0.1", "224.0.0.1",
     "127.1", "2130706433"],
)  # fmt: skip
def test_this_machine_and_metadata_services_are_closed(base, host):
    with pytest.raises(SourceError) as caught:
        addresses.resolve(host, 80)
    assert caught.value.code in ("closed_host", "host", "unknown_host")


@pytest.mark.parametrize("host", ["", "/tmp/socket", "a b", "http://x", "a;b", "x" * 300, "-oProxy"])
def test_words_that_are_no_host(base, host):
    with pytest.raises(SourceError) as caught:
        addresses.resolve(host, 80)
    assert caught.value.code == "host"


def test_a_school_s_own_network_is_open(base):
    assert addresses.resolve("10.1.2.3", 5432) == "10.1.2.3"
    with pytest.raises(SourceError):
        addresses.resolve("10.1.2.3", 0)


def test_the_operator_opens_a_host_and_a_port(base, open_hosts):
    open_hosts("127.0.0.1:5433")
    assert addresses.resolve("127.0.0.1", 5433) == "127.0.0.1"
    with pytest.raises(SourceError):
        addresses.resolve("127.0.0.1", 5432)
    open_hosts("localhost")
    assert addresses.resolve("localhost", 80) in ("127.0.0.1", "::1")


def test_a_folder_of_one_s_own(base, open_hosts, tmp_path):
    unit_no, other = 41, 42
    home = addresses.folder("", unit_no)
    assert home.name == "41" and home.is_dir()
    open_hosts(folders={str(tmp_path): [unit_no]})
    inner = tmp_path / "in"
    inner.mkdir()
    assert addresses.folder(str(inner), unit_no) == inner.resolve()
    for written, who in (
        (str(inner), other),
        ("../42", unit_no),
        ("/etc", unit_no),
        (f"{tmp_path}/../..", unit_no),
    ):
        with pytest.raises(SourceError) as caught:
            addresses.folder(written, who)
        assert caught.value.code == "closed_folder"
    (tmp_path / "out").symlink_to("/etc")
    with pytest.raises(SourceError):
        addresses.folder(str(tmp_path / "out"), unit_no)
