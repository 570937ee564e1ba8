from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0008_intake")]

    operations = [
        migrations.AddIndex(
            model_name="affiliation",
            index=models.Index(
                models.F("role"),
                models.F("sort_key"),
                models.F("id"),
                condition=models.Q(("end_on__isnull", True)),
                name="affiliation_names",
            ),
        ),
    ]
