"""One function that empties every tenant table of a project whose time has come. `app` may not delete from tables that
only grow, so this runs as the owner; it refuses any project but the one being served, and any before its day."""

from django.db import migrations

from flectar.core.roles import APP

ERASE = """
CREATE FUNCTION projects_erase(leaving uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant_table name;
    gone bigint;
    total bigint := 0;
BEGIN
    IF leaving IS DISTINCT FROM nullif(current_setting('app.project_id', true), '')::uuid
        OR NOT EXISTS (SELECT 1 FROM projects_project WHERE id = leaving AND leaves_at <= clock_timestamp()) THEN
        RAISE EXCEPTION 'project % is not to be deleted now', leaving USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Rows point at each other in every direction; what counts is that nothing is left to point at.
    SET CONSTRAINTS ALL DEFERRED;
    FOR tenant_table IN
        SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid AND polname = 'tenant'
        WHERE relnamespace = 'public'::regnamespace AND relname <> 'audit_entry'
    LOOP
        EXECUTE format('DELETE FROM public.%I WHERE project_id = $1', tenant_table) USING leaving;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN total;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_endings")]

    operations = [
        migrations.RunSQL(
            [
                ERASE,
                "REVOKE ALL ON FUNCTION projects_erase FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION projects_erase TO {APP}",
            ],
            "DROP FUNCTION projects_erase",
        )
    ]
