from django.db import models

from flectar.core import clock
from flectar.platform.projects.addresses import Skeleton
from flectar.platform.projects.models.project import Project


class PastAddress(models.Model):
    """An address that a project has had. It leads on to the present one, and nobody else may take it.

    When the project is gone for good it still keeps the name, so that a stranger does not inherit its links.
    """

    slug = models.CharField(max_length=48, primary_key=True)
    holder = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="past_addresses")
    retired_at = models.DateTimeField(default=clock.now)
    skeleton = models.GeneratedField(
        expression=Skeleton("slug"), output_field=models.CharField(max_length=48), db_persist=True
    )

    class Meta:
        verbose_name_plural = "past addresses"
        indexes = [models.Index(fields=["skeleton"], name="projects_past_by_skeleton")]

    def __str__(self) -> str:
        return self.slug
