"""Oddities that every real district has, planted so that tests and demonstrations find them by name.

Cases of pupils (ids of pupils): ``same_name`` (pairs in one class), ``twins``, ``siblings_across`` (one child
of a family whose children attend different schools), ``rare``, ``dotted``, ``unsplit``, ``compound``,
``reading``, ``other_id``, ``foreign``, ``no_id``, ``suspended`` (休学), ``lent`` (借出), ``borrowed`` (借入),
``moved_inside`` (在籍 and 在读 at two schools of the district), ``separated``, ``no_contact``, ``delegate``
(a grandparent as 委托照护人), ``one_phone``; ``named:<name>`` for the six pupils of the pictures.
Cases of staff (ids of staff): ``teacher_parent``, ``substitute``, ``exchange``, ``walking``, ``support``,
``seconded`` and ``role:<role>`` for each acting role a demonstration signs in as; ``role:guardian`` and
``role:pupil`` hold ids of guardians and pupils.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from jizuo.plain.demo import places
from jizuo.plain.demo.families import Adults, make_pupil
from jizuo.plain.demo.names import DOTTED, FOREIGN, RARE_GIVEN, READINGS, UNSPLIT, Names
from jizuo.plain.demo.numbers import Numbers
from jizuo.plain.demo.schools import Size
from jizuo.plain.demo.shapes import Class, District, Guardian, Pupil
from jizuo.plain.demo.staff import Maker, ethnic_tail

_OUTSIDE = {
    "kindergarten": "屿城市海棠幼儿园",
    "primary": "屿城市海棠实验小学",
    "junior": "岑阳市北固中学",
    "senior": "岑阳市第一高级中学",
    "vocational": "望川市职业学校",
}
_NAMED = (  # (name, ethnic, grade and class wanted in 启明小学, seat)
    ("张若曦", "2", "01", 1, 1, 3),
    ("阿卜杜拉·买买提", "1", "05", 1, 2, 9),
    ("何嘉树", "1", "01", 2, 1, 21),
    ("周子墨", "1", "01", 3, 1, 6),
    ("陈以宁", "2", "01", 4, 2, 17),
    ("单思齐", "1", "03", 5, 2, 12),
)


def plant(
    district: District, size: Size, maker: Maker, rng: random.Random, names: Names, numbers: Numbers
) -> None:
    """Change pupils, guardians and a few staff into the cases above; runs before teaching is assigned."""
    _Planter(district, size, maker, rng, names, numbers).run()


def _of_sex(sex: str) -> Callable[[Pupil], bool]:
    return lambda pupil: pupil.sex == sex


class _Planter:
    def __init__(
        self, district: District, size: Size, maker: Maker, rng: random.Random, names: Names, numbers: Numbers
    ) -> None:
        self.district, self.size, self.maker = district, size, maker
        self.rng, self.names, self.numbers = rng, names, numbers
        self.families: dict[int, list[Pupil]] = defaultdict(list)
        for pupil in district.pupils:
            self.families[pupil.family].append(pupil)
        self.used: set[int] = set()
        self.order = list(range(len(district.pupils)))
        rng.shuffle(self.order)
        self.adults = Adults(district, rng, names, numbers)
        self.times = 1 if district.size == "small" else 8

    def run(self) -> None:
        self._named()
        self._found()
        self._names()
        self._papers()
        self._homes()
        self._elsewhere()
        self._staff()

    def note(self, case: str, *ids: int) -> None:
        self.district.cases.setdefault(case, []).extend(ids)

    def take(self, count: int, fits: Callable[[Pupil], bool] = lambda pupil: True) -> list[Pupil]:
        """*count* only children that no other case has; every one at the register's own school."""
        found: list[Pupil] = []
        for i in self.order:
            if len(found) == count:
                break
            pupil = self.district.pupils[i]
            if i not in self.used and len(self.families[pupil.family]) == 1 and fits(pupil):
                self.used.add(i)
                found.append(pupil)
        return found

    def adult(self, pupil: Pupil, relation: str) -> Guardian | None:
        """The pupil's guardian of one relation."""
        for tie in (self.district.guardianships[t] for t in pupil.guardians):
            if tie.relation == relation:
                return self.district.guardians[tie.guardian]
        return None

    def rename(self, pupil: Pupil, surname: str, given: str) -> None:
        """A new name; the father's side and the siblings take the surname along."""
        old = pupil.surname
        pupil.name, pupil.surname = surname + given, surname
        pupil.reading, pupil.former_name = READINGS.get(surname, ""), ""
        if old == surname:
            return
        for mate in self.families[pupil.family]:
            if mate is not pupil:
                mate.name, mate.surname = surname + mate.name[len(old) :], surname
                mate.reading, mate.former_name = pupil.reading, ""
        for relation in ("51", "61"):
            adult = self.adult(pupil, relation)
            if adult and adult.staff < 0:
                adult.name, adult.surname = surname + adult.name[len(adult.surname) :], surname
                adult.reading = pupil.reading

    def _sex(self, pupil: Pupil, sex: str) -> None:
        if pupil.sex != sex:
            pupil.sex = sex
            self.paper(pupil, "resident", pupil.region)

    def paper(self, pupil: Pupil, kind: str, region: str) -> None:
        """A new document; the pupil number follows (G with an 18-character number, else L: to check)."""
        pupil.id_kind = kind
        pupil.id_number = self.numbers.of_kind(kind, region, pupil.birth_on, pupil.sex)
        if not pupil.register_no:
            return
        if kind in ("resident", "residence_permit"):
            pupil.register_no = "G" + pupil.id_number
        else:
            pupil.register_no = self.numbers.pupil_letter("L", places.DISTRICT_CODE, pupil.birth_on)

    def _seat(self, pupil: Pupil, seat: int) -> None:
        klass = self.district.classes[pupil.klass]
        other = self.district.pupils[klass.pupils[seat - 1]]
        place = pupil.seat
        klass.pupils[seat - 1], klass.pupils[place - 1] = pupil.id, other.id
        for one, at in ((other, place), (pupil, seat)):
            one.seat = one.roll = at
            one.school_no = f"{one.school_no[:-2]}{at:02d}"

    def _named(self) -> None:
        unit = next(u for u in self.district.units if u.name == "启明小学")
        for name, sex, ethnic, grade, number, seat in _NAMED:
            klass = next(
                c
                for c in (self.district.classes[i] for i in unit.classes)
                if c.grade == grade and c.number == number
            )
            members = [self.district.pupils[p] for p in klass.pupils]
            free = [p for p in members if p.id not in self.used]
            across = [p for p in free if len({m.unit for m in self.families[p.family]}) > 1]
            alone = [p for p in free if len(self.families[p.family]) == 1]
            pupil = (across if name == "陈以宁" and across else alone)[0]
            self.used.update(p.id for p in self.families[pupil.family])
            self._sex(pupil, sex)
            pupil.ethnic = ethnic
            if "·" in name:
                self._dotted(pupil, name)
            else:
                self.rename(pupil, name[0], name[1:])
            self._seat(pupil, seat)
            self.note(f"named:{name}", pupil.id)

    def _found(self) -> None:
        for members in self.families.values():
            if len(members) == 1:
                continue
            if len({m.unit for m in members}) > 1:
                self.note("siblings_across", members[0].id)
            for one, other in pairwise(members):
                if one.birth_on == other.birth_on:
                    self.note("twins", one.id, other.id)
        if "twins" not in self.district.cases:
            one = self.take(1, lambda p: p.seat == 1)[0]
            klass = self.district.classes[one.klass]
            other = next(
                p
                for p in (self.district.pupils[i] for i in klass.pupils)
                if p.id not in self.used and len(self.families[p.family]) == 1
            )
            self.used.add(other.id)
            other.birth_on, other.region, other.address = one.birth_on, one.region, one.address
            other.household_address, other.family, other.ethnic = (
                one.household_address,
                one.family,
                one.ethnic,
            )
            self.paper(other, "resident", one.region)
            other.surname, other.name = one.surname, one.surname + other.name[len(other.surname) :]
            other.reading, other.former_name = one.reading, ""
            for tie in (self.district.guardianships[t] for t in other.guardians):
                tie.guardian = self.district.guardianships[one.guardians[0]].guardian
                tie.relation = self.district.guardianships[one.guardians[0]].relation
            self.families[one.family].append(other)
            self.note("twins", one.id, other.id)

    def _names(self) -> None:
        for sex, given in RARE_GIVEN * (1 + self.times // 2):
            for pupil in self.take(1, _of_sex(sex)):
                self.rename(pupil, pupil.surname, given)
                self.note("rare", pupil.id)
        for surname in ("欧阳", "尉迟", "诸葛"):
            for pupil in self.take(self.times):
                self.rename(pupil, surname, pupil.name[len(pupil.surname) :])
                self.note("compound", pupil.id)
        for surname in ("单", "曾", "解", "仇"):
            for pupil in self.take(self.times):
                self.rename(pupil, surname, pupil.name[len(pupil.surname) :])
                self.note("reading", pupil.id)
        for ethnic, by_sex in DOTTED.items():
            for pupil in self.take(2 * self.times):
                pupil.ethnic = ethnic
                self._dotted(pupil, self.rng.choice(by_sex[pupil.sex]))
        for ethnic, by_sex in UNSPLIT.items():
            for pupil in self.take(self.times):
                pupil.ethnic = ethnic
                father = self.adult(pupil, "51")
                pupil.name, pupil.surname = self.rng.choice(by_sex[pupil.sex]), ""
                pupil.reading = pupil.former_name = ""
                if father and father.staff < 0:
                    father.name, father.surname, father.ethnic = self.rng.choice(by_sex["1"]), "", ethnic
                    father.reading = ""
                self.note("unsplit", pupil.id)
        for pupil in self.take(self.times, lambda p: self._double(p) is not None):
            other = self._double(pupil)
            if other:
                self.used.add(other.id)
                self.rename(other, pupil.surname, pupil.name[len(pupil.surname) :])
                self.note("same_name", pupil.id, other.id)

    def _double(self, pupil: Pupil) -> Pupil | None:
        mates = (self.district.pupils[p] for p in self.district.classes[pupil.klass].pupils)
        return next(
            (
                m
                for m in mates
                if m.sex == pupil.sex
                and m.id != pupil.id
                and m.id not in self.used
                and len(self.families[m.family]) == 1
            ),
            None,
        )

    def _dotted(self, pupil: Pupil, name: str) -> None:
        pupil.name, pupil.surname, pupil.reading, pupil.former_name = name, "", "", ""
        father, mother = self.adult(pupil, "51"), self.adult(pupil, "52")
        if father and father.staff < 0:
            father.name, father.surname, father.reading = name.rpartition("·")[2] + "·吾守尔", "", ""
            father.ethnic = pupil.ethnic
        if mother and mother.staff < 0:
            mother.name, mother.surname = self.rng.choice(DOTTED[pupil.ethnic]["2"]), ""
            mother.reading, mother.ethnic = "", pupil.ethnic
        self.note("dotted", pupil.id)

    def _papers(self) -> None:
        for country, overseas in (("HKG", "香港"), ("MAC", "澳门"), ("TWN", "台湾")):
            for pupil in self.take(self.times):
                pupil.overseas, pupil.household = overseas, ""
                self.paper(pupil, "residence_permit", country)
                pupil.region, pupil.household_address = "", f"{overseas}"
                self.note("other_id", pupil.id)
        for pupil in self.take(self.times):
            pupil.overseas, pupil.household, pupil.region, pupil.household_address = "香港", "", "", "香港"
            self.paper(pupil, "travel_permit", "")
            self.note("other_id", pupil.id)
        foreign = FOREIGN[:3] if self.times == 1 else FOREIGN * 3
        for n, (sex, name, nationality, fathers_name) in enumerate(foreign):
            for pupil in self.take(1, _of_sex(sex)):
                pupil.name, pupil.surname, pupil.reading, pupil.former_name = name, "", "", ""
                pupil.nationality, pupil.overseas, pupil.ethnic = nationality, "外籍", ""
                pupil.region = pupil.household = pupil.household_address = ""
                self.paper(pupil, "permanent_resident" if n % 3 == 1 else "passport", "")
                father = self.adult(pupil, "51")
                if father and father.staff < 0:
                    father.name, father.surname, father.reading = fathers_name, "", ""
                    father.id_kind, father.ethnic = "passport", ""
                    father.id_number = self.numbers.of_kind("passport", "", father.birth_on, "1")
                self.note("foreign", pupil.id)
                self.note("other_id", pupil.id)
        young = self.take(2 * self.times, lambda p: self.district.classes[p.klass].grade < 1)
        for n, pupil in enumerate(young):
            self.paper(pupil, "none" if n % 2 else "birth_certificate", "")
            self.note("no_id" if n % 2 else "other_id", pupil.id)

    def _homes(self) -> None:
        def has(*relations: str) -> Callable[[Pupil], bool]:
            return lambda p: (
                [self.district.guardianships[t].relation for t in p.guardians] == list(relations)
                and all(
                    self.district.guardians[self.district.guardianships[t].guardian].staff < 0
                    for t in p.guardians
                )
            )

        for n, pupil in enumerate(self.take(6 * self.times, has("51", "52"))):
            father, mother = (self.district.guardianships[t] for t in pupil.guardians)
            apart, near = (father, mother) if n % 3 else (mother, father)
            self.district.guardians[apart.guardian].address = places.address(self.rng, n % 12)
            apart.lives_with = False
            near.order, apart.order = 1, 2
            self.note("separated", pupil.id)
            if n % 3 == 0:
                apart.no_contact = True
                apart.may_pick_up = apart.may_view = apart.may_sign = apart.gets_notices = False
                apart.order = 0
                self.note("no_contact", pupil.id)
        for n, pupil in enumerate(self.take(3 * self.times, has("52"))):
            mother = self.district.guardianships[pupil.guardians[0]]
            mother.order, mother.lives_with, mother.may_pick_up = 2, False, False
            relation = ("62", "64", "61")[n % 3]
            elder = self.adults.adult(relation, pupil.surname, pupil.birth_on, pupil)
            self.adults.tie(pupil, elder, relation, 1, lives=True)
            pupil.guardians.reverse()
            self.note("delegate", pupil.id)
        for pupil in self.take(2 * self.times, has("51", "52")):
            one, other = (
                self.district.guardians[self.district.guardianships[t].guardian] for t in pupil.guardians
            )
            one.phone = other.phone
            self.note("one_phone", pupil.id)

    def _elsewhere(self) -> None:
        district = self.district
        for pupil in self.take(2 if self.times == 1 else 46, lambda p: district.classes[p.klass].grade > 0):
            pupil.status = "02"
            self.note("suspended", pupil.id)
        roomy = {c.id for c in district.classes if len(c.pupils) > 29}
        for pupil in self.take(self.size.lent, lambda p: p.klass in roomy and p.seat > 20):
            klass = district.classes[pupil.klass]
            klass.pupils.remove(pupil.id)
            if len(klass.pupils) < 30:
                roomy.discard(klass.id)
            pupil.attend = pupil.klass = -1
            pupil.seat = 0
            pupil.elsewhere = _OUTSIDE[klass.stage]
            self.note("lent", pupil.id)
        for pupil in self.take(max(3, self.size.lent // 5), lambda p: p.klass in roomy and p.seat > 20):
            here = district.classes[pupil.klass]
            there = next(
                (
                    c
                    for c in district.classes
                    if (c.stage, c.grade) == (here.stage, here.grade)
                    and c.unit != here.unit
                    and len(c.pupils) < 45
                ),
                None,
            )
            if there is None:
                continue
            here.pupils.remove(pupil.id)
            roomy.discard(here.id)
            pupil.attend, pupil.klass, pupil.seat = there.unit, there.id, self._next_seat(there)
            there.pupils.append(pupil.id)
            self.note("moved_inside", pupil.id)
        open_classes = [c for c in district.classes if c.grade > 0 and len(c.pupils) < 44]
        family = len(self.families)
        for n in range(self.size.borrowed):
            klass = open_classes[int(self.rng.random() * len(open_classes))]
            while len(klass.pupils) >= 50:
                klass = open_classes[int(self.rng.random() * len(open_classes))]
            self._borrow(klass.id, family + n)

    def _next_seat(self, klass: Class) -> int:
        return max(self.district.pupils[p].seat for p in klass.pupils) + 1

    def _borrow(self, klass_id: int, family: int) -> None:
        district, rng = self.district, self.rng
        klass = district.classes[klass_id]
        surname = self.names.surname()
        away = [code for code in places.DIVISIONS if not code.startswith(places.CITY_CODE[:4])]
        pupil = make_pupil(
            district,
            klass,
            number=len(district.pupils),
            seat=self._next_seat(klass),
            birth=date(district.year - 6 - klass.grade, 9, 1) + timedelta(days=int(rng.random() * 365)),
            sex="1" if rng.random() < 0.52 else "2",
            surname=surname,
            region=rng.choice(away),
            ethnic=ethnic_tail(rng),
            home=places.address(rng, district.units[klass.unit].street),
            family=family,
            rng=rng,
            names=self.names,
            numbers=self.numbers,
        )
        pupil.unit = pupil.register_class = -1
        pupil.elsewhere = _OUTSIDE[klass.stage]
        pupil.school_no = f"J{pupil.school_no}"
        pupil.entry_way = "借读"
        district.pupils.append(pupil)
        klass.pupils.append(pupil.id)
        self.families[family].append(pupil)
        self.adults.of_family(
            [pupil], ("51", "52") if rng.random() < 0.6 else ("52",), surname, pupil.birth_on, []
        )
        self.note("borrowed", pupil.id)

    def _staff(self) -> None:
        bureau = next(u for u in self.district.units if u.kind == "bureau")
        school = next(u for u in self.district.units if u.name == "启明小学")
        for unit, duty, name, sex in (
            (bureau, "数据管理员", "沈知远", "1"),
            (school, "教务员", "陆晓岚", "2"),
        ):
            member = next(self.district.staff[i] for i in unit.staff if self.district.staff[i].duty == duty)
            if member.sex != sex:
                member.sex = sex
                member.id_number = self.numbers.resident(member.id_number[:6], member.birth_on, sex)
            member.name, member.surname, member.reading = name, name[0], ""
        if not any(g.staff >= 0 for g in self.district.guardians):
            raise ValueError("no teacher became a parent")
