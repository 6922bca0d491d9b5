"""The operator's page of failed jobs: who sees it, what it shows, and running one again."""

import pytest
from django.db import connection
from django.test import Client

from flectar.core import failures
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from tests import make
from tests.oversight.operations.make import a_failed_job

JOBS = "/operator/jobs/"


@pytest.fixture
def operator(signed_in: Client, lucia: User) -> Client:
    make.operator(lucia)
    return signed_in


def status_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchone()[0])


def test_an_owner_who_is_no_operator_finds_nothing(signed_in: Client):
    job_id = a_failed_job()

    assert signed_in.get(JOBS).status_code == 404
    assert signed_in.post(f"{JOBS}{job_id}/repetition").status_code == 404
    assert signed_in.post(f"{JOBS}repetition").status_code == 404

    assert status_of(job_id) == "failed"
    assert not Entry.objects.filter(action="job.retried").exists()


def test_nobody_in_particular_is_asked_to_sign_in(visitor: Client, db: None):
    assert visitor.get(JOBS)["Location"] == f"/account/login/?next={JOBS}"


def test_the_menu_leads_operators_there_and_nobody_else(operator: Client, signed_in_stranger: Client):
    assert 'href="/operator/"' in operator.get("/account/").content.decode()
    assert JOBS in operator.get("/operator/").content.decode()
    assert "/operator/" not in signed_in_stranger.get("/account/").content.decode()


def test_without_failures_it_says_so(operator: Client):
    assert "No job has failed" in operator.get(JOBS).content.decode()


def test_it_shows_the_last_error_of_each(operator: Client):
    a_failed_job("outbox.send", "OperationalError: the connection was lost")
    a_failed_job("sites.renew", error="")

    page = operator.get(JOBS).content.decode()

    assert "OperationalError: the connection was lost" in page
    assert "Its worker ended under it." in page
    assert "outbox.send" in page
    assert "sites.renew" in page


def test_it_shows_one_kind_in_pages(operator: Client, django_assert_max_num_queries):
    for _ in range(30):
        a_failed_job("outbox.send")
    a_failed_job("sites.renew", "KeyError: other")

    operator.get("/account/")  # the first visit writes down the device
    with django_assert_max_num_queries(6):
        first = operator.get(f"{JOBS}?name=outbox.send").content.decode()
    second = operator.get(f"{JOBS}?name=outbox.send&after=25").content.decode()

    assert (first.count("/repetition"), second.count("/repetition")) == (26, 6)
    assert "KeyError: other" not in first
    assert operator.get(f"{JOBS}?name=x&after=nine").status_code == 200


def test_running_one_again_queues_it_and_is_recorded(operator: Client, lucia: User):
    job_id, other = a_failed_job(), a_failed_job()

    answer = operator.post(f"{JOBS}{job_id}/repetition", {"name": "outbox.send"})

    assert answer["Location"] == f"{JOBS}?name=outbox.send"
    assert (status_of(job_id), status_of(other)) == ("todo", "failed")
    entry = Entry.objects.get(action="job.retried")
    assert (entry.actor_id, entry.new) == (lucia.pk, {"job": job_id, "name": "outbox.send"})


def test_running_one_again_twice_changes_nothing_the_second_time(operator: Client):
    job_id = a_failed_job()
    operator.post(f"{JOBS}{job_id}/repetition")

    answer = operator.post(f"{JOBS}{job_id}/repetition", follow=True)

    assert "That job no longer stands among the failed ones" in answer.content.decode()
    assert Entry.objects.filter(action="job.retried").count() == 1


def test_running_all_of_a_kind_leaves_the_others(operator: Client):
    mail, site = a_failed_job("outbox.send"), a_failed_job("sites.renew")

    answer = operator.post(f"{JOBS}repetition", {"name": "outbox.send"}, follow=True)

    assert "1 job will run again" in answer.content.decode()
    assert (status_of(mail), status_of(site)) == ("todo", "failed")
    assert failures.counts() == {"sites.renew": 1}
