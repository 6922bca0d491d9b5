"""Several postal addresses of a customer, kinds of emails and phones; the search finds people by where they live."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema

_first = import_module("flectar.people.customers.migrations.0002_search")
_installing = import_module("flectar.people.customers.migrations.0003_search_by_walking_first")
_before = import_module("flectar.people.customers.migrations.0006_search_what_names_begin_with_first")

_WALKED = """                OR (digits IS NOT NULL AND (SELECT true FROM customers_customerphone p"""
_REACHED = """    ), found AS (
"""
_LIVES_THERE = """                OR (SELECT true FROM customers_customeraddress a
                     WHERE a.project_id = served AND a.customer_id = w.id AND a.key LIKE ALL (patterns) LIMIT 1)
"""
_LIVING_THERE = """        UNION
        SELECT a.customer_id FROM customers_customeraddress a
         WHERE a.project_id = served AND a.key LIKE patterns[1] AND a.key LIKE ALL (patterns)
           AND NOT EXISTS (SELECT FROM named n WHERE n.id = a.customer_id)
"""
FUNCTION = _before.FUNCTION.replace(_WALKED, _LIVES_THERE + _WALKED).replace(_REACHED, _LIVING_THERE + _REACHED)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_pictures"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.AddField(
            model_name="customeremail",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mobile", "Mobile"),
                    ("home", "Home"),
                    ("work", "Work"),
                    ("billing", "Invoices"),
                    ("delivery", "Deliveries"),
                    ("other", "Other"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="Kind",
            ),
        ),
        migrations.AddField(
            model_name="customerphone",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mobile", "Mobile"),
                    ("home", "Home"),
                    ("work", "Work"),
                    ("billing", "Invoices"),
                    ("delivery", "Deliveries"),
                    ("other", "Other"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="Kind",
            ),
        ),
        migrations.CreateModel(
            name="CustomerAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("street", models.CharField(blank=True, max_length=160, verbose_name="Street and number")),
                ("postal_code", models.CharField(blank=True, max_length=16, verbose_name="Postcode")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="City")),
                ("region", models.CharField(blank=True, max_length=80, verbose_name="Region")),
                ("country", models.CharField(default="ES", max_length=2, verbose_name="Country")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mobile", "Mobile"),
                            ("home", "Home"),
                            ("work", "Work"),
                            ("billing", "Invoices"),
                            ("delivery", "Deliveries"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("position", models.SmallIntegerField(default=0)),
                ("key", models.CharField(db_collation="C", editable=False, max_length=600)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="customers.customer"
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
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "customer", "key"), name="customers_address_once"),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="customers_address_says_something"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customeraddress_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customeraddress_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customeraddress_in_project"),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE INDEX customers_address_search"
            " ON customers_customeraddress USING gin (project_id, key gin_trgm_ops)",
            "DROP INDEX customers_address_search",
        ),
        migrations.RunSQL(_first._readable("customers_customeraddress"), _first._closed("customers_customeraddress")),
        migrations.RunSQL(_installing._install(FUNCTION), _installing._install(_before.FUNCTION)),
    ]
