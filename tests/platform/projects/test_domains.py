"""A domain answers once its DNS record has proved whose it is, and never for anybody else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from flectar.core import clock, dns
from flectar.core.tenancy import project_scope
from flectar.offers.booking.messages.notices import manage_url
from flectar.platform.audit.models import Entry
from flectar.platform.integrations.dns.emulator.server import NameServer
from flectar.platform.outbox.models import Message
from flectar.platform.projects import domains, jobs
from flectar.platform.projects.domain_names import domain_from
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import Domain, Project
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def added(project: Project, name: str = "nacar.example") -> Domain:
    with project_scope(project.pk):
        return domains.add(project, name)


def proven(project: Project, names: NameServer, name: str = "nacar.example") -> Domain:
    domain = added(project, name)
    names.zone.put(domain.proof_name, "TXT", domain.proof)
    jobs.check_domain.run(domain_id=domain.pk)
    project.refresh_from_db()
    domain.refresh_from_db()
    assert domain.is_proven
    return domain


def at_home(project: Project, names: NameServer, name: str = "nacar.example") -> Domain:
    domain = proven(project, names, name)
    with project_scope(project.pk):
        domains.make_home(project, domain)
    return domain


def allowed(name: str) -> int:
    return Client(headers={"host": "web:8000"}).get("/internal/domains/allowed", {"domain": name}).status_code


def actions(project: Project) -> list[str]:
    with project_scope(project.pk):
        return list(Entry.objects.order_by("at", "id").values_list("action", flat=True))


# Names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nacar.Example", "nacar.example"),
        (" https://www.nacar.example/prices?x=1 ", "www.nacar.example"),
        ("nacar.example.", "nacar.example"),
        ("peluquería.es", "xn--peluquera-n5a.es"),
        ("PELUQUERÍA.es:443", "xn--peluquera-n5a.es"),
        ("shop.nacar.co.uk", "shop.nacar.co.uk"),
    ],
)
def test_a_domain_has_one_spelling(typed: str, name: str):
    assert domain_from(typed) == name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write a domain"),
        ("nacar", "Write a domain"),
        ("na car.example", "Write a domain"),
        ("127.0.0.1", "Write a domain"),
        ("[::1]", "Write a domain"),
        ("-x.example", "Write a domain"),
        ("a\x00b.example", "Write a domain"),
        (f"{'x' * 64}.example", "Write a domain"),
        (".".join(["abcdefghi"] * 25), "Write a domain"),
        ("co.uk", "an ending that many share"),
        ("github.io", "an ending that many share"),
        ("com", "Write a domain"),
        ("nacar.localhost", "belongs to this platform"),
        ("files.localhost", "belongs to this platform"),
    ],
)
def test_a_name_that_nobody_can_own_is_refused(typed: str, said: str):
    with pytest.raises(ValidationError, match=said):
        domain_from(typed)


def test_the_platforms_parents_are_not_for_sale(settings):
    settings.PLATFORM_HOST, settings.SITE_HOST = "app.flectar.example", "sites.example"

    for name in ("flectar.example", "app.flectar.example", "x.sites.example"):
        with pytest.raises(ValidationError, match="belongs to this platform"):
            domain_from(name)


# Proof


def test_nothing_is_served_before_the_proof(salon: Project, names: NameServer):
    domain = added(salon)
    names.zone.put("nacar.example", "A", "127.0.0.1")

    jobs.check_domain.run(domain_id=domain.pk)

    domain.refresh_from_db()
    assert (domain.state, domain.problem) == (Domain.State.WAITING, Domain.Problem.MISSING)
    assert allowed("nacar.example") == 404
    assert Client(headers={"host": "nacar.example"}).get("/").status_code == 421


def test_the_record_proves_the_domain(salon: Project, names: NameServer):
    proven(salon, names)

    assert allowed("nacar.example") == allowed("www.nacar.example") == allowed("NACAR.example.") == 200
    assert allowed("x.nacar.example") == 404
    assert actions(salon) == ["domain.added", "domain.proven"]


def test_another_projects_value_proves_nothing(salon: Project, clinic: Project, names: NameServer):
    theirs, ours = added(clinic), added(salon)
    names.zone.put(ours.proof_name, "TXT", theirs.proof, "v=spf1 -all")

    jobs.check_domain.run(domain_id=ours.pk)

    ours.refresh_from_db()
    assert (ours.state, ours.problem) == (Domain.State.WAITING, Domain.Problem.OTHER)
    assert theirs.proof != ours.proof


def test_a_value_is_found_among_others_and_through_an_alias(salon: Project, names: NameServer):
    domain = added(salon)
    names.zone.put(domain.proof_name, "CNAME", "proof.nacar.example.")
    names.zone.put("proof.nacar.example", "TXT", "something else", domain.proof)

    jobs.check_domain.run(domain_id=domain.pk)

    domain.refresh_from_db()
    assert domain.is_proven


@pytest.mark.parametrize("fault", ["silent", "servfail"])
def test_silence_is_no_answer(salon: Project, names: NameServer, fault: str, monkeypatch: pytest.MonkeyPatch):
    domain = proven(salon, names)
    names.faults["*"] = fault
    monkeypatch.setattr(dns, "SECONDS", 0.4)
    dns._resolver.cache_clear()

    jobs.check_domain.run(domain_id=domain.pk)

    domain.refresh_from_db()
    assert (domain.is_proven, domain.problem, domain.failures) == (True, Domain.Problem.SILENT, 0)


def test_a_long_answer_comes_over_tcp(names: NameServer):
    names.faults["long.example"] = "truncated"
    names.zone.put("long.example", "TXT", *("x" * 200 for _ in range(2)), "end")

    assert sorted(dns.texts("long.example")) == ["end", "x" * 200]


def test_the_first_domain_that_leads_here_becomes_the_home(salon: Project, names: NameServer, settings):
    settings.SITE_ADDRESSES = ["192.0.2.7"]
    names.zone.put("www.nacar.example", "A", "192.0.2.7")
    proven(salon, names, "www.nacar.example")
    assert salon.site_host == "www.nacar.example"

    names.zone.put("nacar.example", "A", "192.0.2.7")
    proven(salon, names, "nacar.example")
    assert salon.site_host == "www.nacar.example"


def test_a_domain_that_leads_elsewhere_takes_no_visitor_away(salon: Project, names: NameServer, settings):
    settings.SITE_ADDRESSES = ["192.0.2.7"]
    names.zone.put("nacar.example", "A", "192.0.2.99")

    domain = proven(salon, names)

    assert (domain.leads_here, salon.site_host) == (False, "nacar.localhost")


# Taking over


def test_while_a_proof_stands_nobody_else_adds_the_domain(salon: Project, clinic: Project, names: NameServer):
    proven(salon, names)

    with pytest.raises(domains.DomainTaken, match="is connected to another project"):
        added(clinic)

    assert not clinic.domains.exists()
    assert Client(headers={"host": "nacar.example"}).get("/").status_code == 301


def test_who_typed_it_first_does_not_hold_it(salon: Project, clinic: Project, names: NameServer):
    squatter = added(clinic)

    proven(salon, names)
    names.zone.put(squatter.proof_name, "TXT", squatter.proof)
    jobs.check_domain.run(domain_id=squatter.pk)

    squatter.refresh_from_db()
    assert (squatter.is_proven, squatter.problem) == (False, Domain.Problem.TAKEN)


def test_a_domain_given_up_is_nobodys_for_a_month(salon: Project, clinic: Project, names: NameServer):
    with clock.frozen(NOON):
        domain = proven(salon, names)
        with project_scope(salon.pk):
            domains.remove(salon, domain)
        assert allowed("nacar.example") == 404
    with clock.frozen(NOON + timedelta(days=29)), pytest.raises(domains.DomainTaken):
        added(clinic)
    with clock.frozen(NOON + timedelta(days=30, minutes=1)):
        added(clinic)
        jobs.check_domains.run()

    assert [each.holder for each in Domain.objects.all()] == [clinic]


def test_whoever_gave_it_up_may_have_it_back_with_the_same_record(salon: Project, names: NameServer):
    domain = proven(salon, names)
    with project_scope(salon.pk):
        domains.remove(salon, domain)

    again = added(salon)
    jobs.check_domain.run(domain_id=again.pk)

    again.refresh_from_db()
    assert again.is_proven


def test_an_unproven_one_leaves_nothing(salon: Project, clinic: Project):
    domain = added(salon)
    with project_scope(salon.pk):
        domains.remove(salon, domain)

    assert not Domain.objects.exists()
    assert added(clinic)


def test_a_project_takes_ten_domains(salon: Project):
    for number in range(domains.MOST):
        added(salon, f"nacar-{number}.example")

    with pytest.raises(domains.TooManyDomains):
        added(salon, "one-more.example")


# Looking after


def test_three_lost_looks_and_the_domain_is_off(salon: Project, names: NameServer):
    domain = at_home(salon, names)
    names.zone.put(domain.proof_name, "TXT")

    for looks in range(1, 4):
        with clock.frozen(clock.now() + timedelta(days=looks)):
            jobs.check_domain.run(domain_id=domain.pk)
        domain.refresh_from_db()
        assert domain.is_proven == (looks < 3)

    salon.refresh_from_db()
    assert salon.site_host == "nacar.localhost"
    assert allowed("nacar.example") == 404
    assert actions(salon)[-1] == "domain.lost"
    [mail] = Message.objects.filter(event="project.domain_lost")
    assert mail.to_address == "lucia@nacar.example"
    assert domain.proof in mail.text


def test_a_look_that_finds_it_again_begins_anew(salon: Project, names: NameServer):
    domain = proven(salon, names)
    names.zone.put(domain.proof_name, "TXT")
    jobs.check_domain.run(domain_id=domain.pk)
    names.zone.put(domain.proof_name, "TXT", domain.proof)
    jobs.check_domain.run(domain_id=domain.pk)

    domain.refresh_from_db()
    assert (domain.failures, domain.problem) == (0, "")


def test_proven_ones_are_looked_at_daily_and_new_ones_each_hour(salon: Project, clinic: Project, names: NameServer):
    from procrastinate.contrib.django.models import ProcrastinateJob

    with clock.frozen(NOON):
        proven(salon, names)
        added(salon, "new.example")
        jobs.check_domains.run()
        waiting = ProcrastinateJob.objects.filter(task_name="projects.check_domain")
        assert waiting.count() == 1
    with clock.frozen(NOON + timedelta(days=1)):
        jobs.check_domains.run()

    assert waiting.count() == 2


# Serving


def test_the_site_lives_on_its_domain(salon: Project, names: NameServer):
    at_home(salon, names)

    page = Client(headers={"host": "nacar.example:8000"}).get("/")

    assert page.status_code == 200
    assert '<link rel="canonical" href="http://nacar.example:8000/">' in page.content.decode()
    assert site_url(salon, "booking:book", language="es") == "http://nacar.example:8000/es/book"


@pytest.mark.parametrize("host", ["nacar.localhost:8000", "www.nacar.example"])
def test_every_other_host_leads_to_it(salon: Project, names: NameServer, host: str):
    at_home(salon, names)

    answer = Client(headers={"host": host}).get("/es/book?at=soon")

    assert (answer.status_code, answer.headers["Location"]) == (301, "http://nacar.example:8000/es/book?at=soon")


def test_a_booking_is_changed_on_the_domain(salon: Project, names: NameServer):
    at_home(salon, names)
    with project_scope(salon.pk):
        service = bookings.service(bookings.staff())
        booking = bookings.booking(salon, service, bookings.at(salon, "10:00"))
        link = urlsplit(manage_url(salon, booking))
    browser = PlatformClient(link.netloc)

    assert link.netloc == "nacar.example:8000"
    assert browser.get(link.path).status_code == 200
    assert browser.post(f"{link.path}/cancellation", {}).status_code in (302, 409)


def test_no_dashboard_and_no_session_on_a_domain(salon: Project, names: NameServer, signed_in: Client):
    at_home(salon, names)
    cookie = signed_in.cookies["session"].value

    answer = Client(headers={"host": "nacar.example", "cookie": f"session={cookie}"}).get("/nacar/settings/domains")

    assert answer.status_code == 404


def test_neighbours_of_a_domain_are_not_forced_to_https(salon: Project, names: NameServer, settings):
    at_home(salon, names)
    settings.HTTPS = True

    answer = Client(headers={"host": "nacar.example"}).get("/")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_home_must_be_proven(salon: Project):
    domain = added(salon)

    with pytest.raises(domains.NotProven), project_scope(salon.pk):
        domains.make_home(salon, domain)

    salon.refresh_from_db()
    assert salon.domain == ""


# The page


def test_the_page_adds_shows_and_removes(signed_in: Client, salon: Project, names: NameServer):
    assert signed_in.post("/nacar/settings/domains", {"name": "Nacar.example"}).status_code == 302
    domain = Domain.objects.get()
    page = signed_in.get("/nacar/settings/domains").content.decode()
    assert domain.proof in page
    assert "_flectar.nacar.example" in page
    assert "Looking it up" in page

    names.zone.put(domain.proof_name, "TXT", domain.proof)
    jobs.check_domain.run(domain_id=domain.pk)
    signed_in.post("/nacar/settings/domains/home", {"domain": "nacar.example"})
    salon.refresh_from_db()
    assert salon.domain == "nacar.example"

    signed_in.post(f"/nacar/settings/domains/{domain.pk}/removal")
    salon.refresh_from_db()
    assert salon.domain == ""


def test_a_removal_is_undone(signed_in: Client, salon: Project, names: NameServer):
    domain = proven(salon, names)
    page = signed_in.post(f"/nacar/settings/domains/{domain.pk}/removal", follow=True).content.decode()
    [undo] = {part.split('"')[0] for part in page.split('action="') if "restoration" in part.split('"')[0]}

    signed_in.post(undo)

    domain.refresh_from_db()
    assert domain.state == Domain.State.WAITING
    jobs.check_domain.run(domain_id=domain.pk)
    domain.refresh_from_db()
    assert domain.is_proven


@pytest.mark.parametrize("typed", ["", "co.uk", "nacar.localhost", "two words"])
def test_a_wrong_name_is_said_beside_the_field(signed_in: Client, salon: Project, typed: str):
    response = signed_in.post("/nacar/settings/domains", {"name": typed})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Domain.objects.exists()


def test_nobody_touches_another_projects_domain(signed_in_stranger: Client, clinic: Project, salon: Project, names):
    domain = at_home(salon, names)

    for path in (f"{domain.pk}/removal", f"{domain.pk}/look", "home"):
        answer = signed_in_stranger.post(f"/clinica/settings/domains/{path}", {"domain": "nacar.example"})
        assert answer.status_code == 404

    salon.refresh_from_db()
    assert salon.domain == "nacar.example"


def test_staff_may_not(salon: Project):
    person = make.user("dani@nacar.example")
    make.member(salon.organization, person)
    client = PlatformClient()
    client.force_login(person)

    assert client.get("/nacar/settings/domains").status_code == 403
    assert client.post("/nacar/settings/domains", {"name": "nacar.example"}).status_code == 403
    assert not Domain.objects.exists()


def test_the_demos_registrar_sets_the_record(signed_in: Client, salon: Project, settings, tmp_path):
    from flectar.platform.integrations.dns.emulator.zone import Zone

    domain = added(salon)
    path = f"/nacar/settings/domains/{domain.pk}/demo-records"
    assert signed_in.post(path).status_code == 404
    settings.DEMO, settings.DATA_FOLDER = True, tmp_path
    (tmp_path / "names").mkdir()

    assert signed_in.post(path).status_code == 302

    assert Zone(tmp_path / "names" / "zone.json").records() == {domain.proof_name: [("TXT", domain.proof)]}


def test_the_emulator_answers_in_a_process_of_its_own(settings, tmp_path):
    import os
    import subprocess
    import sys
    from pathlib import Path

    import flectar
    from flectar.platform.integrations.dns.emulator.zone import Zone

    zone = tmp_path / "zone.json"
    Zone(zone).put("here.example", "TXT", "words")
    command = [sys.executable, "-m", "flectar.platform.integrations.dns.emulator", "--port", "0", "--zone", str(zone)]
    environment = os.environ | {"PYTHONPATH": str(Path(flectar.__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            settings.RESOLVERS = [server.stdout.readline().split()[-1]]
            assert dns.texts("here.example") == ["words"]
            assert dns.texts("nowhere.example") == []
        finally:
            server.terminate()
            dns._resolver.cache_clear()
