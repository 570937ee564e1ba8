"""One person in one read, masked for a role before anything leaves the database.

What the role's duty does not open is laid over the row by the mask of its element, in the SELECT list; what a source said
of such a field comes as its mask and whether it is what is held.
"""

from __future__ import annotations

from collections.abc import Iterable

from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.datasets import Field
from jizuo.hubs.organisation import masks

#: Alias in the statement -> dataset.
ROWS = {"a": "affiliation", "p": "person", "q": "pupil", "s": "staff"}
RIGHTS = ("is_legal", "lives_with", "may_pick_up", "may_view", "may_sign", "gets_notice", "is_entrusted")

PERSON = """
select [a]::text, u.short_name, [p]::text, [q]::text, [s]::text,
  (select coalesce(jsonb_agg(jsonb_build_array(i.id, i.kind, i.tail) order by i.kind), '[]')::text
   from person_identifier i where i.person_id = a.person_id),
  (select coalesce(jsonb_agg([adult] order by k.emergency_order nulls last, g.id), '[]')::text
   from guardian_of k join person g on g.id = k.guardian_id where k.child_id = a.person_id
     and (k.end_on is null or k.end_on > %(today)s)),
  (select coalesce(jsonb_agg(jsonb_build_array(c.dataset, c.source,
     (select coalesce(jsonb_object_agg(f.key, [said]), '{}') from jsonb_each(c.fields) f
      where c.dataset || '.' || f.key = any(%(told)s)), c.said_at) order by c.said_at), '[]')::text
   from claim c where c.record_id in (a.id, a.person_id)),
  (select coalesce(jsonb_agg(jsonb_build_array(b.id, v.short_name, b.role, b.begin_on, b.end_on, b.is_registered,
     b.is_present, b.posts) order by b.begin_on desc), '[]')::text
   from affiliation b join unit v using (unit_no) where b.person_id = a.person_id and b.role <> 'guardian'),
  (select coalesce(jsonb_agg(jsonb_build_array(e.org_id, e.subject_code, e.role)), '[]')::text from enrolment e
   where e.unit_no = a.unit_no and e.affiliation_id = a.id and e.role <> 'pupil'
     and (e.end_on is null or e.end_on > %(today)s)),
  a.end_on is not null
from affiliation a join unit u using (unit_no) join person p on p.id = a.person_id
left join pupil q on q.unit_no = a.unit_no and q.id = a.id
left join staff s on s.unit_no = a.unit_no and s.id = a.id
where a.id = %(id)s and a.role in ('pupil', 'staff')
"""
_SAME = "(case lower(coalesce({0}, '')) when 't' then 'true' when 'f' then 'false' else lower(coalesce({0}, '')) end)"
#: A JSON value as its text.
_WHOLE = "#>> '{}'"
_SAID = f"(f.value {_WHOLE})"


def statement(role: str) -> str:
    """The read of one person for an acting role; parameters id, today and told. A closed field of a claim is an object
    {"shown": its mask, "same": whether it is what is held}."""
    text = PERSON
    for alias, name in ROWS.items():
        text = text.replace(f"[{alias}]", row_json(alias, closed(name, role), role))
    return text.replace("[adult]", adult_json(role)).replace("[said]", said_json(role))


def told() -> list[str]:
    """``dataset.field`` of everything that may be shown of a person; nothing else of a claim is read."""
    return [f"{name}.{key}" for name in ROWS.values() for key in datasets.get(name).fields]


def closed(name: str, role: str) -> list[Field]:
    """The fields of a dataset that a role does not see in clear."""
    return [one for one in datasets.get(name).fields.values() if not masks.is_open(one, role)]


def row_json(alias: str, fields: Iterable[Field], role: str) -> str:
    """A row as JSON with the masks of `fields` laid over it."""
    pairs = [f"'{one.key}', {masked(one, value(alias, one), role)}" for one in fields]
    over = f" || jsonb_build_object({', '.join(pairs)})" if pairs else ""
    return f"(to_jsonb({alias}.*){over})"


def value(alias: str, field: Field) -> str:
    """A column as SQL; the items of a list as one text."""
    column = f"{alias}.{masking.quoted(field.key)}"
    return f"array_to_string({column}, ',')" if field.db_type.endswith("[]") else column


def masked(field: Field, text: str, role: str) -> str:
    """SQL of a closed field's value as a person's page shows it."""
    return masking.expression(masks.shown_as(field, role), text)


def said_json(role: str) -> str:
    """What a source said of one field of a claim (``c``, ``f``)."""
    cases = []
    for alias, name in ROWS.items():
        for one in closed(name, role):
            held = f"(to_jsonb({value(alias, one)}) {_WHOLE})"
            is_same = f"{_SAME.format(_SAID)} = {_SAME.format(held)}"
            shown = masked(one, _SAID, role)
            cases.append(
                f"when c.dataset = '{name}' and f.key = '{one.key}' then"
                f" jsonb_build_object('shown', {shown}, 'same', {is_same})"
            )
    return f"case {' '.join(cases)} else f.value end" if cases else "f.value"


def adult_json(role: str) -> str:
    """A guardian with the rights and the phone as far as the role sees them."""
    fields = datasets.get("guardian_of").fields
    rights = ", ".join(
        f"'{key}', {f'k.{key}' if masks.is_open(fields[key], role) else 'false'}" for key in RIGHTS
    )
    phone = "g.phone" if masks.opens_phones(role) else masking.expression(masking.PHONE, "g.phone")
    return (
        "jsonb_build_object('guardian_id', k.guardian_id, 'relation', k.relation, 'is_no_contact', k.is_no_contact,"
        f" 'name', g.name, 'phone', {phone}, {rights})"
    )
