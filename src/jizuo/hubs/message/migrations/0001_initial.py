
import datetime
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
            name='ChannelAddress',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('person_id', models.UUIDField()),
                ('channel', models.CharField(max_length=12)),
                ('address', models.CharField(max_length=128)),
                ('is_on', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'channel_address',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'person_id', 'channel'), name='channel_address_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('key', models.CharField(max_length=120)),
                ('recipient_id', models.UUIDField()),
                ('child_id', models.UUIDField(null=True)),
                ('channel', models.CharField(max_length=12)),
                ('message_id', models.UUIDField(null=True)),
                ('template', models.CharField(max_length=40)),
                ('values', models.JSONField(default=dict)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('tries', models.IntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('attempt_id', models.UUIDField(null=True)),
                ('code', models.CharField(default='', max_length=80)),
                ('reported', models.CharField(default='', max_length=10)),
                ('cost_fen', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'delivery',
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'trying'])), fields=['unit_no', 'due_at'], name='delivery_due'), models.Index(fields=['unit_no', 'channel', 'tried_at'], name='delivery_month'), models.Index(fields=['unit_no', 'message_id'], name='delivery_message'), models.Index(condition=models.Q(('attempt_id__isnull', False)), fields=['attempt_id'], name='delivery_attempt')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'key', 'recipient_id', 'channel'), name='delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='InboxItem',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('message_id', models.UUIDField()),
                ('recipient_id', models.UUIDField()),
                ('child_id', models.UUIDField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'inbox_item',
                'indexes': [models.Index(fields=['unit_no', 'recipient_id', '-id'], name='inbox_item_list'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['unit_no', 'recipient_id'], name='inbox_item_unread')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'message_id', 'recipient_id', 'child_id'), name='inbox_item_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('key', models.CharField(max_length=120)),
                ('template', models.CharField(max_length=40)),
                ('values', models.JSONField(default=dict)),
                ('audience', models.JSONField(null=True)),
                ('notice_id', models.UUIDField(null=True)),
                ('link', models.CharField(default='', max_length=300)),
                ('is_urgent', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'message',
                'indexes': [models.Index(fields=['unit_no', 'notice_id'], name='message_notice')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='message_unit_id'), models.UniqueConstraint(fields=('unit_no', 'key'), name='message_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageSetting',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('is_sms_on', models.BooleanField(default=False)),
                ('sms_month_cap', models.IntegerField(default=1000)),
                ('quiet_from', models.TimeField(default=datetime.time(22, 0))),
                ('quiet_to', models.TimeField(default=datetime.time(7, 0))),
                ('digest_at', models.TimeField(default=datetime.time(18, 30))),
                ('remind_hours', models.IntegerField(default=12)),
                ('language', models.CharField(default='zh', max_length=2)),
            ],
            options={
                'db_table': 'message_setting',
                'constraints': [models.UniqueConstraint(fields=('unit_no',), name='message_setting_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('no', models.IntegerField(null=True)),
                ('audience', models.CharField(default='families', max_length=8)),
                ('title', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('needs', models.CharField(default='read', max_length=8)),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('class_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('file_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('due_at', models.DateTimeField(null=True)),
                ('is_urgent', models.BooleanField(default=False)),
                ('state', models.CharField(default='draft', max_length=8)),
                ('writer_grant', models.BigIntegerField(null=True)),
                ('writer_name', models.CharField(max_length=80)),
                ('base_address', models.CharField(default='', max_length=200)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('reminders', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'notice',
                'indexes': [models.Index(fields=['unit_no', '-made_at'], name='notice_list')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'id'), name='notice_unit_id'), models.UniqueConstraint(condition=models.Q(('no__isnull', False)), fields=('unit_no', 'no'), name='notice_no_once')],
            },
        ),
        migrations.CreateModel(
            name='OwnWording',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('template', models.CharField(max_length=40)),
                ('language', models.CharField(max_length=2)),
                ('title', models.CharField(max_length=120)),
                ('text', models.CharField(max_length=600)),
            ],
            options={
                'db_table': 'own_wording',
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'template', 'language'), name='own_wording_once')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(editable=False)),
                ('batch_id', models.UUIDField(editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('notice_id', models.UUIDField()),
                ('child_id', models.UUIDField()),
                ('affiliation_id', models.UUIDField()),
                ('class_id', models.UUIDField()),
                ('no', models.IntegerField()),
                ('answer', models.CharField(default='', max_length=40)),
                ('way', models.CharField(default='', max_length=6)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.UUIDField(null=True)),
            ],
            options={
                'db_table': 'receipt',
                'indexes': [models.Index(fields=['unit_no', 'notice_id', 'class_id'], name='receipt_class'), models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['unit_no', 'child_id'], name='receipt_open')],
                'constraints': [models.UniqueConstraint(fields=('unit_no', 'notice_id', 'child_id'), name='receipt_once'), models.UniqueConstraint(fields=('unit_no', 'notice_id', 'no'), name='receipt_no_once')],
            },
        ),
    ]
