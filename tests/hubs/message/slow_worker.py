"""The real worker with one class a chunk and time to be killed in it: ``python -m tests.hubs.message.slow_worker``."""

from __future__ import annotations

import os
import time
from typing import Any

SECONDS = 0.2


def slow_down() -> None:
    from jizuo.hubs.message.actions import notices

    ask = notices.ask

    def ask_slowly(*given: Any) -> int:
        count = ask(*given)
        time.sleep(SECONDS)
        return count

    notices.CLASSES_A_CHUNK = 1
    notices.ask = ask_slowly


if __name__ == "__main__":
    from jizuo.project.start import set_up

    os.environ.setdefault("JIZUO_POOL", "4")
    set_up("app")
    slow_down()
    from jizuo.ground import jobs

    jobs.work(concurrency=2)
