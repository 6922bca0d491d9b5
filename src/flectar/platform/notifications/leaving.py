"""What a person who closes their account leaves behind in lists and behind bells."""

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.facts import AccountErased
from flectar.platform.lists.models import FirstView, SavedView
from flectar.platform.notifications.models import Notification, Preference
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.models import Project


def forget(fact: AccountErased) -> None:
    """Reaction. Views that the whole team uses stay."""
    organizations = Membership.objects.filter(user=fact.user_id).values("organization")
    for project_id in list(Project.objects.filter(organization__in=organizations).values_list("pk", flat=True)):
        with project_scope(project_id):
            Notification.objects.filter(user=fact.user_id).delete()
            Preference.objects.filter(user=fact.user_id).delete()
            FirstView.objects.filter(user=fact.user_id).delete()
            SavedView.objects.filter(owner=fact.user_id, is_shared=False).delete()
