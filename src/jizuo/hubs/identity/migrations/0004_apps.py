import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_screens'),
    ]

    operations = [
        migrations.AddField(
            model_name='ssosession',
            name='authed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='App',
            fields=[
                ('client_id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('unit_no', models.IntegerField(default=0)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(default='confidential', max_length=16)),
                ('token_auth', models.CharField(default='client_secret_basic', max_length=24)),
                ('redirect_uris', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), default=list, size=None)),
                ('post_logout_uris', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), default=list, size=None)),
                ('backchannel_logout_uri', models.CharField(blank=True, default='', max_length=500)),
                ('home_address', models.CharField(blank=True, default='', max_length=500)),
                ('jwks', models.JSONField(null=True)),
                ('jwks_uri', models.CharField(blank=True, default='', max_length=500)),
                ('sector', models.CharField(max_length=255)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('agreed_scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('grants', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('id_token_alg', models.CharField(default='ES256', max_length=8)),
                ('pkce_exempt_until', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('cas_services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), default=list, size=None)),
                ('plain_addresses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), default=list, size=None)),
                ('is_active', models.BooleanField(default=True)),
                ('access_seconds', models.IntegerField(default=600)),
                ('refresh_seconds', models.IntegerField(default=43200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'app',
                'indexes': [models.Index(fields=['unit_no', 'name'], name='app_unit')],
            },
        ),
        migrations.CreateModel(
            name='AppSecret',
            fields=[
                ('secret_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('tail', models.CharField(default='', max_length=4)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'app_secret',
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('kid', models.CharField(max_length=43, primary_key=True, serialize=False)),
                ('alg', models.CharField(max_length=8)),
                ('public', models.JSONField()),
                ('sealed', models.BinaryField()),
                ('publish_at', models.DateTimeField()),
                ('use_from', models.DateTimeField()),
                ('use_until', models.DateTimeField()),
                ('drop_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'signing_key',
                'indexes': [models.Index(fields=['alg', 'use_from'], name='signing_key_use')],
            },
        ),
        migrations.CreateModel(
            name='TokenFamily',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sid', models.UUIDField(null=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('code_hash', models.BinaryField(null=True, unique=True)),
                ('nonce', models.CharField(blank=True, default='', max_length=500)),
                ('authed_at', models.DateTimeField()),
                ('acr', models.CharField(default='', max_length=16)),
                ('amr', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('claims', models.JSONField(null=True)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('why', models.CharField(blank=True, default='', max_length=16)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'token_family',
            },
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('token_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('family', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='identity.tokenfamily')),
            ],
            options={
                'db_table': 'refresh_token',
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('token_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('app', models.ForeignKey(db_column='client_id', db_index=False, on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
                ('family', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='identity.tokenfamily')),
            ],
            options={
                'db_table': 'access_token',
            },
        ),
        migrations.CreateModel(
            name='UsedAssertion',
            fields=[
                ('key', models.BinaryField(primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'used_assertion',
                'indexes': [models.Index(fields=['expires_at'], name='used_assertion_old')],
            },
        ),
        migrations.CreateModel(
            name='AppSignOn',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sid', models.UUIDField()),
                ('protocol', models.CharField(default='oidc', max_length=8)),
                ('handle', models.CharField(blank=True, default='', max_length=300)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('state', models.CharField(default='none', max_length=10)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('tries', models.IntegerField(default=0)),
                ('told_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, default='', max_length=40)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'app_sign_on',
                'indexes': [models.Index(fields=['account', '-begun_at'], name='app_sign_on_account'), models.Index(condition=models.Q(('state', 'pending')), fields=['state'], name='app_sign_on_pending')],
                'constraints': [models.UniqueConstraint(fields=('sid', 'app', 'protocol', 'handle'), name='app_sign_on_once')],
            },
        ),
        migrations.CreateModel(
            name='AuthorizationCode',
            fields=[
                ('code_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('sid', models.UUIDField()),
                ('redirect_uri', models.CharField(max_length=500)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('nonce', models.CharField(blank=True, default='', max_length=500)),
                ('challenge', models.CharField(blank=True, default='', max_length=43)),
                ('authed_at', models.DateTimeField()),
                ('acr', models.CharField(default='', max_length=16)),
                ('amr', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('claims', models.JSONField(null=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'authorization_code',
                'indexes': [models.Index(fields=['expires_at'], name='authorization_code_old')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('version', models.IntegerField()),
                ('by', models.CharField(default='self', max_length=10)),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
                ('by_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'consent',
                'indexes': [models.Index(fields=['account', 'app'], name='consent_account')],
            },
        ),
        migrations.AddIndex(
            model_name='tokenfamily',
            index=models.Index(fields=['sid'], name='token_family_sid'),
        ),
        migrations.AddIndex(
            model_name='tokenfamily',
            index=models.Index(fields=['account', 'app'], name='token_family_account'),
        ),
        migrations.AddIndex(
            model_name='tokenfamily',
            index=models.Index(fields=['ends_at'], name='token_family_old'),
        ),
        migrations.AddIndex(
            model_name='accesstoken',
            index=models.Index(fields=['expires_at'], name='access_token_old'),
        ),
    ]
