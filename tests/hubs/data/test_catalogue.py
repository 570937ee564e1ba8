from __future__ import annotations


def test_every_number_names_fields_that_exist(base):
    from jizuo.hubs.data import catalogue, datasets
    from jizuo.project import rooms

    rooms.plates()
    for term in catalogue.terms():
        for name, field in term.counts:
            assert field in datasets.get(name).fields, (term.key, name, field)


def test_a_dataset_is_counted_as_its_room_says(base, monkeypatch):
    from jizuo.hubs.data import catalogue, datasets
    from jizuo.project import rooms

    rooms.plates()
    monkeypatch.setattr(catalogue, "_counts", {"person": "select 1"})
    assert catalogue.count_sql(datasets.get("person")) == "select 1"
    assert catalogue.count_sql(datasets.get("guardian_of")) == ""
    assert '"pupil"' in catalogue.count_sql(datasets.get("pupil"))


def test_offices_know_keys_and_families_do_not(base):
    from jizuo.hubs.data import catalogue, datasets
    from jizuo.project import rooms

    rooms.plates()
    pupil = datasets.get("pupil")
    assert "person_id" in catalogue.fields_known("clerk", pupil)
    assert "person_id" not in catalogue.fields_known("guardian", pupil)
