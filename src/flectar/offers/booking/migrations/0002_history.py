"""The history of a booking is only added to: the role that serves the product may neither change nor delete it."""

from django.db import migrations

from flectar.core.roles import APP


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON booking_bookingevent FROM {APP}",
            f"GRANT UPDATE, DELETE ON booking_bookingevent TO {APP}",
        )
    ]
