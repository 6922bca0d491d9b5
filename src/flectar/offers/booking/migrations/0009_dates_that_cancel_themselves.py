from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0008_calendar_feeds")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="is_cancelled_if_few",
            field=models.BooleanField(db_default=False, default=False, verbose_name="Cancel it by itself"),
        ),
    ]
