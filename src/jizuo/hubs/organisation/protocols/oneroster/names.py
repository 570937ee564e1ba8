"""Chinese names in and out of OneRoster's two required parts. The full name itself travels in our own column.

The split only serves outside programs; between bases the full name (metadata.jizuo.name) is the truth.
"""

from jizuo.plain import names


def split_name(full: str) -> tuple[str, str]:
    """(family, given), both non-empty for a non-empty name; ("", "") for a blank one.

    With a middle dot the part after the last dot is the family name: the personal name comes first in Uyghur
    and in transliterated Western names. Han names split as in `plain.names`. In Latin letters the last word
    is the family name. A name that cannot be split stands in both parts.
    """
    name = names.normalise(full)
    if names.DOT in name:
        given, _, family = name.rpartition(names.DOT)
    elif names.is_han(name):
        family, given = names.split(name)
    else:
        given, _, family = name.rpartition(" ")
    return family or given, given or family


def full_name(family: str, given: str, middle: str = "", written: str = "") -> str:
    """The name of a person from OneRoster parts; `written` is metadata.jizuo.name and wins when there is one.

    Han parts join without a blank, family first; longer Han family names come from dotted names and go last,
    with dots; all others as given, middle, family.
    """
    if written.strip():
        return written
    family, given, middle = family.strip(), given.strip(), middle.strip()
    if family == given and not middle:
        return family
    parts = [part for part in (given, middle, family) if part]
    if not names.is_han("".join(parts).replace(names.DOT, "")):
        return " ".join(parts)
    if len(family) > 2 or names.DOT in given:
        return names.DOT.join(parts)
    return family + middle + given
