from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ground', '0003_stored_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='unit',
            name='source_id',
            field=models.CharField(db_default='', max_length=255),
        ),
        migrations.CreateModel(
            name='UnitName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_no', models.IntegerField()),
                ('name', models.CharField(max_length=120)),
                ('short_name', models.CharField(max_length=40)),
                ('until', models.DateField()),
            ],
            options={
                'db_table': 'unit_name',
                'indexes': [models.Index(fields=['unit_no'], name='unit_name_unit')],
            },
        ),
    ]
