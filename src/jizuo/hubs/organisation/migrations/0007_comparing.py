import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0006_moving'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=6)),
                ('register_batch', models.UUIDField()),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('is_anyway', models.BooleanField(default=False)),
                ('doubt', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('job_id', models.UUIDField(null=True)),
                ('asked_by', models.BigIntegerField(null=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'comparison',
                'indexes': [models.Index(fields=['unit_no', 'kind', '-asked_at'], name='comparison_newest')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='comparison_unit_id'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('unit_no', 'kind'), name='comparison_one_waits')],
            },
        ),
        migrations.CreateModel(
            name='ComparisonLine',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('comparison_id', models.UUIDField()),
                ('kind', models.CharField(max_length=14)),
                ('act', models.CharField(max_length=10)),
                ('field', models.CharField(blank=True, default='', max_length=20)),
                ('here', models.CharField(blank=True, default='', max_length=200)),
                ('there', models.CharField(blank=True, default='', max_length=200)),
                ('note', models.CharField(blank=True, default='', max_length=12)),
                ('name', models.CharField(max_length=50)),
                ('sex', models.CharField(blank=True, default='', max_length=2)),
                ('class_id', models.UUIDField(null=True)),
                ('affiliation_id', models.UUIDField(null=True)),
                ('person_id', models.UUIDField(null=True)),
                ('place', models.CharField(blank=True, default='', max_length=100)),
                ('ordinal', models.IntegerField()),
            ],
            options={
                'db_table': 'comparison_line',
                'indexes': [models.Index(fields=['unit_no', 'comparison_id', 'kind', 'ordinal'], name='comparison_line_place')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='comparison_line_unit_id')],
            },
        ),
    ]
