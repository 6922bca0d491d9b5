import django.db.models.deletion
from django.db import migrations, models

import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0004_quiet_hours"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.AddField(
            model_name="waiting",
            name="location",
            field=flectar.core.tenancy.models.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="projects.location",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=flectar.core.tenancy.schema.TenantReference(
                field="location", name="booking_waiting_location_ref"
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="customer_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
