"""What the identity hub decides, without a clock, a database or a request."""


def gettext_noop(text: str) -> str:
    """`text` itself, marked for translation: rules know no language, pages translate what they return."""
    return text
