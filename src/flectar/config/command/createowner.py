"""Add a person who owns a new organization: the first one on an installation, or another.

The password is asked for; where nobody can be asked (scripts) it is read from the first line of standard input.
"""

import argparse
import getpass
import sys

from flectar.config.command.edge import Refusal, django_as, running_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True, help="the person's name")
    parser.add_argument("--organization", required=True, help="its name")


def run(options: argparse.Namespace) -> int:
    with running_database():
        django_as("app")
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email
        from django.db import transaction

        password = _password()
        try:
            validate_email(options.email)
            validate_password(password)
        except ValidationError as error:
            raise Refusal(" ".join(error.messages)) from error
        with transaction.atomic():
            _create(options.email, options.name, options.organization, password)
    print(f"{options.email} owns {options.organization}, and may sign in now.")
    return 0


def _create(email: str, name: str, organization_name: str, password: str) -> None:
    from allauth.account.models import EmailAddress

    from flectar.platform.accounts.models import User
    from flectar.platform.organizations.models import Membership, Organization, Role

    if User.objects.filter(email=email.strip().lower()).exists():
        raise Refusal(f"{email} has an account already; nothing was made")
    first, _, last = name.strip().partition(" ")
    user = User.objects.create_user(email, password, first_name=first, last_name=last.strip())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    organization = Organization.objects.create(name=organization_name.strip())
    Membership.objects.create(organization=organization, user=user, role=Role.OWNER)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise Refusal("the two passwords differ; nothing was made")
    return password
