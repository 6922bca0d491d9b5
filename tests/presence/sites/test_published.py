"""From the deed to the visitor: what is published is what is served, by every worker, whatever happens in between."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.projects import domains, moving, profile, suspension
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.models import BusinessProfile, Domain, Project, SpecialDay
from flectar.presence.sites.jobs import press_later, publish, renew
from flectar.presence.sites.models import Artifact, Edition, Site
from flectar.presence.sites.shelf import DatabaseShelf
from tests import make
from tests.presence.sites.browser import Browser
from tests.presence.sites.conftest import Heard, new_front, tell, wake


def published(project: Project, tagline: str) -> None:
    with project_scope(project.pk):
        BusinessProfile.objects.update(tagline=tagline)
        publish(project)


def version_of(project: Project) -> int:
    with project_scope(project.pk):
        return Edition.objects.get().version


def test_new_opening_hours_are_on_the_page_with_the_next_click(salon, browser, listener):
    published(salon, "Cut for how it dries")
    listener.wait_for(salon, 1)
    assert "9:00–17:00" in browser.get().text

    make.hours(salon.pk, {5: [(600, 300)]})
    with project_scope(salon.pk):
        announce(ProfileChanged(salon.pk))
    listener.wait_for(salon, 2)

    page = browser.get()
    assert page.headers["Content-Encoding"] == "br"
    assert "10:00–15:00" in page.text
    assert "9:00–17:00" not in page.text


def test_what_is_rolled_back_was_never_published(salon, browser):
    published(salon, "Before")

    with pytest.raises(RuntimeError), project_scope(salon.pk):
        BusinessProfile.objects.update(tagline="Never")
        publish(salon)
        raise RuntimeError

    assert version_of(salon) == 1
    assert "Before" in browser.get().text


@pytest.mark.django_db(transaction=True)
def test_a_changed_profile_and_its_page_are_one_deed(salon):
    """Not a job later, and not a page that outlives the deed."""
    with project_scope(salon.pk):
        publish(salon)

    def page() -> tuple[str, int]:
        found = Artifact.objects.get(path="/")
        return gzip.decompress(bytes(found.gzip)).decode(), Edition.objects.get().version

    with project_scope(salon.pk):
        _, before = page()
        profile.save_business(salon, name="Nácar", profile={"tagline": "Cut by daylight"})
        html, now = page()
        assert "Cut by daylight" in html
        assert now == before + 1
        transaction.set_rollback(True)

    with project_scope(salon.pk):
        html, now = page()
        assert "Cut by daylight" not in html
        assert now == before


def test_publishing_the_same_again_writes_nothing(salon, browser):
    published(salon, "Same")
    with project_scope(salon.pk):
        before = list(Artifact.objects.order_by("path").values_list("pk", "version", "used_at"))

    published(salon, "Same")

    assert version_of(salon) == 1
    with project_scope(salon.pk):
        assert list(Artifact.objects.order_by("path").values_list("pk", "version", "used_at")) == before


def test_each_publish_makes_one_number_however_many_there_are_at_once(salon, browser):
    published(salon, "Start")

    def one(number: int) -> None:
        try:
            published(salon, f"Line {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(16)))

    assert version_of(salon) == 17
    with project_scope(salon.pk):
        tagline = BusinessProfile.objects.get().tagline
    assert f"<h1>{tagline}</h1>" in browser.get().text


def test_a_slow_reader_never_keeps_what_was_replaced_while_it_read(salon, transactional_db):
    read, go_on = Event(), Event()

    class Slow(DatabaseShelf):
        def page(self, project_id, path):
            reading = super().page(project_id, path)
            if not read.is_set():
                read.set()
                assert go_on.wait(10)
            return reading

    browser = Browser(new_front(Slow()))
    listener = Heard(browser.front)
    listener.start()
    assert listener.is_listening.wait(10)
    published(salon, "Old line")
    listener.wait_for(salon, 1)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(browser.get)
        assert read.wait(10)
        published(salon, "New line")
        listener.wait_for(salon, 2)
        go_on.set()
        answer = slow.result(10)

    assert "New line" in answer.text
    assert "New line" in browser.get().text
    listener.stop()
    wake(listener)
    listener.join(10)


def test_fifty_readers_and_ten_publishes_end_on_the_last_page(salon, browser, listener):
    published(salon, "Line 0")

    def read(_: int) -> int:
        try:
            return browser.get().status
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read, number) for number in range(50)]
        for number in range(1, 11):
            published(salon, f"Line {number}")
        assert {reader.result(20) for reader in readers} == {200}
    listener.wait_for(salon, 11)

    assert "Line 10" in browser.get().text


def test_a_lost_notice_is_made_good_by_the_sweep(salon, browser):
    published(salon, "Old line")
    assert "Old line" in browser.get().text
    published(salon, "New line")
    assert "Old line" in browser.get().text

    listener = Heard(browser.front)
    with psycopg.connect(settings.LISTEN_DATABASE_URL, autocommit=True) as raw:
        listener.sweep(raw)

    assert "New line" in browser.get().text


def test_a_listener_sweeps_by_itself(salon, browser):
    published(salon, "Old line")
    browser.get()
    listener = Heard(browser.front, sweep_seconds=0.05)
    listener.start()
    listener.wait_for_sweep()
    with project_scope(salon.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE presence_sites_edition SET version = version + 1")

    listener.wait_for_sweep()
    listener.wait_for_sweep()

    assert browser.front.memory.loaded() == {}
    listener.stop()
    listener.join(10)


def test_a_first_publish_is_found_although_the_host_was_unknown(browser, listener, salon):
    assert browser.get("later.localhost").status == 421

    later = make.project("later", salon.organization)
    published(later, "Here we are")
    listener.wait_for(later, 1)

    assert "Here we are" in browser.get("later.localhost").text


def test_a_database_that_goes_away_takes_no_page_with_it(salon, clinic, browser, listener, cluster):
    published(salon, "Still here")
    published(clinic, "Not read yet")
    browser.get()
    name = connection.settings_dict["NAME"]

    with psycopg.connect(cluster["superuser"], autocommit=True) as superuser:
        superuser.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        try:
            connection.close_pool()
            superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 0.2

            assert "Still here" in browser.get().text
            assert browser.get("clinica.localhost").status == 503
        finally:
            superuser.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
            connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 20
            connection.close_pool()

    listener.wait_for_sweep()
    assert "Not read yet" in browser.get("clinica.localhost").text
    published(salon, "Back again")
    listener.wait_for(salon, 2)
    assert "Back again" in browser.get().text


def test_each_host_has_its_own_page_and_no_other(salon, clinic, browser):
    published(salon, "The salon")
    published(clinic, "The clinic")

    assert "The salon" in browser.get("nacar.localhost").text
    assert "The clinic" in browser.get("clinica.localhost").text
    with project_scope(clinic.pk):
        assert not Artifact.objects.filter(project=salon).exists()


def test_a_project_without_a_website_is_left_to_django(salon, browser, listener):
    published(salon, "Here")
    assert "Here" in browser.get().text

    with project_scope(salon.pk):
        salon.modules = ["booking"]
        salon.save()
        publish(salon)
    listener.wait_for(salon, 2)

    assert browser.get().headers["X-From"] == "django"
    with project_scope(salon.pk):
        assert not Artifact.objects.filter(is_immutable=False).exists()


def test_pages_made_by_other_code_are_left_to_django(salon, browser):
    published(salon, "Old code")
    with project_scope(salon.pk):
        Edition.objects.update(recipe="another")

    assert browser.get().headers["X-From"] == "django"

    renew.run(project_id=salon.pk)
    assert version_of(salon) == 2


def test_a_page_with_a_special_day_is_renewed_at_midnight(salon, browser):
    zone_midnight = datetime(2026, 12, 7, 23, tzinfo=UTC)  # Madrid
    with clock.frozen(datetime(2026, 12, 7, 10, tzinfo=UTC)), project_scope(salon.pk):
        SpecialDay.objects.create(day=date(2026, 12, 7), windows=[], note="Puente")
        publish(salon)

        assert Artifact.objects.get(path="/").valid_until == zone_midnight
        assert Artifact.objects.get(path="/robots.txt").valid_until is None
        assert b"Puente" in gzip.decompress(Artifact.objects.get(path="/").gzip)
    job = ProcrastinateJob.objects.get(task_name="sites.renew")
    assert job.scheduled_at == zone_midnight

    with clock.frozen(zone_midnight + timedelta(seconds=1)), project_scope(salon.pk):
        renew.run(project_id=salon.pk)

        assert b"Puente" not in gzip.decompress(Artifact.objects.get(path="/").gzip)
        assert Artifact.objects.get(path="/").valid_until is None


def test_a_page_past_its_time_comes_from_django(salon, browser, services):
    published(salon, "Time")
    assert "Next free:" in browser.get().text

    browser.front.clock = services.valid_until.timestamp

    assert browser.get().headers["X-From"] == "django"
    assert browser.get(path="/robots.txt").status == 200


def test_old_files_stay_for_a_day_and_old_pages_go_at_once(salon, browser):
    published(salon, "Look")
    with project_scope(salon.pk):
        old = set(Edition.objects.get().paths)
        Site.objects.update(skin="table")
        publish(salon)
        kept = set(Artifact.objects.values_list("path", flat=True))
        assert {path for path in old if path.startswith("/_theme/")} <= kept

    with clock.frozen(clock.now() + timedelta(days=2)), project_scope(salon.pk):
        tell(salon, tagline="Other")
        publish(salon)

        assert set(Artifact.objects.values_list("path", flat=True)) == set(Edition.objects.get().paths)


def test_a_publish_waits_for_the_one_before_it(salon, browser):
    published(salon, "First")
    holding, release = Event(), Event()

    def hold() -> None:
        try:
            with project_scope(salon.pk):
                BusinessProfile.objects.update(tagline="Second")
                publish(salon)
                holding.set()
                assert release.wait(10)
        finally:
            connection.close()

    def follow() -> None:
        try:
            with project_scope(salon.pk):
                publish(salon)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(hold)
        assert holding.wait(10)
        second = pool.submit(follow)
        release.set()
        first.result(10)
        second.result(10)

    assert version_of(salon) == 2
    assert "Second" in browser.get().text


def test_the_front_reads_no_other_projects_answer(salon, clinic, browser):
    published(salon, "The salon")
    shelf = DatabaseShelf()

    assert shelf.page(clinic.pk, "/").stored is None
    assert shelf.page(salon.pk, "/").stored is not None
    assert shelf.address("nobody.localhost") is None
    assert not transaction.get_connection().in_atomic_block


def test_what_was_packed_in_a_hurry_is_pressed_later_and_says_the_same(salon, browser, listener):
    published(salon, "Cut for how it dries")
    listener.wait_for(salon, 1)
    before = browser.get()

    press_later.run(project_id=salon.pk)
    listener.wait_for(salon, 2)
    after = browser.get()

    assert after.text == before.text
    assert int(after.headers["Content-Length"]) < int(before.headers["Content-Length"])
    assert after.headers["ETag"] != before.headers["ETag"]
    with project_scope(salon.pk):
        assert not Artifact.objects.filter(is_pressed=False).exists()


def test_pressing_is_asked_for_once_and_never_undoes_a_publish(salon, browser):
    published(salon, "First")
    published(salon, "Second")
    assert ProcrastinateJob.objects.filter(task_name="sites.press").count() == 1

    press_later.run(project_id=salon.pk)
    pressed = version_of(salon)
    published(salon, "Second")

    assert version_of(salon) == pressed
    assert "Second" in browser.get().text


# Domains and addresses


def domain_of(project: Project, name: str = "nacar.example") -> Domain:
    return Domain.objects.create(holder=project, name=name, state=Domain.State.PROVEN)


def test_a_domain_is_served_from_memory_and_every_other_host_leads_there(salon, browser, listener):
    with project_scope(salon.pk):
        domains.make_home(salon, domain_of(salon))
    listener.wait_for(salon, 1)

    page = browser.get("nacar.example:8000")
    elsewhere = [browser.get(host) for host in ("nacar.localhost:8000", "www.nacar.example")]

    assert page.status == 200
    assert "X-From" not in page.headers
    assert [answer.status for answer in elsewhere] == [301, 301]
    assert {answer.headers["Location"] for answer in elsewhere} == {"http://nacar.example:8000/"}


def test_a_domain_that_changes_hands_is_forgotten_at_once(salon, clinic, browser, listener):
    domain = domain_of(salon)
    with project_scope(salon.pk):
        domains.make_home(salon, domain)
    listener.wait_for(salon, 1)
    assert browser.get("nacar.example").status == 200

    with project_scope(salon.pk):
        domains.remove(salon, domain)
    listener.wait_for(salon, 2)
    assert browser.get("nacar.example").status == 421

    Domain.objects.all().delete()
    with project_scope(clinic.pk):
        domains.make_home(clinic, domain_of(clinic))
    listener.wait_for(clinic, 1)
    assert "Clínica Sala" in browser.get("nacar.example").text


def test_an_older_address_leads_on_from_memory_too(salon, browser, listener):
    published(salon, "Cut for how it dries")
    listener.wait_for(salon, 1)
    assert browser.get().status == 200

    with project_scope(salon.pk):
        moving.move(salon, "casa-rosa")
    listener.wait_for(salon, 2)

    assert browser.get().headers["Location"] == "http://casa-rosa.localhost:8000/"
    assert browser.get("casa-rosa.localhost:8000").status == 200


def test_a_closed_site_leaves_every_memory(salon, browser, listener):
    published(salon, "Cut for how it dries")
    listener.wait_for(salon, 1)
    assert "X-From" not in browser.get().headers

    suspension.suspend(salon, reason="legal", notice="…", by=None)
    listener.wait_for(salon, 2)

    assert browser.get().headers["X-From"] == "django"
