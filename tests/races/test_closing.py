"""The last two owners of an organization close their accounts at once: one stays."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from flectar.core import clock
from flectar.platform.accounts import erasure
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Membership, Role
from tests import make


@pytest.mark.usefixtures("transactional_db")
def test_of_the_last_two_owners_one_stays():
    owners = [make.user(f"owner{number}@nacar.example") for number in range(2)]
    organization = make.organization("Nácar SL", owners[0])
    make.member(organization, owners[1], Role.OWNER)
    make.member(organization, make.user("dani@nacar.example"))
    User.objects.filter(pk__in=[each.pk for each in owners]).update(closes_at=clock.now() - timedelta(seconds=1))
    barrier, done = Barrier(2, timeout=30), []

    def close(owner: User) -> None:
        try:
            barrier.wait()
            done.append(erasure.finish(owner))
        finally:
            connection.close()

    threads = [Thread(target=close, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(done) == [False, True]
    assert Membership.objects.filter(organization=organization, role=Role.OWNER).count() == 1
