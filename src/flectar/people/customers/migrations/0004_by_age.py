"""Lists of customers in the order in which they came."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table stays open to writers while the index grows

    dependencies = [("customers", "0003_search_by_walking_first")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["project", "created_at", "id"], name="customers_by_age"),
        ),
    ]
