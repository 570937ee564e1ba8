"""Whether an SVG drawing is still: no script, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from xml.parsers import expat

_ACTIVE = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener"}
    | {"animate", "set"}
)
_INLINE = ("#", "data:image/png", "data:image/jpeg", "data:image/gif")
_OUTSIDE = re.compile(r"""@import|javascript:|url\(['"]?(?!#|data:image/(?:png|jpeg|gif))""")


def fault(content: bytes) -> str:
    """'' for a still drawing, 'active' for one that could run something or fetch, 'damaged' for broken XML.

    Entities and processing instructions count as active: no drawing program needs them.
    """
    found: set[str] = set()
    parser = expat.ParserCreate()

    def element(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2].lower() in _ACTIVE:
            found.add("active")
        for attribute, value in attributes.items():
            plain = attribute.rpartition(":")[2].lower()
            bare = re.sub(r"[\s\0]+", "", value).lower()
            is_link = plain in ("href", "src") and not bare.startswith(_INLINE)
            if plain.startswith("on") or is_link or _OUTSIDE.search(bare):
                found.add("active")

    def refuse(*_: object) -> None:
        found.add("active")

    def words(text: str) -> None:
        if _OUTSIDE.search(re.sub(r"\s+", "", text).lower()):
            found.add("active")

    parser.StartElementHandler = element
    parser.EntityDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    parser.buffer_text = True
    parser.CharacterDataHandler = words
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        return "active" if found else "damaged"
    return "active" if found else ""
