"""The shared cache and the rate limits: unlogged, because losing them in a crash only costs a little work."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE core_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX core_cache_expires ON core_cache (expires);
            CREATE UNLOGGED TABLE core_rate_limit (
                key text PRIMARY KEY,
                free_at double precision NOT NULL
            );
            CREATE INDEX core_rate_limit_free_at ON core_rate_limit (free_at);
            """,
            "DROP TABLE core_cache; DROP TABLE core_rate_limit;",
        ),
    ]
