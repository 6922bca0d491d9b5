"""Coupons over the API."""

import json

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Coupon
from tests.offers.booking import make
from tests.platform.webapi import make as api
from tests.platform.webapi.make import Program

URL = "/api/v1/projects/nacar/coupons"


@pytest.fixture
def program(salon) -> Program:
    return Program(api.key(salon, "services.read", "services.write")[1])


def body(response):
    return json.loads(response.content)


def test_a_coupon_is_made_read_stopped_and_counted(program, salon):
    made = program.send("POST", URL, {"code": "Till 7", "percent": 15, "max_uses": 3})
    assert made.status_code == 201
    one = made["Location"]
    assert body(program.get(one)) == body(made)
    with project_scope(salon.pk):
        service = make.service(price_minor=1000)
        make.booking(salon, service, make.at(salon, "10:00"), codes=["till7"])

    assert body(program.get(one))["used"] == 1
    assert body(program.send("PATCH", one, {"is_active": False}))["is_active"] is False
    assert [each["code"] for each in body(program.get(URL))["items"]] == ["Till 7"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({}, "#/percent"),
        ({"percent": 10, "amount_minor": 100}, "#/percent"),
        ({"percent": 10, "service_ids": ["00000000-0000-0000-0000-000000000000"]}, "#/service_ids/0"),
        (
            {"percent": 10, "valid_from": "2026-12-02T00:00:00Z", "valid_until": "2026-12-01T00:00:00Z"},
            "#/valid_until",
        ),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused_with_the_place(program, salon, values, pointer):
    answer = program.send("POST", URL, values)

    assert answer.status_code == 422
    assert [error["pointer"] for error in body(answer)["errors"]] == [pointer]
    with project_scope(salon.pk):
        assert not Coupon.objects.exists()


def test_a_code_that_is_there_already_is_refused(program):
    program.send("POST", URL, {"code": "ONE", "amount_minor": 100})

    answer = program.send("POST", URL, {"code": "o n e", "amount_minor": 100})

    assert (answer.status_code, body(answer)["code"]) == (409, "code_taken")


def test_a_key_that_only_reads_makes_none(salon):
    reads = Program(api.key(salon, "services.read")[1])

    assert reads.get(URL).status_code == 200
    assert reads.send("POST", URL, {"percent": 10}).status_code == 403


def test_coupons_come_in_pages(program):
    for number in range(3):
        program.send("POST", URL, {"code": f"C{number}", "percent": 10})

    first = body(program.get(f"{URL}?limit=2"))
    second = body(program.get(f"{URL}?limit=2&cursor={first['next']}"))

    assert [one["code"] for one in [*first["items"], *second["items"]]] == ["C2", "C1", "C0"]
    assert second["next"] is None
