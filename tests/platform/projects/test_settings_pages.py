"""The settings of a project: each page opens for its owner and for nobody else."""

import pytest

PAGES = ["business", "hours", "place", "address", "modules", "team", "log"]


@pytest.mark.parametrize("page", PAGES)
def test_a_settings_page_is_for_the_team(page, signed_in, signed_in_stranger, visitor, salon):
    path = f"/nacar/settings/{page}"

    assert signed_in.get(path).status_code == 200
    assert signed_in_stranger.get(path).status_code == 404
    assert visitor.get(path).status_code == 302


def test_the_front_door_leads_on(signed_in, visitor, salon):
    assert signed_in.get("/").headers["Location"].startswith("/nacar/")
    assert visitor.get("/", follow=True).status_code == 200
    assert signed_in.get("/projects").status_code == 200
    assert signed_in.get("/projects/new").status_code == 200
