"""Pupils and the families they come from: siblings share surname, address and guardians."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate

from jizuo.plain.demo import places
from jizuo.plain.demo.names import READINGS, Names
from jizuo.plain.demo.numbers import Numbers
from jizuo.plain.demo.shapes import Class, District, Guardian, Guardianship, Pupil, Staff
from jizuo.plain.demo.staff import ethnic_tail

_SIBLING_SHARE = 0.24
_TWIN_SHARE = 0.006
# which adults a school has on its list, by relation (GB/T 4761), and how often in a hundred families
_CIRCLES = (
    (("51", "52"), 46),
    (("52",), 27),
    (("51",), 14),
    (("52", "62"), 4),
    (("51", "52", "61"), 3),
    (("51", "52", "64"), 3),
    (("62",), 1),
    (("52", "63"), 2),
)
_ENTRY = {
    "kindergarten": ("普通入园",),
    "primary": ("就近入学", "就近入学", "就近入学", "统筹安排", "民办摇号"),
    "junior": ("对口升学", "对口升学", "就近入学", "民办摇号"),
    "senior": ("统一招生考试", "统一招生考试", "名额分配"),
    "vocational": ("统一招生考试", "自主招生"),
}
_ALLERGIES = ("花生", "虾蟹", "青霉素", "鸡蛋", "牛奶", "芒果", "尘螨", "头孢")
_BLOOD = (["A", "B", "O", "AB", "", "", ""], list(accumulate((28, 24, 30, 9, 3, 3, 3))))
_STAGE_MARK = {"kindergarten": "0", "primary": "1", "junior": "2", "senior": "3", "vocational": "4"}


class _Slots:
    """The pupils to be, before they have families: parallel lists by pupil."""

    def __init__(self) -> None:
        self.klass: list[int] = []
        self.birth: list[date] = []
        self.sex: list[str] = []
        self.family: list[int] = []


def make_families(
    district: District, registered: list[int], rng: random.Random, names: Names, numbers: Numbers
) -> None:
    """All pupils in 在籍, their guardians and what each is to each; classes get their members."""
    slots = _slots(district, registered, rng)
    families = _families(district, slots, rng)
    parents = _teacher_parents(district, rng)
    codes, weights = places.household_table()
    regions = rng.choices(codes, cum_weights=weights, k=len(families))
    circles = rng.choices(
        [c for c, _ in _CIRCLES], cum_weights=list(accumulate(w for _, w in _CIRCLES)), k=len(families)
    )
    pupils: list[Pupil | None] = [None] * len(slots.klass)
    adults = Adults(district, rng, names, numbers)
    for number, members in enumerate(families):
        members.sort(key=lambda p: (slots.birth[p], p))
        eldest = slots.birth[members[0]]
        known = [parents.pop()] if parents and rng.random() < 0.03 else []
        known = [m for m in known if 22 <= eldest.year - m.birth_on.year <= 40]
        father = next((m for m in known if m.sex == "1"), None)
        surname = father.surname if father else names.surname()
        ethnic = father.ethnic if father else ethnic_tail(rng)
        street = district.units[district.classes[slots.klass[members[0]]].unit].street
        home = places.address(rng, street if rng.random() < 0.8 else int(rng.random() * 12))
        region = regions[number]
        made = []
        for p in members:
            klass = district.classes[slots.klass[p]]
            made.append(
                make_pupil(
                    district,
                    klass,
                    number=p,
                    seat=p - klass.pupils[0] + 1,
                    birth=slots.birth[p],
                    sex=slots.sex[p],
                    surname=surname,
                    region=region,
                    ethnic=ethnic,
                    home=home,
                    family=number,
                    rng=rng,
                    names=names,
                    numbers=numbers,
                )
            )
            pupils[p] = made[-1]
        adults.of_family(made, circles[number], surname, eldest, known)
    district.pupils = [p for p in pupils if p is not None]
    for pupil in district.pupils:
        district.units[pupil.unit].pupils.append(pupil.id)


def _slots(district: District, registered: list[int], rng: random.Random) -> _Slots:
    slots, pick = _Slots(), rng.random
    for klass, size in zip(district.classes, registered, strict=True):
        begin = date(district.year - 6 - klass.grade, 9, 1)
        twins = {0} if pick() < _TWIN_SHARE * size else set()
        for n in range(size):
            if n - 1 in twins:
                birth = slots.birth[-1]
            else:
                x = pick()
                shift = 365 if x > 0.992 and klass.grade > 3 else 0
                birth = begin + timedelta(days=int(pick() * 365) - shift)
            klass.pupils.append(len(slots.klass))
            slots.klass.append(klass.id)
            slots.birth.append(birth)
            slots.sex.append("1" if pick() < 0.528 else "2")
    return slots


def _families(district: District, slots: _Slots, rng: random.Random) -> list[list[int]]:
    """Lists of pupils; siblings live in one sub-district and are at least 400 days apart, or twins of one
    class.
    """
    count = len(slots.klass)
    family = [-1] * count
    families: list[list[int]] = []
    for p in range(1, count):
        same = slots.klass[p] == slots.klass[p - 1] and slots.birth[p] == slots.birth[p - 1]
        if same and family[p - 1] < 0 and p - 1 == district.classes[slots.klass[p]].pupils[0]:
            family[p - 1] = family[p] = len(families)
            families.append([p - 1, p])
    streets: dict[int, list[int]] = defaultdict(list)
    for p in range(count):
        streets[district.units[district.classes[slots.klass[p]].unit].street].append(p)
    order = list(range(count))
    rng.shuffle(order)
    pick = rng.random
    for p in order:
        if family[p] >= 0:
            continue
        if pick() < _SIBLING_SHARE:
            near = streets[district.units[district.classes[slots.klass[p]].unit].street]
            for _ in range(6):
                q = near[int(pick() * len(near))]
                found = family[q]
                if q == p or (found < 0 and slots.klass[q] == slots.klass[p]):
                    continue
                mates = families[found] if found >= 0 else [q]
                if len(mates) > 2 or any(
                    not 400 <= abs((slots.birth[m] - slots.birth[p]).days) <= 4000 for m in mates
                ):
                    continue
                if found < 0:
                    family[q] = found = len(families)
                    families.append([q])
                families[found].append(p)
                family[p] = found
                break
        if family[p] < 0:
            family[p] = len(families)
            families.append([p])
    return families


def _teacher_parents(district: District, rng: random.Random) -> list[Staff]:
    able = [
        s
        for s in district.staff
        if s.is_full_time and 28 <= district.year - s.birth_on.year <= 48 and s.surname and s.status == "在岗"
    ]
    rng.shuffle(able)
    return able[: max(2, len(able) // 12)]


def make_pupil(
    district: District,
    klass: Class,
    *,
    number: int,
    seat: int,
    birth: date,
    sex: str,
    surname: str,
    region: str,
    ethnic: str,
    home: str,
    family: int,
    rng: random.Random,
    names: Names,
    numbers: Numbers,
) -> Pupil:
    """An ordinary pupil of *klass*, registered and attending there; not yet in any list."""
    pick = rng.random
    unit, stage = district.units[klass.unit], klass.stage
    id_number = numbers.resident(region, birth, sex)
    given = names.given(birth.year, sex)
    moved = pick() < 0.02 and klass.entry_year < district.year
    ways = _ENTRY[stage]
    local = region == places.DISTRICT_CODE
    x = pick()
    return Pupil(
        id=number,
        name=surname + given,
        surname=surname,
        reading=READINGS.get(surname, ""),
        former_name=surname + names.given(birth.year, sex) if pick() < 0.006 else "",
        sex=sex,
        birth_on=birth,
        id_kind="resident",
        id_number=id_number,
        register_no="" if stage == "kindergarten" else "G" + id_number,
        nationality="CHN",
        overseas="",
        ethnic=ethnic,
        region=region,
        household="居民户口" if x < 0.7 else "非农业户口" if x < 0.88 else "农业户口",
        household_address=home if local else places.household_address(rng, region),
        address=home,
        unit=klass.unit,
        register_class=klass.id,
        attend=klass.unit,
        klass=klass.id,
        elsewhere="",
        seat=seat,
        roll=seat,
        school_no=f"{klass.entry_year}{_STAGE_MARK[stage]}{klass.number:02d}{seat:02d}",
        entry_on=date(district.year - int(pick() * 2), 2, 20) if moved else date(klass.entry_year, 9, 1),
        entry_way="转入" if moved else ways[int(pick() * len(ways))],
        boarding="住校" if klass.grade > 9 and pick() < 0.35 else "走读",
        bus=f"{int(pick() * 4) + 1}号线" if unit.street >= 9 and klass.grade < 10 and pick() < 0.2 else "",
        blood=rng.choices(_BLOOD[0], cum_weights=_BLOOD[1])[0],
        allergy=_ALLERGIES[int(pick() * len(_ALLERGIES))] if pick() < 0.035 else "",
        status="01",
        family=family,
    )


class Adults:
    """Makes guardians and ties them to children."""

    def __init__(self, district: District, rng: random.Random, names: Names, numbers: Numbers) -> None:
        self.district, self.rng, self.names, self.numbers = district, rng, names, numbers

    def of_family(
        self, children: list[Pupil], circle: tuple[str, ...], surname: str, eldest: date, known: list[Staff]
    ) -> None:
        """The adults of one family and a guardianship for each adult and child."""
        for member in known:
            relation = "51" if member.sex == "1" else "52"
            if relation not in circle:
                circle = (relation, *circle)
        apart = len(circle) > 1 and circle[:2] == ("51", "52") and self.rng.random() < 0.05
        for order, relation in enumerate(circle, 1):
            sex = {"51": "1", "52": "2"}.get(relation)
            same = [m for m in known if m.sex == sex]
            child = children[0]
            adult = self.of_staff(same[0], child) if same else self.adult(relation, surname, eldest, child)
            if apart and relation == "51" and not same:
                adult.address = places.address(self.rng, int(self.rng.random() * 12))
            for one in children:
                self.tie(one, adult, relation, order, lives=not (apart and relation == "51"))

    def adult(self, relation: str, surname: str, eldest: date, child: Pupil) -> Guardian:
        """A new parent (20 to 38 years older than the eldest child) or grandparent."""
        rng, old = self.rng, relation in ("61", "62", "63", "64")
        sex = "1" if relation in ("51", "61", "63") else "2"
        years = (50 + int(rng.random() * 16)) if old else 22 + int((rng.random() + rng.random()) * 8)
        birth = date(eldest.year - years, 1 + int(rng.random() * 12), 1 + int(rng.random() * 28))
        own = surname if relation in ("51", "61") else self.names.surname()
        adult = Guardian(
            id=len(self.district.guardians),
            name=own + self.names.given(birth.year, sex),
            surname=own,
            reading=READINGS.get(own, ""),
            sex=sex,
            birth_on=birth,
            id_kind="resident",
            id_number=self.numbers.resident(child.region or places.DISTRICT_CODE, birth, sex),
            phone=self.numbers.phone(),
            address=child.address,
            ethnic=child.ethnic if relation == "51" else "01",
            staff=-1,
        )
        self.district.guardians.append(adult)
        return adult

    def of_staff(self, member: Staff, child: Pupil) -> Guardian:
        """A teacher as the parent of a pupil: the same person, number and phone."""
        adult = Guardian(
            id=len(self.district.guardians),
            name=member.name,
            surname=member.surname,
            reading=member.reading,
            sex=member.sex,
            birth_on=member.birth_on,
            id_kind=member.id_kind,
            id_number=member.id_number,
            phone=member.phone,
            address=child.address,
            ethnic=member.ethnic,
            staff=member.id,
        )
        self.district.guardians.append(adult)
        return adult

    def tie(self, child: Pupil, adult: Guardian, relation: str, order: int, *, lives: bool) -> Guardianship:
        """What *adult* is to *child*; grandparents without parents on the list are delegates (委托照护人)."""
        parent = relation in ("51", "52")
        delegate = not parent
        tie = Guardianship(
            id=len(self.district.guardianships),
            pupil=child.id,
            guardian=adult.id,
            relation=relation,
            is_legal=parent,
            is_delegate=delegate,
            lives_with=lives,
            may_pick_up=True,
            may_view=parent,
            may_sign=parent,
            gets_notices=parent or order == 1,
            order=order,
            no_contact=False,
        )
        self.district.guardianships.append(tie)
        child.guardians.append(tie.id)
        return tie
