import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0009_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckTally',
            fields=[
                ('key', models.BinaryField(primary_key=True, serialize=False)),
                ('tries', models.IntegerField()),
                ('begun_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'check_tally',
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=16)),
                ('affiliation_id', models.UUIDField()),
                ('person_id', models.UUIDField()),
                ('name', models.CharField(max_length=50)),
                ('class_name', models.CharField(blank=True, default='', max_length=60)),
                ('reason', models.CharField(max_length=120)),
                ('issued_on', models.DateField()),
                ('valid_to', models.DateField()),
                ('withdrawn_on', models.DateField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, default='', max_length=120)),
                ('blind', models.BinaryField()),
                ('sealed', models.BinaryField()),
                ('issued_by', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'certificate',
                'indexes': [models.Index(fields=['unit_no', '-issued_on'], name='certificate_issued')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='certificate_unit_id'), models.UniqueConstraint(fields=('unit_no', 'blind'), name='certificate_code')],
            },
        ),
        migrations.CreateModel(
            name='PrintCopy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('kind', models.CharField(max_length=16)),
                ('title', models.CharField(max_length=160)),
                ('ref_id', models.UUIDField(null=True)),
                ('paper', models.CharField(max_length=2)),
                ('copies', models.IntegerField()),
                ('reason', models.CharField(blank=True, default='', max_length=120)),
                ('grant_no', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'print_copy',
                'indexes': [models.Index(fields=['unit_no', '-id'], name='print_copy_newest')],
            },
        ),
        migrations.CreateModel(
            name='PrintTemplate',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', models.CharField(max_length=16)),
                ('blocks', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'print_template',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'kind'), name='print_template_once'), models.UniqueConstraint(fields=('unit_no', 'id'), name='print_template_unit_id')],
            },
        ),
        migrations.CreateModel(
            name='SealUse',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('seal', models.CharField(max_length=40)),
                ('what', models.CharField(max_length=160)),
                ('copies', models.IntegerField()),
                ('reason', models.CharField(max_length=120)),
                ('certificate_id', models.UUIDField(null=True)),
                ('state', models.CharField(default='asked', max_length=10)),
                ('note', models.CharField(blank=True, default='', max_length=120)),
                ('year', models.IntegerField(null=True)),
                ('serial', models.IntegerField(null=True)),
                ('asked_by', models.BigIntegerField(null=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('sealed_by', models.BigIntegerField(null=True)),
                ('sealed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'seal_use',
                'indexes': [models.Index(fields=['unit_no', '-asked_at'], name='seal_use_newest')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='seal_use_unit_id'), models.UniqueConstraint(fields=('unit_no', 'year', 'serial'), name='seal_use_number')],
            },
        ),
    ]
