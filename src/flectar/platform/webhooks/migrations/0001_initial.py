import django.db.models.deletion
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("projects", "0007_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.URLField(max_length=500, verbose_name="Address")),
                ("description", models.CharField(blank=True, max_length=120, verbose_name="What it is for")),
                ("events", models.JSONField(default=list, verbose_name="Events")),
                ("secret", models.BinaryField()),
                ("old_secret", models.BinaryField(null=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("is_on", models.BooleanField(default=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("switched_off_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    flectar.core.tenancy.schema.TenantIsolation(name="webhooks_endpoint_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="webhooks_endpoint_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("message_id", models.CharField(max_length=40)),
                ("event", models.CharField(max_length=60)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "On its way"), ("delivered", "Delivered"), ("failed", "Given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "endpoint",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.endpoint"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(fields=["project", "endpoint", "-created_at", "-id"], name="webhooks_delivery_newest"),
                    models.Index(fields=["project", "created_at"], name="webhooks_delivery_oldest"),
                ],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(
                        field="endpoint", name="webhooks_delivery_endpoint_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="webhooks_delivery_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="webhooks_delivery_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                ("took_ms", models.PositiveIntegerField(default=0)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "delivery",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="webhooks.delivery"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "delivery", "at"], name="webhooks_attempt_of_delivery")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(field="delivery", name="webhooks_attempt_delivery_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="webhooks_attempt_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="webhooks_attempt_in_project"),
                ],
            },
        ),
    ]
