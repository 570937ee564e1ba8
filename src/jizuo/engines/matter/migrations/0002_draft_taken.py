from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matter", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="matterdraft",
            name="taken",
            field=ArrayField(models.CharField(max_length=120), default=list),
        ),
    ]
