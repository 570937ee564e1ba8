import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ground', '0005_grant_about'),
    ]

    operations = [
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('channel', models.CharField(max_length=20)),
                ('account', models.CharField(max_length=40)),
                ('address_hash', models.BinaryField()),
                ('address_sealed', models.BinaryField()),
                ('scene', models.CharField(default='', max_length=64)),
                ('is_following', models.BooleanField()),
                ('heard_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'channel_follower',
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='report',
            field=models.CharField(db_default='', default='', max_length=10),
        ),
        migrations.AddField(
            model_name='attempt',
            name='report_code',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='attempt',
            name='reported_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='words',
            field=models.CharField(db_default='', default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='channel',
            field=models.CharField(max_length=20),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['unit_no', 'channel', 'provider_id'], name='send_attempt_told'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['channel', 'state', '-tried_at'], name='send_attempt_last'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='channel_follower_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(fields=('unit_no', 'channel', 'account', 'address_hash'), name='channel_follower_once'),
        ),
    ]
