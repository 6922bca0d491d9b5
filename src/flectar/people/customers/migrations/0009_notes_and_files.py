"""Notes that can be changed and taken away, and files."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_restriction_and_erasure"),
        ("projects", "0010_first_weekday"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="customernote",
            name="changed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="customernote",
            name="removed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="CustomerFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="File")),
                ("path", models.CharField(max_length=200)),
                ("size", models.IntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="customers.customer"
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
                "indexes": [models.Index(fields=["project", "customer", "-created_at"], name="customers_file_newest")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="customers_customerfile_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="customers_customerfile_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="customers_customerfile_in_project"),
                ],
            },
        ),
    ]
