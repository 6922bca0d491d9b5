"""Two customers that became one, and pairs that are not the same."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_search_what_names_begin_with_first"),
        ("projects", "0010_first_weekday"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gone_id", models.UUIDField()),
                ("gone_name", models.CharField(blank=True, max_length=200)),
                ("rows", models.JSONField(default=list)),
                ("moved", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kept",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="customers.customer"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "kept"], name="customers_merges_of"),
                    models.Index(fields=["project", "gone_id"], name="customers_merged_away"),
                ],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(field="kept", name="customers_merge_kept_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_merge_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_merge_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unlike",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "one",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "other",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "other"], name="customers_unlike_other")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "one", "other"), name="customers_unlike_once"),
                    flectar.core.tenancy.schema.TenantReference(field="one", name="customers_unlike_one_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="other", name="customers_unlike_other_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_unlike_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_unlike_in_project"),
                ],
            },
        ),
    ]
