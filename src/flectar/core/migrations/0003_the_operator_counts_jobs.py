"""The role that counts may see how many jobs wait, run and failed; never their arguments."""

from django.db import migrations

from flectar.core.roles import OPS


class Migration(migrations.Migration):
    dependencies = [("core", "0002_begun_jobs_hold_no_key")]
    operations = [
        migrations.RunSQL(
            f"GRANT SELECT (id, status, task_name, scheduled_at) ON procrastinate_jobs TO {OPS};"
            f"GRANT SELECT (job_id, type, at) ON procrastinate_events TO {OPS};",
            f"REVOKE SELECT (id, status, task_name, scheduled_at) ON procrastinate_jobs FROM {OPS};"  # noqa: S608 - a constant of ours
            f"REVOKE SELECT (job_id, type, at) ON procrastinate_events FROM {OPS};",  # noqa: S608 - a constant of ours
        ),
    ]
