"""Files and their contents, attempts to send. A use of a content refers to it by RESTRICT, which is checked at
once: the sweep may try to take a content away and is stopped by a use in a unit it cannot see."""

import django.db.models.deletion
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models

USES = """
alter table stored_file add constraint stored_file_content
    foreign key (sha256) references stored_bytes (sha256) on delete restrict
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ground', '0002_partitioned_logs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('channel', models.CharField(max_length=8)),
                ('key', models.CharField(max_length=80)),
                ('sent_on', models.DateField()),
                ('tried_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('gateway', models.CharField(max_length=40)),
                ('template', models.CharField(max_length=60)),
                ('address_hash', models.BinaryField()),
                ('masked', models.CharField(max_length=80)),
                ('state', models.CharField(default='trying', max_length=10)),
                ('provider_id', models.CharField(default='', max_length=120)),
                ('code', models.CharField(default='', max_length=80)),
                ('cost_fen', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'send_attempt',
                'indexes': [models.Index(fields=['unit_no', 'channel', 'sent_on'], name='send_attempt_day')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='send_attempt_unit_id'), models.UniqueConstraint(fields=('unit_no', 'channel', 'key'), name='send_attempt_once')],
            },
        ),
        migrations.CreateModel(
            name='StoredBytes',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('verdict', models.CharField(max_length=10)),
                ('finding', models.CharField(default='', max_length=200)),
                ('scanned_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'stored_bytes',
                'indexes': [models.Index(fields=['seen_at'], name='stored_bytes_seen'), models.Index(condition=models.Q(('verdict', 'waiting')), fields=['seen_at'], name='stored_bytes_waiting')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('size', models.BigIntegerField()),
                ('type', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=150)),
                ('kind', models.CharField(max_length=20)),
                ('grade', models.SmallIntegerField()),
                ('owner_dataset', models.CharField(default='', max_length=60)),
                ('owner_id', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.BigIntegerField(null=True)),
                ('content', models.ForeignKey(db_column='sha256', db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ground.storedbytes')),
            ],
            options={
                'db_table': 'stored_file',
                'indexes': [models.Index(fields=['unit_no', 'owner_dataset', 'owner_id'], name='stored_file_owner')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='stored_file_unit_id'), models.CheckConstraint(condition=models.Q(('grade__range', (1, 5))), name='stored_file_grade')],
            },
        ),
        migrations.RunSQL(USES, "alter table stored_file drop constraint stored_file_content"),
    ]
