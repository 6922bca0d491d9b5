"""What each customer's bookings amount to, for the list of customers. Counted here once; deeds/figures.py does it from
now on."""

import django.db.models.deletion
from django.db import migrations, models

import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema

# Nobody has read the table yet. The product counts the same, see deeds/figures.py.
FIRST = """
INSERT INTO booking_figures (project_id, customer_id, visits, no_shows, worth_minor, last_visit_on, last_start_at)
SELECT b.project_id, b.customer_id, count(*) FILTER (WHERE b.came), count(*) FILTER (WHERE b.status = 'no_show'),
       coalesce(sum(b.total_minor) FILTER (WHERE b.came AND b.price_snapshot ->> 'currency' = p.currency), 0),
       max((b.starts_at AT TIME ZONE b.tz)::date) FILTER (WHERE b.came),
       max(b.starts_at) FILTER (WHERE b.status IN ('confirmed', 'in_progress'))
  FROM (SELECT *, status = 'completed' OR (status IN ('confirmed', 'in_progress') AND ends_at <= now()) AS came
          FROM booking_booking) b
  JOIN projects_project p ON p.id = b.project_id
  JOIN customers_customer c ON c.project_id = b.project_id AND c.id = b.customer_id AND c.erased_at IS NULL
 GROUP BY b.project_id, b.customer_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0002_limits_of_minutes"),
        ("customers", "0014_tombstones"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.CreateModel(
            name="Figures",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("visits", models.IntegerField(default=0)),
                ("no_shows", models.IntegerField(default=0)),
                ("worth_minor", models.BigIntegerField(default=0)),
                ("last_visit_on", models.DateField(null=True)),
                ("last_start_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="customers.customer"
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
                    models.Index(fields=["project", "visits", "customer"], name="booking_figures_by_visits"),
                    models.Index(
                        condition=models.Q(("no_shows__gt", 0)),
                        fields=["project", "no_shows", "customer"],
                        name="booking_figures_by_no_shows",
                    ),
                    models.Index(fields=["project", "last_visit_on", "customer"], name="booking_figures_by_last_visit"),
                    models.Index(fields=["project", "last_start_at", "customer"], name="booking_figures_by_last_start"),
                    models.Index(fields=["project", "worth_minor", "customer"], name="booking_figures_by_worth"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "customer"), name="booking_figures_once"),
                    flectar.core.tenancy.schema.TenantReference(field="customer", name="booking_figures_customer_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_figures_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_figures_in_project"),
                ],
            },
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
