import django.contrib.postgres.fields
import django.db.models.deletion
import jizuo.ground.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_strong'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutsideSource',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(default=0)),
                ('kind', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=40)),
                ('mark', models.CharField(default='', max_length=2)),
                ('tone', models.CharField(default='qing', max_length=8)),
                ('client_id', models.CharField(default='', max_length=200)),
                ('settings', models.JSONField(default=dict)),
                ('secrets', models.BinaryField(null=True)),
                ('secrets_at', models.DateTimeField(null=True)),
                ('match_claim', models.CharField(default='', max_length=60)),
                ('match_to', models.CharField(default='', max_length=12)),
                ('may_open', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('second_factor', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('is_on', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.BigIntegerField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'outside_source',
                'indexes': [models.Index(fields=['unit_no'], name='outside_source_unit')],
            },
        ),
        migrations.CreateModel(
            name='OutsideSignIn',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('proved', models.CharField(max_length=8)),
                ('since', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.outsidesource')),
            ],
            options={
                'db_table': 'outside_sign_in',
                'constraints': [models.UniqueConstraint(fields=('source', 'issuer', 'subject'), name='outside_sign_in_once'), models.UniqueConstraint(fields=('source', 'account'), name='outside_sign_in_account')],
            },
        ),
        migrations.CreateModel(
            name='OutsideSession',
            fields=[
                ('sid', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('there', models.BinaryField(default=b'')),
                ('sealed', models.BinaryField(null=True)),
                ('began_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.outsidesource')),
            ],
            options={
                'db_table': 'outside_session',
                'indexes': [models.Index(fields=['source', 'subject'], name='outside_session_subject'), models.Index(fields=['source', 'there'], name='outside_session_there')],
            },
        ),
        migrations.CreateModel(
            name='OutsideAttempt',
            fields=[
                ('state_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('browser_hash', models.BinaryField()),
                ('sealed', models.BinaryField()),
                ('following', models.CharField(default='', max_length=2000)),
                ('is_own_device', models.BooleanField(default=False)),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.outsidesource')),
            ],
            options={
                'db_table': 'outside_attempt',
                'indexes': [models.Index(fields=['expires_at'], name='outside_attempt_old')],
            },
        ),
        migrations.CreateModel(
            name='OutsideAsk',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField()),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('sealed', models.BinaryField()),
                ('state', models.CharField(default='asked', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.BigIntegerField(null=True)),
                ('why', models.CharField(default='', max_length=200)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.outsidesource')),
            ],
            options={
                'db_table': 'outside_ask',
                'indexes': [models.Index(fields=['unit_no', 'state'], name='outside_ask_unit')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('source', 'issuer', 'subject'), name='outside_ask_once')],
            },
        ),
        migrations.CreateModel(
            name='PersonLink',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField(null=True)),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('is_home', models.BooleanField(default=False)),
                ('proved', models.CharField(max_length=8)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.outsidesource')),
            ],
            options={
                'db_table': 'person_link',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('issuer', 'subject'), name='person_link_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('is_home', True)), fields=('account',), name='person_link_one_home')],
            },
        ),
    ]
