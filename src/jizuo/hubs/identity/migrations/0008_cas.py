import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_upstream'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignOnTicket',
            fields=[
                ('ticket_hash', models.BinaryField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=8)),
                ('sid', models.UUIDField()),
                ('service', models.CharField(max_length=500)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                ('is_primary', models.BooleanField(default=False)),
                ('proxies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=500), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('app', models.ForeignKey(db_column='client_id', on_delete=django.db.models.deletion.CASCADE, to='identity.app')),
            ],
            options={
                'db_table': 'sign_on_ticket',
                'indexes': [models.Index(fields=['sid'], name='sign_on_ticket_sid'), models.Index(fields=['expires_at'], name='sign_on_ticket_old')],
            },
        ),
    ]
