import pytest

from jizuo.hubs.data.connectors import kinds


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_says_what_it_is_and_what_it_needs(kind):
    assert kinds.get(kind.name) is kind and str(kind.title) and str(kind.about)
    keys = [setting.key for setting in kind.settings]
    assert len(keys) == len(set(keys)) and {setting.step for setting in kind.settings} <= {
        "connection",
        "query",
    }
    assert kind.secrets <= set(keys)
