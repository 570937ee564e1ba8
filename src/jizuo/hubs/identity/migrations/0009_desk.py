import django.contrib.postgres.fields
import django.db.models.deletion
import jizuo.ground.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_cas'),
    ]

    operations = [
        migrations.AddField(
            model_name='app',
            name='reasons',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='app',
            name='watched_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='AppMessage',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('place', models.CharField(max_length=12)),
                ('rule', models.CharField(blank=True, default='', max_length=24)),
                ('code', models.CharField(blank=True, default='', max_length=60)),
                ('words', models.CharField(blank=True, default='', max_length=200)),
                ('said', models.JSONField(default=dict)),
                ('app', models.ForeignKey(db_column='client_id', db_index=False, on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'app_message',
                'indexes': [models.Index(fields=['app', '-at'], name='app_message_app'), models.Index(fields=['at'], name='app_message_old')],
            },
        ),
        migrations.CreateModel(
            name='DeviceCode',
            fields=[
                ('device_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('user_hash', models.BinaryField(unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('sid', models.UUIDField(null=True)),
                ('authed_at', models.DateTimeField(null=True)),
                ('acr', models.CharField(default='', max_length=16)),
                ('amr', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('polled_at', models.DateTimeField(null=True)),
                ('interval_seconds', models.IntegerField(default=5)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'device_code',
                'indexes': [models.Index(fields=['expires_at'], name='device_code_old')],
            },
        ),
    ]
