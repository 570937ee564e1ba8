from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground", "0006_push_channels")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="moved_at_try",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
