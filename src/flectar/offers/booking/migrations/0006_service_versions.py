"""What services were before each of their changes."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0005_waiting_at_a_location"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entry_id", models.UUIDField()),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                ("state", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="booking.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "service", "entry_id"), name="booking_service_version_once"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="service", name="booking_serviceversion_service_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_serviceversion_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_serviceversion_in_project"),
                ],
            },
        ),
    ]
