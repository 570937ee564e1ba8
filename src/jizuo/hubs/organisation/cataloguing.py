"""What the catalogue learns from here: the words on pages with what they count, who reads these datasets, and how
people's rows are counted by unit."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from jizuo.hubs.data import catalogue, standards
from jizuo.hubs.data.catalogue import Term
from jizuo.hubs.data.standards import Reader
from jizuo.hubs.organisation.definitions import all_definitions

#: Rows about a person are counted at the units where the person is.
COUNT = (
    "select a.unit_no, count(distinct t.id), max(t.changed_at) from affiliation a join {table} t on t.{column} = a.person_id"
    " where a.end_on is null group by a.unit_no"
)
#: Search keys are made anew and do not say when.
KEYS = "select unit_no, count(*), null::timestamptz from search_key group by unit_no"
OF_PEOPLE = {"person": "id", "person_identifier": "person_id", "guardian_of": "child_id"}


def terms() -> Iterable[Term]:
    """The numbers of definitions.yaml as words."""
    for key, one in all_definitions().items():
        yield Term(
            key,
            one.title,
            one.english,
            f"{one.formula}。{one.population}。",
            f"{one.formula_english}. {one.population_english}.",
            one.say("source"),
            tuple((name, field) for name, _dot, field in (each.partition(".") for each in one.counts)),
            one.list,
            "teacher",
        )


def readers(dataset: str) -> Iterable[Reader]:
    """The numbers that are worked out from a dataset."""
    for one in all_definitions().values():
        fields = tuple(
            field for name, _dot, field in (each.partition(".") for each in one.counts) if name == dataset
        )
        if fields:
            yield Reader(_("数字"), one.say("title"), fields)


def register() -> None:
    """Offer it; called on the room's plate."""
    catalogue.terms_by(terms)
    standards.tell_readers(readers)
    for dataset, column in OF_PEOPLE.items():
        catalogue.count_by(dataset, COUNT.format(table=dataset, column=column))
    catalogue.count_by("search_key", KEYS)
