"""What is longer than two days is found by the hour, too, also where it stands on a room or a thing."""

import datetime

import django.db.models.expressions
import django.db.models.lookups
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table stays open to writers while the index grows

    dependencies = [("booking", "0015_dates_at_once")]

    operations = [
        AddIndexConcurrently(
            model_name="claim",
            index=models.Index(
                condition=models.Q(
                    django.db.models.lookups.GreaterThan(
                        django.db.models.expressions.CombinedExpression(
                            models.F("ends_at"), "-", models.F("starts_at")
                        ),
                        datetime.timedelta(days=2),
                    )
                ),
                fields=["project", "resource", "starts_at"],
                name="booking_claim_that_is_long",
            ),
        ),
    ]
