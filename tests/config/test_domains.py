"""What the proxy hears when it asks whether a name may have a certificate."""

import pytest
from django.test import Client

from flectar.platform.projects.models import Project


@pytest.mark.parametrize("name", ["localhost", "files.localhost", "nacar.localhost", "NACAR.localhost."])
def test_our_own_hosts_and_sites_may(salon: Project, name: str):
    assert Client(headers={"host": "web:8000"}).get("/internal/domains/allowed", {"domain": name}).status_code == 200


@pytest.mark.parametrize("name", ["", "nobody.localhost", "x.nacar.localhost", "nacar.example", ".localhost", "nacar"])
def test_no_other_name_may(salon: Project, name: str):
    assert Client(headers={"host": "web:8000"}).get("/internal/domains/allowed", {"domain": name}).status_code == 404
