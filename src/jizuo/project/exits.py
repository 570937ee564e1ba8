"""What the exit code of `jizuo` means."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; they never change their meaning, so scripts may rely on them."""

    OK = 0
    DATA = 1  # something in the data or in what was given is wrong
    USAGE = 2  # the command line itself is wrong
    NOT_READY = 3  # database, disk, rights or port: the surroundings are not ready
    HELD = 4  # refused, or waiting for a person's decision
    BUG = 70  # our own mistake
    INTERRUPTED = 130
