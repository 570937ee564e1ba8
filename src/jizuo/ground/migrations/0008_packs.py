
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ground', '0007_job_progress'),
    ]

    operations = [
        migrations.CreateModel(
            name='SceneSigner',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('public_key', models.CharField(max_length=64)),
                ('is_trusted', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'scene_signer',
            },
        ),
        migrations.CreateModel(
            name='PublicEntry',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField()),
                ('scene', models.CharField(max_length=30)),
                ('kind', models.CharField(max_length=10)),
                ('record_id', models.UUIDField()),
                ('title', models.CharField(max_length=160)),
                ('text', models.TextField(default='')),
                ('cells', models.JSONField(default=dict)),
                ('file_ids', models.JSONField(default=list)),
                ('is_listed', models.BooleanField(default=True)),
                ('begin_on', models.DateField()),
                ('until_on', models.DateField(null=True)),
                ('put_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'public_entry',
                'indexes': [models.Index(fields=['unit_no', 'kind', '-begin_on'], name='public_entry_list')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'scene', 'record_id'), name='public_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='ScenePost',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('scene', models.CharField(max_length=30)),
                ('post', models.CharField(max_length=40)),
                ('person_id', models.UUIDField()),
            ],
            options={
                'db_table': 'scene_post',
                'indexes': [models.Index(fields=['unit_no', 'person_id'], name='scene_post_person')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='scene_post_unit_id'), models.UniqueConstraint(fields=('unit_no', 'scene', 'post', 'person_id'), name='scene_post_once')],
            },
        ),
        migrations.CreateModel(
            name='SceneTrial',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version_id', models.UUIDField()),
                ('dataset', models.CharField(max_length=40)),
                ('row_no', models.IntegerField()),
                ('cells', models.JSONField()),
            ],
            options={
                'db_table': 'scene_trial',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='scene_trial_unit_id'), models.UniqueConstraint(fields=('unit_no', 'version_id', 'dataset', 'row_no'), name='scene_trial_once')],
            },
        ),
        migrations.CreateModel(
            name='SceneUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_no', models.IntegerField()),
                ('scene', models.CharField(max_length=30)),
                ('version_id', models.UUIDField()),
                ('state', models.CharField(default='on', max_length=4)),
                ('is_for_below', models.BooleanField(default=False)),
                ('settings', models.JSONField(default=dict)),
                ('switched_by', models.UUIDField(null=True)),
                ('switched_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'scene_use',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'scene'), name='scene_use_once')],
            },
        ),
        migrations.CreateModel(
            name='SceneVersion',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('scene', models.CharField(max_length=30)),
                ('major', models.SmallIntegerField()),
                ('minor', models.SmallIntegerField()),
                ('state', models.CharField(default='draft', max_length=10)),
                ('title', models.CharField(max_length=80)),
                ('files', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('unit_no', models.IntegerField()),
                ('copy_of', models.UUIDField(null=True)),
                ('signer', models.CharField(default='', max_length=80)),
                ('notes', models.TextField(default='')),
                ('drafted_by', models.UUIDField(null=True)),
                ('drafted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reviewed_by', models.UUIDField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('review_note', models.TextField(default='')),
                ('published_by', models.UUIDField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'scene_version',
                'constraints': [models.UniqueConstraint(fields=('scene', 'major', 'minor'), name='scene_version_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'review'))), fields=('scene',), name='scene_version_one_draft')],
            },
        ),
    ]
