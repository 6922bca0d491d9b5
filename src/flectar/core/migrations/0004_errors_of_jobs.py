"""The last error of a job is kept as long as the job itself."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_the_operator_counts_jobs")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE core_job_error (
                job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE,
                at timestamptz NOT NULL,
                error text NOT NULL
            );
            """,
            "DROP TABLE core_job_error;",
        ),
    ]
