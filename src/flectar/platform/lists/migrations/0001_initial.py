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
        ("projects", "0004_domains"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("list", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("query", models.CharField(max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="Show it to the whole team")),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
                "constraints": [
                    models.UniqueConstraint(fields=("project", "list", "owner", "name"), name="lists_view_named_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("query", ""), _negated=True)
                        ),
                        name="lists_view_says_what",
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="lists_savedview_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="lists_savedview_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FirstView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("list", models.CharField(max_length=40)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "view",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="first_for", to="lists.savedview"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "user", "list"), name="lists_first_view_once"),
                    flectar.core.tenancy.schema.TenantReference(field="view", name="lists_firstview_view_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="lists_firstview_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="lists_firstview_in_project"),
                ],
            },
        ),
    ]
