"""A resource may be limited by the minutes that it is taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_squashed_0020_letters")]

    operations = [
        migrations.AddField(
            model_name="limit",
            name="counts_minutes",
            field=models.BooleanField(db_default=False, default=False, verbose_name="Count minutes, not bookings"),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(("counts_minutes", False))
                | models.Q(("counts_people", False), ("resource__isnull", False)),
                name="booking_limit_counts_one_thing",
            ),
        ),
    ]
