from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0010_printing")]

    operations = [
        migrations.AddField(
            model_name="pupil",
            name="attends_at",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
    ]
