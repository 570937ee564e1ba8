from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ground', '0004_unit_sources'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='about',
            field=models.CharField(db_default='', default='', max_length=200),
        ),
    ]
