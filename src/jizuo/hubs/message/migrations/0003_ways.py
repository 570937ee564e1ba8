import jizuo.ground.ids
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('message', '0002_keys_by_unit'),
    ]

    operations = [
        migrations.DeleteModel(name='ChannelAddress'),
        migrations.CreateModel(
            name='ChannelAddress',
            fields=[
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=Now(), editable=False)),
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('channel', models.CharField(max_length=12)),
                ('account', models.CharField(max_length=40)),
                ('address', models.CharField(max_length=128)),
                ('is_on', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'channel_address',
                'indexes': [models.Index(fields=['account', 'address'], name='channel_address_whose')],
                'constraints': [models.UniqueConstraint(fields=('person_id', 'account'), name='channel_address_once')],
            },
        ),
        migrations.CreateModel(
            name='ChannelScan',
            fields=[
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=Now(), editable=False)),
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField()),
                ('account', models.CharField(max_length=40)),
                ('code_hash', models.BinaryField(unique=True)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'channel_scan',
                'constraints': [models.UniqueConstraint(fields=('person_id', 'account'), name='channel_scan_once')],
            },
        ),
    ]
