from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("data", "0005_collecting")]

    operations = []
