"""What the team can be told of customers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.platform.notifications.kinds import Kind, Said
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project


def _mentioned(facts: Mapping[str, Any], project: Project) -> Said:
    return Said(_("%(by)s calls you in a note about %(name)s") % facts, facts["excerpt"])


def _where(facts: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "customers:customer", {"customer_id": facts["customer"]}


KINDS = (
    Kind(
        "customer.mentioned",
        gettext_lazy("A note that calls you"),
        "at-sign",
        "customers.read",
        _mentioned,
        _where,
        module="customers",
        by_email=tuple(Role),
    ),
)
