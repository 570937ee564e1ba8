import pytest

from jizuo.hubs.data.connectors import folder, http_json
from jizuo.hubs.data.connectors.feeds import Ask


def test_secrets_are_the_settings_that_are_sealed():
    assert http_json.KIND.secrets == {"token", "client_secret"}


def test_a_kind_that_gives_files_has_no_rows():
    assert not folder.KIND.gives_rows
    with pytest.raises(TypeError):
        folder.KIND.read(Ask({}, {}, 1))
