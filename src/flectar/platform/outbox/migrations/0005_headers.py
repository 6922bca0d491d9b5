from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0004_the_words_come_later"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="headers",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
