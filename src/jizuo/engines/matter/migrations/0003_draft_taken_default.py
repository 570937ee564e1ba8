import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matter", "0002_draft_taken"),
    ]

    operations = [
        migrations.AlterField(
            model_name="matterdraft",
            name="taken",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), db_default=[], default=list, size=None
            ),
        ),
    ]
