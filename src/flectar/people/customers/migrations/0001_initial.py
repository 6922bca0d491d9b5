import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("content", models.BinaryField(null=True)),
                ("says", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting for you to check it"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Stopped"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("rows", models.IntegerField(default=0)),
                ("people", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("added", models.IntegerField(default=0)),
                ("completed", models.IntegerField(default=0)),
                ("known", models.IntegerField(default=0)),
                ("remarks", models.JSONField(default=list)),
                ("headers", models.JSONField(default=list)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
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
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-created_at"], name="customers_import_newest")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customerimport_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customerimport_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("sort_key", models.CharField(db_collation="C", editable=False, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        default="person",
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("locale", models.CharField(blank=True, max_length=10, verbose_name="Language")),
                (
                    "collected_via",
                    models.CharField(
                        choices=[
                            ("dashboard", "Typed in by your team"),
                            ("import", "Import"),
                            ("api", "API"),
                            ("booking", "Booking page"),
                            ("website", "Form on your website"),
                            ("listing", "Listing page"),
                            ("invoice", "Invoice"),
                            ("file_share", "Shared file"),
                            ("message", "Message"),
                            ("subscription", "Subscription"),
                            ("integration", "Connected service"),
                        ],
                        max_length=20,
                        verbose_name="Came by",
                    ),
                ),
                ("collected_from", models.CharField(blank=True, max_length=200)),
                ("notice_version", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "brought_by",
                    flectar.core.tenancy.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="customers",
                        to="customers.customerimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["project", "sort_key", "id"],
                        name="customers_current_by_name",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at__isnull", False)),
                        fields=["project", "sort_key", "id"],
                        name="customers_archived_by_name",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="customers_customer_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "company"])), name="customers_customer_kind"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="brought_by", name="customers_customer_brought_by_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customer_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customer_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="Note")),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="customers.customer"
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
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["project", "customer", "-created_at"], name="customers_note_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="customers_note_says_something"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customernote_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customernote_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customernote_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerPhone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(db_collation="C", max_length=16, verbose_name="Phone")),
                ("position", models.SmallIntegerField(default=0)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phones", to="customers.customer"
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
                "ordering": ["position", "id"],
                "indexes": [models.Index(fields=["project", "number"], name="customers_phone_by_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "customer", "number"), name="customers_phone_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^\\+[1-9][0-9]{6,14}$")), name="customers_phone_is_e164"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customerphone_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customerphone_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customerphone_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEmail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="Email")),
                ("position", models.SmallIntegerField(default=0)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="emails", to="customers.customer"
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
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "email"), name="customers_email_has_one_customer"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customeremail_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customeremail_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customeremail_in_project"),
                ],
            },
        ),
    ]
