from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_unit_numbers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="affiliation",
            name="sort_key",
            field=models.CharField(db_collation="C", max_length=160),
        ),
    ]
