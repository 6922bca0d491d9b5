"""Reading what is out before a project is being served: by the front for a host, by the listener for all it holds."""

from django.db import migrations

from flectar.core.roles import APP, SEARCH

FUNCTION = """
CREATE FUNCTION presence_sites_editions(projects uuid[])
RETURNS TABLE (project_id uuid, version bigint, paths jsonb, recipe varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.project_id, e.version, e.paths, e.recipe FROM presence_sites_edition e WHERE e.project_id = ANY(projects)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("presence_sites", "0001_initial")]
    operations = [
        # Numbers and addresses that the whole world may ask for; the answers themselves stay behind their policy.
        migrations.RunSQL(
            [
                f"GRANT SELECT ON presence_sites_edition TO {SEARCH}",
                f"CREATE POLICY search ON presence_sites_edition FOR SELECT TO {SEARCH} USING (true)",
                FUNCTION,
                "REVOKE ALL ON FUNCTION presence_sites_editions FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION presence_sites_editions TO {APP}",
                f"ALTER FUNCTION presence_sites_editions OWNER TO {SEARCH}",
            ],
            [
                f"SET ROLE {SEARCH}",
                "DROP FUNCTION presence_sites_editions",
                "RESET ROLE",
                "DROP POLICY search ON presence_sites_edition",
                f"REVOKE SELECT ON presence_sites_edition FROM {SEARCH}",  # noqa: S608, a role of ours
            ],
        ),
    ]
