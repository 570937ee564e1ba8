"""Numbers of documents and telephones that are well formed and belong to nobody.

Id numbers carry a region whose city part is 99, which GB/T 2260 gives in no province; residence permits of
Hong Kong, Macao and Taiwan use 8199xx, 8299xx,
8399xx where real ones have zeros. Phones begin with 194, which no operator holds. Passports begin with XZ0,
which no state issues.
"""

from __future__ import annotations

import random
from datetime import date

from jizuo.plain.idnumber import DocumentKind, check_digit

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ORDER_SUMS = [sum(int(c) * w for c, w in zip(f"{n:03d}", _WEIGHTS[14:], strict=True)) for n in range(1000)]
_PERMIT_REGIONS = {"HKG": "819900", "MAC": "829900", "TWN": "839900"}


class Numbers:
    """Gives each number once."""

    def __init__(self, rng: random.Random) -> None:
        self._random = rng.random
        self._rng = rng
        self._given: set[str] = set()
        self._regions: dict[str, int] = {}
        self._dates: dict[date, tuple[str, int]] = {}
        self._phone = 0

    def resident(self, region: str, birth: date, sex: str) -> str:
        """An 18-character number: *region* (6 digits), birth date, order (odd for men), check character."""
        base = self._regions.get(region)
        if base is None:
            base = sum(int(c) * w for c, w in zip(region, _WEIGHTS, strict=False))
            self._regions[region] = base
        found = self._dates.get(birth)
        if found is None:
            text = f"{birth.year:04d}{birth.month:02d}{birth.day:02d}"
            found = text, sum(int(c) * w for c, w in zip(text, _WEIGHTS[6:14], strict=True))
            self._dates[birth] = found
        text, middle = found
        odd = 1 if sex == "1" else 0
        while True:
            order = int(self._random() * 500) * 2 + odd
            if not order:
                continue
            check = _CHECKS[(base + middle + _ORDER_SUMS[order]) % 11]
            number = f"{region}{text}{order:03d}{check}"
            if number not in self._given:
                self._given.add(number)
                return number

    def of_kind(self, kind: str, region: str, birth: date, sex: str) -> str:
        """A number of any ``DocumentKind``; ``none`` gives the empty text.

        For a residence permit *region* is HKG, MAC or TWN.
        """
        if kind == DocumentKind.RESIDENT:
            return self.resident(region, birth, sex)
        if kind == DocumentKind.RESIDENCE_PERMIT:
            return self.resident(_PERMIT_REGIONS[region], birth, sex)
        if kind == DocumentKind.NONE:
            return ""
        head, digits = {
            "travel_permit": ("H00", 6),
            "passport": ("XZ0", 6),
            "permanent_resident": ("XZF", 12),
            "birth_certificate": ("Z99", 7),
        }[str(kind)]
        while True:
            number = f"{head}{self._rng.randrange(10**digits):0{digits}d}"
            if number not in self._given:
                self._given.add(number)
                return number

    def pupil_letter(self, letter: str, region: str, birth: date) -> str:
        """A pupil number of form J or L: letter, region, birth date, order, check character (to check)."""
        while True:
            body = f"{region}{birth:%Y%m%d}{self._rng.randrange(900, 1000)}"
            number = f"{letter}{body}{check_digit(body)}"
            if number not in self._given:
                self._given.add(number)
                return number

    def phone(self) -> str:
        """An 11-digit mobile number, each once, in an order that does not look counted."""
        self._phone += 1
        # 7368787 has no factor in common with 10**8: a permutation, so no number comes twice
        return f"194{self._phone * 7368787 % 10**8:08d}"
