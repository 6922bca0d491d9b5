"""A request with an Idempotency-Key is done once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.people.customers.models import Customer
from flectar.platform.webapi import idempotency, jobs
from flectar.platform.webapi.models import IdempotentAnswer
from tests.platform.webapi import make
from tests.platform.webapi.make import Program

CUSTOMERS = "/api/v1/projects/nacar/customers"


@pytest.fixture
def key(salon) -> str:
    return make.key(salon)[1]


def count(project) -> int:
    with project_scope(project.pk):
        found: int = Customer.objects.count()
        return found


def test_the_same_request_gets_the_same_answer(salon, key):
    first = Program(key).send("POST", CUSTOMERS, {"name": "Ana", "kind": "person"}, Idempotency_Key="one")
    again = Program(key).send("POST", CUSTOMERS, ' {"kind":"person",  "name":"Ana"}', Idempotency_Key="one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert count(salon) == 1


def test_without_a_key_it_is_done_twice(salon, key):
    for _ in range(2):
        Program(key).send("POST", CUSTOMERS, {"name": "Ana"})

    assert count(salon) == 2


def test_another_request_under_the_same_key_is_refused(salon, key):
    Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="one")

    other = Program(key).send("POST", CUSTOMERS, {"name": "Luis"}, Idempotency_Key="one")

    assert (other.status_code, json.loads(other.content)["code"]) == (422, "idempotency_key_reused")
    assert count(salon) == 1


def test_keys_of_two_callers_do_not_meet(salon, key):
    other = make.key(salon)[1]
    for text in (key, other):
        assert Program(text).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="one").status_code == 201

    assert count(salon) == 2


def test_a_refused_request_may_be_mended_under_its_key(salon, key):
    refused = Program(key).send("POST", CUSTOMERS, {"emails": ["ana@"]}, Idempotency_Key="one")
    mended = Program(key).send("POST", CUSTOMERS, {"emails": ["ana@example.com"]}, Idempotency_Key="one")

    assert (refused.status_code, mended.status_code) == (422, 201)


@pytest.mark.parametrize("odd", ["", "x" * 256, "ñ", "a\tb"])
def test_an_odd_key_is_refused(salon, key, odd):
    response = Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key=odd)

    assert (response.status_code, json.loads(response.content)["code"]) == (400, "bad_idempotency_key")
    assert count(salon) == 0


def test_after_a_day_it_is_a_new_request(salon, key):
    Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="one")
    with clock.frozen(clock.now() + timedelta(hours=25)):
        Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="one")

    assert count(salon) == 2


def test_answers_are_forgotten(salon, key):
    Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="one")
    with project_scope(salon.pk):
        jobs.forget_answers.run(project_id=salon.pk)
        assert IdempotentAnswer.objects.count() == 1
        with clock.frozen(clock.now() + timedelta(hours=25)):
            jobs.forget_answers.run(project_id=salon.pk)
        assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_are_one_deed_with_one_answer(salon, key):
    barrier = Barrier(12, timeout=20)

    def send(_number: int) -> tuple[int, bytes]:
        try:
            barrier.wait()
            response = Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="race")
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = set(pool.map(send, range(12)))

    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert count(salon) == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_that_waits_too_long_is_told_to_come_back(salon, key, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT", "50ms")
    caller = make.ApiKey.objects.get()

    def hold(barrier: Barrier, done: Barrier) -> None:
        try:
            with project_scope(salon.pk), transaction.atomic():
                IdempotentAnswer.objects.create(caller_id=caller.pk, key="slow", request_digest="x")
                barrier.wait()
                done.wait()
        finally:
            connection.close()

    started, done = Barrier(2, timeout=20), Barrier(2, timeout=20)
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold, started, done)
        started.wait()
        response = Program(key).send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="slow")
        done.wait()
        holding.result()

    assert (response.status_code, json.loads(response.content)["code"]) == (409, "in_progress")
    assert response["Retry-After"] == "1"
    assert count(salon) == 0
