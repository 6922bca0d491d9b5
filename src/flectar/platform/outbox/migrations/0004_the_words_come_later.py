from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_text_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="facts",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting"),
                    ("sending", "On its way"),
                    ("sent", "Sent"),
                    ("unknown", "Not sure it left"),
                    ("failed", "Will be tried again"),
                    ("dead", "Not sent"),
                    ("overtaken", "No longer needed"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
    ]
