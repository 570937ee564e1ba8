"""A small part of Markdown as HTML: headings, lists, bold, links; everything else is text and escaped."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_LINK = re.compile(r"\[([^\]\n]{1,100})\]\((https?://[^\s()<>\"']{1,300})\)")
_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_POINT = re.compile(r"[-*]\s+(.*)")
_NUMBERED = re.compile(r"\d{1,3}[.、]\s*(.*)")


def inline(text: str) -> str:
    """One line: bold and links, the rest escaped."""
    safe = _BOLD.sub(r"<strong>\1</strong>", escape(text))
    return _LINK.sub(r'<a href="\2" rel="noopener noreferrer">\1</a>', safe)


def html(text: str) -> SafeString:
    """Paragraphs, headings of two sizes, lists. Only what is written here becomes a tag."""
    out: list[str] = []
    listed = ""
    paragraph: list[str] = []

    def close() -> None:
        nonlocal listed
        if paragraph:
            out.append(f"<p>{'<br>'.join(paragraph)}</p>")
            paragraph.clear()
        if listed:
            out.append(f"</{listed}>")
            listed = ""

    for raw in text.splitlines():
        line = raw.strip()
        heading, point, numbered = _HEADING.match(line), _POINT.match(line), _NUMBERED.match(line)
        if not line:
            close()
        elif heading:
            close()
            size = "h2" if len(heading[1]) < 3 else "h3"
            out.append(f"<{size}>{inline(heading[2])}</{size}>")
        elif item := point or numbered:
            kind = "ul" if point else "ol"
            if listed != kind:
                close()
                out.append(f"<{kind}>")
                listed = kind
            out.append(f"<li>{inline(item[1])}</li>")
        else:
            if listed:
                close()
            paragraph.append(inline(line))
    close()
    return mark_safe("".join(out))  # noqa: S308  every line was escaped above
