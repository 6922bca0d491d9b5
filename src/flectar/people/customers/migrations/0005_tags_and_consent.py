"""Tags, and the ledger of consents: the application may add to it, and move a line to the customer with whom its own was
merged, but never change one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema
from flectar.core.roles import APP


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_by_age"),
        ("projects", "0010_first_weekday"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="Tag")),
                ("sort_key", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerTag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="customers.customer"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "tag",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bearers", to="customers.tag"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("news", "News and offers"),
                            ("reminders", "Reminders"),
                            ("photos", "Photos of them in public"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("", "Any"), ("email", "Email"), ("sms", "SMS"), ("whatsapp", "WhatsApp")],
                        max_length=20,
                    ),
                ),
                ("is_given", models.BooleanField()),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("team", "told your team"),
                            ("booking", "on the booking page"),
                            ("website", "by a form on your website"),
                            ("link", "by the link in a message"),
                            ("message", "by a message"),
                            ("import", "from an imported file"),
                            ("api", "through the API"),
                        ],
                        max_length=20,
                    ),
                ),
                ("wording", models.TextField(blank=True, default="")),
                ("wording_version", models.CharField(blank=True, default="", max_length=40)),
                ("wording_locale", models.CharField(blank=True, default="", max_length=10)),
                ("page", models.CharField(blank=True, default="", max_length=200)),
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
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="customers.customer"
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
                    models.Index(
                        fields=["project", "customer", "purpose", "channel", "-at"], name="customers_consent_newest"
                    )
                ],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_consent_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_consent_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_consent_in_project"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("project", "sort_key"), name="customers_tag_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("sort_key", ""), _negated=True)),
                name="customers_tag_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=flectar.core.tenancy.schema.TenantIsolation(name="customers_tag_tenant"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("project", "id"), name="customers_tag_in_project"),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=models.Index(fields=["project", "customer"], name="customers_tags_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(fields=("project", "tag", "customer"), name="customers_tag_borne_once"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=flectar.core.tenancy.schema.TenantReference(
                field="customer", name="customers_customertag_customer_ref"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=flectar.core.tenancy.schema.TenantReference(field="tag", name="customers_customertag_tag_ref"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=flectar.core.tenancy.schema.TenantIsolation(name="customers_customertag_tenant"),
        ),
        migrations.AddConstraint(
            model_name="customertag",
            constraint=models.UniqueConstraint(fields=("project", "id"), name="customers_customertag_in_project"),
        ),
        # As in the audit log: what somebody agreed to is not rewritten.
        migrations.RunSQL(
            f"REVOKE UPDATE ON customers_consent FROM {APP};"
            f"GRANT UPDATE (customer_id, author_id) ON customers_consent TO {APP};",
            f"GRANT UPDATE ON customers_consent TO {APP};",
        ),
    ]
