from tests.base import base
from tests.database import make_database, run_folder, server, server15

__all__ = ["base", "make_database", "run_folder", "server", "server15"]
