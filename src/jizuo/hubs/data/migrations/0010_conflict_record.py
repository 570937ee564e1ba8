from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    #: A base may hold a million conflicts: the index is built beside those who write.
    atomic = False
    dependencies = [("data", "0009_claim_print")]

    operations = [
        AddIndexConcurrently(
            model_name="fieldconflict",
            index=models.Index(fields=["record_id"], name="field_conflict_record"),
        ),
    ]
