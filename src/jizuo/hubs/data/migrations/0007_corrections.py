import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

import jizuo.ground.ids
from jizuo.ground import backfill

#: The words of who asked move beside the ticket; of two open tickets of one field the later joins the earlier.
MOVE = """
insert into correction_asker (id, unit_no, correction_id, account_id, grant_no, person_id, role, says, wanted, asked_at,
                              is_met, dispute)
select distinct on (k.keep, g.account_id) gen_random_uuid(), k.unit_no, k.keep, g.account_id, k.asked_by, g.person_id,
       coalesce(g.role, ''), k.says, '', k.asked_at, null::boolean, ''
from (select c.*, case when state <> 'open' then id else first_value(id) over (
        partition by unit_no, dataset, record_id, field, state order by asked_at, id) end as keep from correction c) k
left join acting_grant g on g.no = k.asked_by
order by k.keep, g.account_id, k.asked_at desc
"""
JOINED = """
delete from correction c where c.state = 'open' and exists (
  select 1 from correction o where o.unit_no = c.unit_no and o.dataset = c.dataset and o.record_id = c.record_id
  and o.field = c.field and o.state = 'open' and (o.asked_at, o.id) < (c.asked_at, c.id))
"""


def move(apps, schema_editor):
    backfill.run(MOVE, may_be_empty=True)
    backfill.run(JOINED, may_be_empty=True)


class Migration(migrations.Migration):
    dependencies = [("data", "0006_sharing"), ("ground", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CorrectionAsker",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_no", models.IntegerField(editable=False)),
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("correction_id", models.UUIDField()),
                ("account_id", models.UUIDField(null=True)),
                ("grant_no", models.BigIntegerField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("role", models.CharField(max_length=20)),
                ("says", models.TextField(default="")),
                ("wanted", models.TextField(default="")),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("is_met", models.BooleanField(null=True)),
                ("dispute", models.TextField(default="")),
            ],
            options={
                "db_table": "correction_asker",
                "indexes": [models.Index(fields=["account_id"], name="correction_asker_account")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "correction_id", "account_id"), name="correction_asker_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="correction_asker_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionClock",
            fields=[
                ("step", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("days", models.IntegerField()),
            ],
            options={"db_table": "correction_clock"},
        ),
        *(
            migrations.AddField("correction", name, field)
            for name, field in (
                ("level", models.CharField(max_length=10, default="school", db_default="school")),
                ("answered_by", models.BigIntegerField(null=True)),
                ("register_no", models.CharField(max_length=60, default="", db_default="")),
                ("sent_on", models.DateField(null=True)),
                ("raised_at", models.DateTimeField(null=True)),
                ("reminded_on", models.DateField(null=True)),
                ("decision", models.TextField(default="", db_default="")),
                ("closed_at", models.DateTimeField(null=True)),
            )
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField("correction", "says"),
        migrations.RemoveField("correction", "asked_by"),
        migrations.AddConstraint(
            "correction",
            models.UniqueConstraint(
                fields=("unit_no", "dataset", "record_id", "field"),
                condition=Q(("state__in", ("open", "waiting", "disputed"))),
                name="correction_live_once",
            ),
        ),
        migrations.AddIndex("correction", models.Index(fields=["subject_id"], name="correction_subject")),
    ]
