"""The one exception of this package."""


class WorkbookError(Exception):
    """A file that cannot be taken, said so that a school clerk can mend it.

    `code` is stable and meant for programs (snake_case English), `message_zh` says what is wrong and where,
    `fix_zh` says what to do next.
    """

    def __init__(self, code: str, message_zh: str, fix_zh: str) -> None:
        super().__init__(f"{message_zh} {fix_zh}")
        self.code = code
        self.message_zh = message_zh
        self.fix_zh = fix_zh
