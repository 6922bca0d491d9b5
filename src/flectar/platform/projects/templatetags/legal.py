"""`{% load legal %}`: the way from a public page to the operator."""

from urllib.parse import urlencode

from django import template

from flectar.core.origins import platform_origin
from flectar.platform.projects.links import site_origin
from flectar.platform.projects.models import Project

register = template.Library()
# As it is printed on thousands of published pages: it stays, whatever becomes of the view.
_PATH = "/abuse"


@register.simple_tag
def report_url(project: Project) -> str:
    """Where to report this business's public pages. On the platform's host: the report is not for the business."""
    return f"{platform_origin()}{_PATH}?{urlencode({'page': site_origin(project)})}"
