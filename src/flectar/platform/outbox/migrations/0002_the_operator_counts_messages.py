"""The role that counts may see how many messages are in which state, over all projects; nothing of what they say."""

from django.db import migrations

from flectar.core.roles import OPS


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"GRANT SELECT (state, created_at) ON outbox_message TO {OPS};"
            f"CREATE POLICY counted ON outbox_message FOR SELECT TO {OPS} USING (true);",
            f"DROP POLICY counted ON outbox_message; REVOKE SELECT (state, created_at) ON outbox_message FROM {OPS};",  # noqa: S608 - a constant of ours
        ),
    ]
