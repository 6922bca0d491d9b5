"""The search function and the trigram indexes it reads by."""

from django.db import migrations

from flectar.core.roles import APP, SEARCH

TABLES = ("customers_customer", "customers_customeremail", "customers_customerphone")

FUNCTION = """
CREATE FUNCTION customers_search(
    whole text, words text[], address text, digits text, archived boolean, after_key text, after_id uuid, room integer
) RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    served uuid := nullif(current_setting('app.project_id', true), '')::uuid;
    longest text := words[1];
BEGIN
    IF served IS NULL THEN
        RAISE EXCEPTION 'customers_search was called outside a project';
    END IF;
    IF length(longest) < 3 AND digits = '' THEN
        RETURN QUERY
        SELECT c.id FROM customers_customer c
         WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
           AND c.sort_key >= whole COLLATE "C" AND c.sort_key < (whole || chr(1114111)) COLLATE "C"
           AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
         ORDER BY c.sort_key, c.id LIMIT room;
        RETURN;
    END IF;
    RETURN QUERY
    WITH found AS (
        SELECT c.id FROM customers_customer c
         WHERE c.project_id = served AND c.sort_key LIKE '%' || longest || '%'
           AND c.sort_key LIKE ALL (SELECT '%' || w || '%' FROM unnest(words) w)
        UNION
        SELECT e.customer_id FROM customers_customeremail e
         WHERE address <> '' AND e.project_id = served AND e.email LIKE '%' || address || '%'
        UNION
        SELECT p.customer_id FROM customers_customerphone p
         WHERE digits <> '' AND p.project_id = served AND p.number LIKE '%' || digits || '%'
    )
    SELECT c.id FROM found JOIN customers_customer c ON c.id = found.id
     WHERE c.project_id = served AND (c.archived_at IS NOT NULL) = archived
       AND (after_id IS NULL OR (c.sort_key, c.id) > (after_key COLLATE "C", after_id))
     ORDER BY c.sort_key, c.id LIMIT room;
END $$;
"""


def _readable(table: str) -> str:
    return f"GRANT SELECT ON {table} TO {SEARCH}; CREATE POLICY search ON {table} FOR SELECT TO {SEARCH} USING (true)"


def _closed(table: str) -> str:
    return f"DROP POLICY search ON {table}; REVOKE SELECT ON {table} FROM {SEARCH}"  # noqa: S608  # a table of ours


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        # Trusted extensions: the owner of the database may add them.
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            """
            CREATE INDEX customers_customer_name_search
                ON customers_customer USING gin (project_id, sort_key gin_trgm_ops);
            CREATE INDEX customers_email_search
                ON customers_customeremail USING gin (project_id, email gin_trgm_ops);
            CREATE INDEX customers_phone_search
                ON customers_customerphone USING gin (project_id, number gin_trgm_ops);
            """,
            """
            DROP INDEX customers_customer_name_search;
            DROP INDEX customers_email_search;
            DROP INDEX customers_phone_search;
            """,
        ),
        # Without the right to read and a policy of its own the role would find nothing, and say nothing.
        migrations.RunSQL([_readable(table) for table in TABLES], [_closed(table) for table in TABLES]),
        migrations.RunSQL(
            [
                FUNCTION,
                "REVOKE ALL ON FUNCTION customers_search FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION customers_search TO {APP}",
                f"ALTER FUNCTION customers_search OWNER TO {SEARCH}",
            ],
            [f"SET ROLE {SEARCH}", "DROP FUNCTION customers_search", "RESET ROLE"],
        ),
    ]
