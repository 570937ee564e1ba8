import django.contrib.postgres.fields
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_apps'),
    ]

    operations = [
        migrations.CreateModel(
            name='MovingCode',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person_id', models.UUIDField()),
                ('account_id', models.UUIDField()),
                ('code_hash', models.BinaryField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'moving_code',
                'indexes': [models.Index(fields=['unit_no', 'code_hash'], name='moving_code_hash')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='moving_code_unit_id'), models.UniqueConstraint(fields=('unit_no', 'person_id', 'account_id'), name='moving_code_one')],
            },
        ),
        migrations.CreateModel(
            name='ScannerDevice',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField()),
                ('place_id', models.UUIDField()),
                ('grant_no', models.BigIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('pairing_hash', models.BinaryField(null=True)),
                ('pairing_until', models.DateTimeField(null=True)),
                ('token_hash', models.BinaryField(null=True)),
                ('made_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('synced_at', models.DateTimeField(null=True)),
                ('list_id', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'scanner_device',
                'indexes': [models.Index(fields=['unit_no', 'place_id'], name='scanner_device_place')],
                'constraints': [models.UniqueConstraint(fields=('token_hash',), name='scanner_device_token'), models.UniqueConstraint(fields=('pairing_hash',), name='scanner_device_pairing')],
            },
        ),
        migrations.CreateModel(
            name='ScanPlace',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('name', models.CharField(max_length=40)),
                ('purpose', models.CharField(max_length=10)),
                ('class_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'scan_place',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='scan_place_unit_id')],
            },
        ),
        migrations.CreateModel(
            name='StudentCard',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person_id', models.UUIDField()),
                ('number', models.BinaryField()),
                ('key_id', models.BinaryField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('printed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('why', models.CharField(db_default='', default='', max_length=10)),
            ],
            options={
                'db_table': 'student_card',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='student_card_unit_id'), models.UniqueConstraint(fields=('unit_no', 'number'), name='student_card_number'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('unit_no', 'person_id'), name='student_card_one')],
            },
        ),
        migrations.CreateModel(
            name='StudentCodeKey',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField()),
                ('key_id', models.BinaryField()),
                ('public', models.BinaryField()),
                ('sealed', models.BinaryField()),
                ('not_before', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'student_code_key',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'key_id'), name='student_code_key_once')],
            },
        ),
        migrations.CreateModel(
            name='StudentCodeSetting',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('keep_days', models.IntegerField()),
                ('list_hours', models.IntegerField()),
                ('card_days', models.IntegerField()),
            ],
            options={
                'db_table': 'student_code_setting',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='student_code_setting_unit_id'), models.UniqueConstraint(fields=('unit_no',), name='student_code_setting_once')],
            },
        ),
        migrations.CreateModel(
            name='StudentPhoto',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person_id', models.UUIDField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'db_table': 'student_photo',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='student_photo_unit_id'), models.UniqueConstraint(fields=('unit_no', 'person_id'), name='student_photo_one')],
            },
        ),
        migrations.CreateModel(
            name='StudentScan',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person_id', models.UUIDField()),
                ('place_id', models.UUIDField()),
                ('device_id', models.UUIDField()),
                ('purpose', models.CharField(max_length=10)),
                ('kind', models.CharField(max_length=8)),
                ('result', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('is_late', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'student_scan',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='student_scan_unit_id')],
                'indexes': [models.Index(fields=['unit_no', 'person_id', '-at'], name='student_scan_person'), models.Index(fields=['unit_no', 'place_id', 'at'], name='student_scan_place'), models.Index(fields=['unit_no', 'at'], name='student_scan_old')],
            },
        ),
    ]
