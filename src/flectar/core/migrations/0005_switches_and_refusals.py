"""What the operator has switched, and who is being held back by a limit: both for the operator's console."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_errors_of_jobs")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE core_switch (
                name text PRIMARY KEY,
                value jsonb NOT NULL,
                changed_at timestamptz NOT NULL
            );
            -- Keyed hashes, as in core_rate_limit; a crash empties it.
            CREATE UNLOGGED TABLE core_refusal (
                key text PRIMARY KEY,
                name text NOT NULL,
                hits bigint NOT NULL,
                first_at timestamptz NOT NULL,
                last_at timestamptz NOT NULL
            );
            """,
            "DROP TABLE core_switch; DROP TABLE core_refusal;",
        ),
    ]
