"""A job that has begun gives its queueing key back.

Otherwise one that fails, or whose worker dies, cannot wait again while a twin with the same key waits already: the
unique index refuses it, and it stays `doing` for ever.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tables_of_the_kernel"), ("procrastinate", "0041_post_retry_failed_job")]
    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION core_begun_job_holds_no_key() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.queueing_lock := NULL; RETURN NEW; END $$;
            CREATE TRIGGER core_begun_job_holds_no_key BEFORE UPDATE OF status ON procrastinate_jobs
            FOR EACH ROW WHEN (NEW.status = 'doing') EXECUTE FUNCTION core_begun_job_holds_no_key();
            """,
            """
            DROP TRIGGER core_begun_job_holds_no_key ON procrastinate_jobs;
            DROP FUNCTION core_begun_job_holds_no_key();
            """,
        ),
    ]
