from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('message', '0001_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_attempt',
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('attempt_id__isnull', False)), fields=['unit_no', 'attempt_id'], name='delivery_attempt'),
        ),
        migrations.AddConstraint(
            model_name='channeladdress',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='channel_address_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='delivery_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='inboxitem',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='inbox_item_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='messagesetting',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='message_setting_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='ownwording',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='own_wording_unit_id'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('unit_no', 'id'), name='receipt_unit_id'),
        ),
    ]
