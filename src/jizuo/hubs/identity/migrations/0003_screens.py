import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_joined_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='ssosession',
            name='about',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='ssosession',
            name='grant_no',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='ssosession',
            name='org_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='ssosession',
            name='purpose',
            field=models.CharField(db_default='', default='', max_length=8),
        ),
        migrations.CreateModel(
            name='ScreenCode',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.BinaryField(default=b'')),
                ('device', models.CharField(default='', max_length=80)),
                ('address', models.GenericIPAddressField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('taken_by', models.UUIDField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('sid', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'screen_code',
                'indexes': [models.Index(fields=['code_hash'], name='screen_code_hash'), models.Index(fields=['expires_at'], name='screen_code_old')],
            },
        ),
    ]
