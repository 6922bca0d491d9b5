"""Nobody edits the log: `app` may not by grant, and triggers refuse everybody else who is not a superuser."""

from django.db import migrations

from flectar.core.roles import APP


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"""
            REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM {APP};
            CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
                FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
            CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
                FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
            """,
            f"""
            DROP TRIGGER audit_entry_no_change ON audit_entry;
            DROP TRIGGER audit_entry_no_truncate ON audit_entry;
            DROP FUNCTION audit_is_append_only;
            GRANT UPDATE, DELETE ON audit_entry TO {APP};
            """,
        )
    ]
