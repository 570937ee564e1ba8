"""What the tests with programs of others share."""

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.conftest import address, person
from tests.hubs.identity.protocols.listening import listener
from tests.hubs.identity.protocols.openid.conftest import vendor

__all__ = ["address", "listener", "open_hosts", "person", "vendor"]
