"""A fact reaches whoever listens, in order, inside the deed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction

from flectar.core import events
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import Project, SpecialDay


@dataclass(frozen=True, slots=True)
class DoorOpened:
    by: str


@dataclass(frozen=True, slots=True)
class WindowOpened(DoorOpened):
    pass


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    said: list[str] = []
    monkeypatch.setattr(events, "_reactions", {})
    events.connect({DoorOpened: [lambda fact: said.append(f"hello {fact.by}"), lambda fact: said.append("shut it")]})
    return said


def test_reactions_run_in_their_listed_order(heard: list[str]):
    events.announce(DoorOpened("Ana"))

    assert heard == ["hello Ana", "shut it"]


def test_a_fact_without_listeners_is_no_error(heard: list[str]):
    events.announce("nothing that anybody knows")

    assert heard == []


def test_a_narrower_fact_is_another_fact(heard: list[str]):
    events.announce(WindowOpened("Ana"))

    assert heard == []


def test_a_reaction_that_fails_fails_the_deed(salon: Project, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: DoorOpened) -> None:
        SpecialDay.objects.create(day=date(2026, 12, 25))
        raise RuntimeError("no")

    monkeypatch.setattr(events, "_reactions", {DoorOpened: [refuse]})

    with project_scope(salon.pk):
        with pytest.raises(RuntimeError), transaction.atomic():
            SpecialDay.objects.create(day=date(2026, 12, 24))
            events.announce(DoorOpened("Ana"))

        assert SpecialDay.objects.count() == 0
