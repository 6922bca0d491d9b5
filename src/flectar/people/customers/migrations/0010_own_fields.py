"""Fields of the owner's own, and what customers answer."""

import django.db.models.deletion
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_notes_and_files"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("sort_key", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "One of several"),
                            ("yes_no", "Yes or no"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list)),
                ("position", models.SmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("project", "sort_key"),
                        name="customers_field_named_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="customers_field_has_a_name"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customfield_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customfield_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("number", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("day", models.DateField(null=True)),
                ("is_yes", models.BooleanField(null=True)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="customers.customer"
                    ),
                ),
                (
                    "field",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="customers.customfield"
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
                "indexes": [models.Index(fields=["project", "customer"], name="customers_values_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "field", "customer"), name="customers_value_once"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customvalue_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="field", name="customers_customvalue_field_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customvalue_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customvalue_in_project"),
                ],
            },
        ),
    ]
