from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("data", "0001_initial")]

    operations = []
