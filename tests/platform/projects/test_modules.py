"""A module that is off is not there."""

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from flectar.config.context import menu
from flectar.config.modules import Module
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.projects import modules
from flectar.platform.projects.access import dashboard, site_view
from flectar.platform.projects.models import Project


@dashboard("project.read", module="booking")
def calendar(request):
    return HttpResponse("calendar")


@site_view(module="booking")
def book(request):
    return HttpResponse("book")


@site_view
def page(request):
    return HttpResponse("page")


@pytest.fixture
def asked(rf: RequestFactory, lucia: User, salon: Project):
    request = rf.get("/nacar/calendar/")
    request.user, request.project = lucia, salon
    return request


def test_a_view_of_a_module_answers_while_it_is_on(asked):
    assert calendar(asked, project="nacar").content == b"calendar"
    assert book(asked).content == b"book"


def test_a_view_of_a_module_that_is_off_is_not_found(asked, salon: Project):
    salon.modules = ["customers", "site"]

    with pytest.raises(Http404):
        calendar(asked, project="nacar")
    with pytest.raises(Http404):
        book(asked)
    assert page(asked).content == b"page"


def test_a_menu_entry_goes_with_its_module(salon: Project):
    entry = Module("calendar", "Calendar", "calendar", "booking:calendar", "bookings.read", part_of="booking")

    assert entry.is_on(salon)
    salon.modules = ["customers"]
    assert not entry.is_on(salon)


def test_switching_is_recorded_with_what_was_on_before(in_salon: Project):
    assert modules.switch(in_salon, {"customers", "site"})

    in_salon.refresh_from_db()
    entry = Entry.objects.get(action="modules.switched")
    assert in_salon.modules == ["customers", "site"]
    assert entry.old == {"modules": ["booking", "customers", "site"]}
    assert entry.new == {"modules": ["customers", "site"]}


def test_switching_to_the_same_changes_and_records_nothing(in_salon: Project):
    assert not modules.switch(in_salon, {"customers", "site", "booking"})
    assert not Entry.objects.exists()


def test_a_module_cannot_go_without_what_it_needs(in_salon: Project):
    with pytest.raises(modules.Needed, match="Booking needs Customers"):
        modules.switch(in_salon, {"booking", "site"})

    in_salon.refresh_from_db()
    assert in_salon.modules == ["booking", "customers", "site"]


def test_a_module_that_no_table_knows_is_kept(in_salon: Project):
    Project.objects.filter(pk=in_salon.pk).update(modules=["customers", "shop"])

    modules.switch(in_salon, set())

    in_salon.refresh_from_db()
    assert in_salon.modules == ["shop"]
    with project_scope(in_salon.pk):
        assert Entry.objects.get().new == {"modules": ["shop"]}


def test_the_menu_needs_no_project(rf: RequestFactory, lucia: User):
    request = rf.get("/")
    request.user, request.project = lucia, None

    assert menu(request) == []
