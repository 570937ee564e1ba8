
import django.contrib.postgres.fields
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AlertCase',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('scene', models.CharField(max_length=30)),
                ('alert', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120)),
                ('subject_id', models.UUIDField(null=True)),
                ('org_id', models.UUIDField(null=True)),
                ('row_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('state', models.CharField(default='open', max_length=6)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('told_at', models.DateTimeField(null=True)),
                ('stage', models.SmallIntegerField(db_default=0, default=0)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.BigIntegerField(null=True)),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=400)),
            ],
            options={
                'db_table': 'alert_case',
                'indexes': [models.Index(fields=['unit_no', 'scene', 'state', '-since'], name='alert_case_list')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='alert_case_unit_id'), models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('unit_no', 'scene', 'alert', 'key'), name='alert_case_once')],
            },
        ),
    ]
