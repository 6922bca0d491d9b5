"""Pictures of customers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_own_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="picture",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
