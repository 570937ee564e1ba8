from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "create sequence base_no_seq as bigint minvalue 0 cache 1", "drop sequence base_no_seq"
        )
    ]
