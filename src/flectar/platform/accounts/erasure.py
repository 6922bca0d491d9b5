"""The end of an account. The row stays, emptied: what somebody wrote for a business has an author, who is nobody."""

from django.db import transaction

from flectar.core import clock
from flectar.core.events import announce
from flectar.platform.accounts import obstacles, personal
from flectar.platform.accounts.facts import AccountErased
from flectar.platform.accounts.letters import tell
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record


@transaction.atomic
def finish(user: User) -> bool:
    """Erase, if the day has come and nothing stands in the way by now. Whether it was done."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.closes_at is None or locked.closes_at > clock.now() or not locked.is_active:
        return False
    if found := obstacles.of(locked):
        locked.closes_at = None
        locked.save(update_fields=["closes_at"])
        tell(locked, "account.not_closed", {"sentences": found})
        return False
    announce(AccountErased(locked.pk))
    for file in personal.files_of(locked):
        transaction.on_commit(file.delete)
    personal.erase(locked)
    _empty(locked)
    record("account.erased", target=locked)
    return True


def _empty(user: User) -> None:
    user.email = f"{user.pk}@closed.invalid"
    user.first_name = user.last_name = user.picture = user.phone = ""
    user.locale, user.theme = "en", "system"
    user.is_active = user.is_operator = False
    user.last_login = user.closes_at = user.phone_verified_at = None
    user.set_unusable_password()
    user.save()
