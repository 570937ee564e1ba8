from tests.base import base
from tests.browser import browser
from tests.database import make_database, run_folder, server, server15
from tests.live import live

__all__ = ["base", "browser", "live", "make_database", "run_folder", "server", "server15"]
