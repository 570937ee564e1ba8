from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data", "0008_matching")]

    operations = [
        migrations.AddField(model_name="claim", name="print", field=models.UUIDField(null=True)),
    ]
