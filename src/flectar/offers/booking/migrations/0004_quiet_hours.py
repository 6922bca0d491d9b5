import datetime

import django.db.models.deletion
from django.db import migrations, models

import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0003_customer_figures"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="Quiet hours")),
                ("begins", models.TimeField(default=datetime.time(21, 0), verbose_name="From")),
                ("ends", models.TimeField(default=datetime.time(9, 0), verbose_name="Until")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project",), name="booking_quiethours_one"),
                    models.CheckConstraint(
                        condition=models.Q(("begins", models.F("ends")), _negated=True), name="booking_quiethours_end"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_quiethours_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_quiethours_in_project"),
                ],
            },
        ),
    ]
