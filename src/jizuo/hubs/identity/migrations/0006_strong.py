import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import jizuo.ground.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_student_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('sid', models.UUIDField()),
                ('method', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sign_in_proof',
                'indexes': [models.Index(fields=['sid', 'at'], name='sign_in_proof_session')],
            },
        ),
        migrations.CreateModel(
            name='SignInAnomaly',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('about', models.BinaryField()),
                ('account_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('network', models.CharField(default='', max_length=43)),
                ('device', models.CharField(default='', max_length=80)),
                ('count', models.IntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sign_in_anomaly',
                'indexes': [models.Index(fields=['about', 'at'], name='sign_in_anomaly_about'), models.Index(fields=['-at'], name='sign_in_anomaly_new'), django.contrib.postgres.indexes.GinIndex(fields=['account_ids'], name='sign_in_anomaly_whose')],
            },
        ),
        migrations.CreateModel(
            name='SignInEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('account_id', models.UUIDField(null=True)),
                ('sid', models.UUIDField(null=True)),
                ('what', models.CharField(max_length=12)),
                ('outcome', models.CharField(max_length=8)),
                ('method', models.CharField(default='', max_length=12)),
                ('device', models.CharField(default='', max_length=80)),
                ('network', models.CharField(default='', max_length=43)),
                ('origin', models.BinaryField(default=b'')),
                ('mark', models.BinaryField(default=b'')),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sign_in_event',
                'indexes': [models.Index(fields=['account_id', '-at'], name='sign_in_event_account'), models.Index(fields=['origin', 'at'], name='sign_in_event_origin'), models.Index(condition=models.Q(('mark', b''), _negated=True), fields=['mark', 'at'], name='sign_in_event_mark'), models.Index(fields=['at'], name='sign_in_event_old')],
            },
        ),
        migrations.CreateModel(
            name='LockOut',
            fields=[
                ('key', models.BinaryField(primary_key=True, serialize=False)),
                ('what', models.CharField(max_length=8)),
                ('network', models.CharField(default='', max_length=43)),
                ('at', models.DateTimeField()),
                ('locked_until', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'lock_out',
                'indexes': [models.Index(fields=['account'], name='lock_out_account')],
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('credential_id', models.BinaryField(unique=True)),
                ('handle', models.BinaryField()),
                ('public_key', models.BinaryField()),
                ('rp_id', models.CharField(max_length=255)),
                ('sign_count', models.BigIntegerField(default=0)),
                ('is_synced', models.BooleanField(default=False)),
                ('transports', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('name', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'passkey',
                'indexes': [models.Index(fields=['account', 'made_at'], name='passkey_account')],
            },
        ),
        migrations.CreateModel(
            name='PasskeyChallenge',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('challenge', models.BinaryField()),
                ('purpose', models.CharField(max_length=8)),
                ('handle', models.BinaryField(default=b'')),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'passkey_challenge',
                'indexes': [models.Index(fields=['expires_at'], name='passkey_challenge_old')],
            },
        ),
        migrations.CreateModel(
            name='RememberedDevice',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('mark', models.BinaryField()),
                ('device', models.CharField(default='', max_length=80)),
                ('since', models.DateTimeField()),
                ('last_used_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'remembered_device',
                'constraints': [models.UniqueConstraint(fields=('account', 'mark'), name='remembered_device_once')],
            },
        ),
    ]
