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
            name='BaseState',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(default=1)),
            ],
            options={
                'db_table': 'base_state',
            },
        ),
        migrations.CreateModel(
            name='MadeTable',
            fields=[
                ('table', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('standard', models.CharField(max_length=60)),
                ('major', models.IntegerField()),
                ('columns', models.JSONField()),
                ('version', models.IntegerField(default=1)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'made_table',
            },
        ),
        migrations.CreateModel(
            name='SchemaPlan',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ('table', models.CharField(max_length=60)),
                ('plan', models.JSONField()),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('why', models.TextField(default='')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('asked_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'schema_plan',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('unit_no', models.IntegerField(primary_key=True, serialize=False)),
                ('parent_no', models.IntegerField(null=True)),
                ('kind', models.CharField(max_length=16)),
                ('name', models.CharField(max_length=120)),
                ('short_name', models.CharField(max_length=40)),
                ('sort_key', models.CharField(default='', max_length=160)),
                ('opened_on', models.DateField(null=True)),
                ('closed_on', models.DateField(null=True)),
            ],
            options={
                'db_table': 'unit',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('door', models.CharField(max_length=120)),
                ('result', models.CharField(max_length=16)),
                ('grant_no', models.BigIntegerField(null=True)),
                ('account_id', models.UUIDField(null=True)),
                ('person_id', models.UUIDField(null=True)),
                ('role', models.CharField(max_length=32)),
                ('params_hash', models.BinaryField()),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('row_count', models.IntegerField(default=0)),
                ('note', models.TextField(default='')),
                ('request_id', models.CharField(default='', max_length=40)),
                ('body', models.BinaryField()),
                ('leaf', models.BinaryField()),
            ],
            options={
                'db_table': 'audit_entry',
                'indexes': [models.Index(fields=['unit_no', '-at'], name='audit_entry_unit_at')],
            },
        ),
        migrations.CreateModel(
            name='AuditSubject',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('subject_id', models.UUIDField()),
                ('entry_id', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'audit_subject',
                'indexes': [models.Index(fields=['unit_no', 'subject_id', '-at'], name='audit_subject_who')],
            },
        ),
        migrations.CreateModel(
            name='DoorGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_no', models.IntegerField(null=True)),
                ('role', models.CharField(max_length=32)),
                ('door', models.CharField(max_length=120)),
                ('is_allowed', models.BooleanField()),
                ('reason', models.TextField()),
                ('given_by', models.BigIntegerField(null=True)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'door_grant',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'role', 'door'), name='door_grant_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('unit_no', models.IntegerField()),
                ('payload', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('tries', models.IntegerField(default=0)),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_error', models.TextField(default='')),
            ],
            options={
                'db_table': 'fact',
                'indexes': [models.Index(fields=['state', 'next_at', 'id'], name='fact_due')],
            },
        ),
        migrations.CreateModel(
            name='FactDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact_id', models.BigIntegerField()),
                ('handler', models.CharField(max_length=120)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'fact_done',
                'constraints': [models.UniqueConstraint(fields=('fact_id', 'handler'), name='fact_done_once')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('no', models.BigAutoField(primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('unit_no', models.IntegerField()),
                ('role', models.CharField(max_length=32)),
                ('person_id', models.UUIDField(null=True)),
                ('affiliation_id', models.UUIDField(null=True)),
                ('org_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('child_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('origin', models.CharField(default='person', max_length=16)),
                ('begin_on', models.DateField()),
                ('end_on', models.DateField(null=True)),
                ('given_by', models.BigIntegerField(null=True)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'acting_grant',
                'indexes': [models.Index(fields=['account_id'], name='acting_grant_account'), models.Index(fields=['affiliation_id'], name='acting_grant_affiliation'), models.Index(fields=['unit_no', 'role'], name='acting_grant_unit_role')],
                'constraints': [models.UniqueConstraint(fields=('account_id', 'unit_no', 'role', 'affiliation_id'), name='acting_grant_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Idempotency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grant_no', models.BigIntegerField()),
                ('key', models.CharField(max_length=80)),
                ('door', models.CharField(max_length=120)),
                ('params_hash', models.BinaryField()),
                ('status', models.IntegerField()),
                ('answer', models.JSONField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'idempotency',
                'constraints': [models.UniqueConstraint(fields=('grant_no', 'key'), name='idempotency_once')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=200)),
                ('args', models.JSONField(default=dict)),
                ('queue', models.CharField(max_length=16)),
                ('grant_no', models.BigIntegerField(null=True)),
                ('state', models.CharField(default='waiting', max_length=12)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('unit_word', models.CharField(default='', max_length=20)),
                ('chunk', models.IntegerField(default=0)),
                ('result', models.JSONField(null=True)),
                ('error', models.TextField(default='')),
                ('fix', models.TextField(default='')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('tries', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'job',
                'indexes': [models.Index(fields=['unit_no', '-asked_at'], name='job_unit_asked')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='job_unit_id')],
            },
        ),
    ]
