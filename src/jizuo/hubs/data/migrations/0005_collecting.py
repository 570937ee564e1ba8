from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("data", "0004_quality")]

    operations = []
