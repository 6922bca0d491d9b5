"""What an import brought is found when it is undone."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table stays open to writers while the index grows

    dependencies = [("booking", "0017_former_bookings")]

    operations = [
        AddIndexConcurrently(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("brought_by__isnull", False)),
                fields=["project", "brought_by"],
                name="booking_by_import",
            ),
        ),
    ]
