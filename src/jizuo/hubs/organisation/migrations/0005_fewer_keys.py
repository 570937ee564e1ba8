from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_sort_by_bytes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_unit_id",
        ),
    ]
