from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0005_support_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="is_own_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="is_own_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
