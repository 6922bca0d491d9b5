"""Make a person with an account an operator, who sees the pages under /operator/; --remove ends it."""

import argparse

from flectar.config.command.edge import Refusal, django_as, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--remove", action="store_true", help="no longer")


def run(options: argparse.Namespace) -> int:
    with running_database():
        django_as("app")
        from django.db import transaction

        from flectar.platform.accounts.models import User
        from flectar.platform.audit.log import record

        with transaction.atomic():
            user = User.objects.select_for_update().filter(email=options.email.strip().lower()).first()
            if user is None:
                raise Refusal(f"{options.email} has no account here")
            wanted = not options.remove
            if user.is_operator != wanted:
                user.is_operator = wanted
                user.save(update_fields=["is_operator"])
                record("operator.added" if wanted else "operator.removed", target=user)
    print(f"{user.email} is {'an operator now: /operator/' if wanted else 'no operator'}.")
    return 0
