"""The address that each business has is its first location. A copy: the profile keeps what it says."""

from django.db import migrations

FIRST = """
INSERT INTO projects_location (project_id, name, is_first, street, postal_code, city, region, country, latitude,
                               longitude, phone, second_phone, zone, week, position)
SELECT profile.project_id, left(project.name, 80), true, profile.street, profile.postal_code, profile.city,
       profile.region, profile.country, profile.latitude, profile.longitude, profile.phone, profile.second_phone,
       project.zone, '[]', 0
  FROM projects_businessprofile profile JOIN projects_project project ON project.id = profile.project_id
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_locations")]

    operations = [migrations.RunSQL(FIRST, migrations.RunSQL.noop)]
